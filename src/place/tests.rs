//! Tests of `place`, with files that they write: <https://maxmind.github.io/MaxMind-DB/>.

use std::net::Ipv4Addr;

use super::*;

/// A value of a database.
enum Value {
    Text(&'static str),
    /// With the kind: 5 has two bytes, 6 four, 9 eight.
    Number(u8, u8),
    List(Vec<Value>),
    Map(Vec<(&'static str, Value)>),
}

use Value::{List, Map, Number, Text};

impl Value {
    fn write(&self, to: &mut Vec<u8>) {
        let control =
            |kind: u8, size: usize| (kind << 5) | u8::try_from(size).ok().filter(|size| *size < 29).unwrap();
        match self {
            Text(text) => {
                to.push(control(2, text.len()));
                to.extend_from_slice(text.as_bytes());
            }
            Number(kind @ ..7, number) => to.extend_from_slice(&[control(*kind, 1), *number]),
            // kinds from 8 on are extended ones: what is above 7 stands in a byte of its own
            Number(kind, number) => to.extend_from_slice(&[control(0, 1), kind - 7, *number]),
            List(values) => {
                to.extend_from_slice(&[control(0, values.len()), 11 - 7]);
                for value in values {
                    value.write(to);
                }
            }
            Map(pairs) => {
                to.push(control(7, pairs.len()));
                for (key, value) in pairs {
                    Text(key).write(to);
                    value.write(to);
                }
            }
        }
    }
}

/// A database of IPv4 networks, as bytes of a file.
struct Database {
    kind: &'static str,
    /// What follows each bit of an address: a node, or bytes of the data.
    nodes: Vec<[Next; 2]>,
    data: Vec<u8>,
}

#[derive(Clone, Copy)]
enum Next {
    Nothing,
    Node(usize),
    Data(usize),
}

impl Database {
    fn of(kind: &'static str) -> Self {
        Self { kind, nodes: vec![[Next::Nothing; 2]], data: Vec::new() }
    }

    fn with(mut self, network: &str, record: &Value) -> Self {
        let network: ipnet::Ipv4Net = network.parse().unwrap();
        let bits = u32::from(network.network());
        let bit = |depth: u8| usize::from((bits >> (31 - depth)) & 1 == 1);
        let mut node = 0;
        for depth in 0..network.prefix_len() - 1 {
            node = if let Next::Node(next) = self.nodes[node][bit(depth)] {
                next
            } else {
                self.nodes.push([Next::Nothing; 2]);
                let next = self.nodes.len() - 1;
                self.nodes[node][bit(depth)] = Next::Node(next);
                next
            };
        }
        self.nodes[node][bit(network.prefix_len() - 1)] = Next::Data(self.data.len());
        record.write(&mut self.data);
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let count = self.nodes.len();
        let mut bytes = Vec::new();
        for next in self.nodes.iter().flatten() {
            let number = match next {
                Next::Nothing => count,
                Next::Node(node) => *node,
                Next::Data(place) => count + 16 + place,
            };
            bytes.extend_from_slice(&u32::try_from(number).unwrap().to_be_bytes()[1..]);
        }
        bytes.extend_from_slice(&[0; 16]);
        bytes.extend_from_slice(&self.data);
        bytes.extend_from_slice(b"\xab\xcd\xefMaxMind.com");
        Map(vec![
            ("binary_format_major_version", Number(5, 2)),
            ("binary_format_minor_version", Number(5, 0)),
            ("build_epoch", Number(9, 0)),
            ("database_type", Text(self.kind)),
            ("description", Map(vec![("en", Text("For a test"))])),
            ("ip_version", Number(5, 4)),
            ("languages", List(vec![Text("en")])),
            ("node_count", Number(6, count.try_into().unwrap())),
            ("record_size", Number(5, 24)),
        ])
        .write(&mut bytes);
        bytes
    }
}

fn cities() -> Database {
    let names = |name| Map(vec![("de", Text("anders")), ("en", Text(name))]);
    let france =
        || Map(vec![("geoname_id", Number(6, 1)), ("iso_code", Text("FR")), ("names", names("France"))]);
    Database::of("GeoLite2-City")
        .with(
            "192.0.2.0/25",
            &Map(vec![("city", Map(vec![("names", names("Lyon"))])), ("country", france())]),
        )
        .with("192.0.2.128/25", &Map(vec![("country", france())]))
        .with("198.51.100.0/24", &Map(vec![("city", Map(vec![("names", names("Nowhere"))]))]))
        .with("203.0.113.0/25", &Map(vec![("country", Map(vec![("iso_code", Text("KI"))]))]))
        .with("203.0.113.128/26", &Map(vec![("city", Text("of another form"))]))
        .with("203.0.113.192/26", &Map(vec![("city", Map(vec![("names", names("a\nb"))]))]))
}

fn opened(bytes: &[u8]) -> Result<Places, PlacesError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("places.mmdb");
    std::fs::write(&file, bytes).unwrap();
    Places::open(&file)
}

fn place(places: &Places, address: &str) -> Option<String> {
    places.place_of(address.parse().unwrap())
}

#[test]
fn an_address_is_in_a_city_or_at_least_in_a_country() {
    let places = opened(&cities().bytes()).unwrap();
    for (address, expected) in [
        ("192.0.2.1", Some("Lyon, FR")),
        ("192.0.2.127", Some("Lyon, FR")),
        ("::ffff:192.0.2.1", Some("Lyon, FR")),
        ("192.0.2.128", Some("France")),
        ("198.51.100.255", Some("Nowhere")),
        ("203.0.113.7", Some("KI")),
        ("203.0.113.128", None),
        ("203.0.113.192", Some("ab")),
        ("192.0.3.0", None),
        ("10.0.0.1", None),
        ("2001:db8::1", None),
    ] {
        assert_eq!(place(&places, address).as_deref(), expected, "{address}");
    }
}

#[test]
fn without_a_file_nothing_is_known() {
    assert_eq!(place(&Places::none(), "192.0.2.1"), None);
    assert_eq!(format!("{:?}", Places::none()), "Places(None)");
    assert_eq!(format!("{:?}", opened(&cities().bytes()).unwrap()), r#"Places(Some("GeoLite2-City"))"#);
}

#[test]
fn a_file_that_is_broken_is_refused_at_the_start() {
    let whole = cities().bytes();
    for (bytes, what) in [
        (&b""[..], "empty"),
        (b"not a database", "text"),
        (&whole[..whole.len() - 1], "cut at the end"),
        (&whole[..whole.len() / 2], "cut in the middle"),
        (&whole[whole.len() / 2..], "cut at the beginning"),
    ] {
        assert!(matches!(opened(bytes), Err(PlacesError::Broken(_))), "{what}");
    }
    let missing = Places::open(Path::new("/nowhere/places.mmdb")).unwrap_err();
    assert!(
        missing.to_string().starts_with("the file of places, /nowhere/places.mmdb: No such file"),
        "{missing}"
    );
}

#[test]
fn a_file_of_something_else_is_refused_by_its_kind() {
    let networks = Database::of("GeoLite2-ASN").with("192.0.2.0/24", &Map(vec![]));
    let refused = opened(&networks.bytes()).unwrap_err().to_string();
    assert!(refused.contains("is of the kind GeoLite2-ASN: give one of cities or countries"), "{refused}");
}

#[test]
fn no_bit_of_a_file_brings_the_program_down() {
    let whole = cities().bytes();
    for place in 0..whole.len() * 8 {
        let mut bytes = whole.clone();
        bytes[place / 8] ^= 1 << (place % 8);
        if let Ok(places) = opened(&bytes) {
            for last in [0, 1, 127, 128, 255] {
                let _ = places.place_of(Ipv4Addr::new(192, 0, 2, last).into());
                let _ = places.place_of(Ipv4Addr::new(203, 0, 113, last).into());
            }
        }
    }
}
