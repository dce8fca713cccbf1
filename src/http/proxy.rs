//! Where a request comes from when a proxy stands in between. Only a proxy that is trusted by its address is believed, and
//! of the addresses that it hands on only the last one that no trusted proxy has: what stands before that anybody could
//! have written. A header that makes no sense is as good as none.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, header};
use ipnet::IpNet;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The proxies that are believed.
#[derive(Debug, Clone, Default)]
pub(super) struct Proxies(Vec<IpNet>);

impl Proxies {
    pub(super) fn new(networks: &[IpNet]) -> Self {
        Self(networks.to_vec())
    }

    /// The client's address, by who is connected and what they say.
    pub(super) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let peer = peer.to_canonical();
        if !self.trusts(peer) {
            return peer;
        }
        let told = match headers.contains_key(header::FORWARDED) {
            true => addresses(headers, &header::FORWARDED, forwarded_for),
            false => addresses(headers, &X_FORWARDED_FOR, address),
        };
        let Some(told) = told else { return peer };
        let client = told.iter().rev().find(|address| !self.trusts(**address));
        // nothing but proxies: one of them asks for itself
        client.or(told.first()).copied().unwrap_or(peer)
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// What a header lists, over all its lines; none when any of it is no address.
fn addresses(
    headers: &HeaderMap,
    name: &HeaderName,
    read: fn(&str) -> Option<IpAddr>,
) -> Option<Vec<IpAddr>> {
    let mut found = Vec::new();
    for line in headers.get_all(name) {
        for part in line.to_str().ok()?.split(',') {
            found.push(read(part)?.to_canonical());
        }
    }
    Some(found)
}

/// The `for` of one element of `Forwarded` (RFC 7239).
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let mut pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    let value = value.trim();
    address(value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value))
}

/// An address as proxies write it: with or without a port, an IPv6 one in brackets where there is one.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    if let Ok(with_port) = text.parse::<SocketAddr>() {
        return Some(with_port.ip());
    }
    text.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The client as seen behind the proxies `10.0.0.0/8` and `fd00::/8`.
    fn client(peer: &str, headers: &[(&'static str, &str)]) -> String {
        let proxies = Proxies::new(&["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()]);
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        proxies.client(peer.parse().unwrap(), &map).to_string()
    }

    #[test]
    fn who_is_no_proxy_is_not_believed() {
        let lies = [("x-forwarded-for", "1.1.1.1"), ("forwarded", "for=1.1.1.1")];
        assert_eq!(client("9.9.9.9", &lies), "9.9.9.9");
        assert_eq!(
            Proxies::default().client("10.0.0.1".parse().unwrap(), &HeaderMap::new()).to_string(),
            "10.0.0.1"
        );
    }

    #[test]
    fn the_last_address_that_is_no_proxy_is_the_client() {
        let told = |list| client("10.0.0.1", &[("x-forwarded-for", list)]);
        assert_eq!(told("1.1.1.1"), "1.1.1.1");
        assert_eq!(told("6.6.6.6, 1.1.1.1"), "1.1.1.1", "the first one may be the client's invention");
        assert_eq!(told("6.6.6.6, 1.1.1.1, 10.1.2.3"), "1.1.1.1");
        assert_eq!(told("10.3.3.3, 10.1.2.3"), "10.3.3.3");
        assert_eq!(told("1.1.1.1:4711"), "1.1.1.1");
        assert_eq!(told("[2001:db8::1]:4711"), "2001:db8::1");
        assert_eq!(told("2001:db8::1"), "2001:db8::1");
        assert_eq!(told("::ffff:1.1.1.1"), "1.1.1.1");
        assert_eq!(client("::ffff:10.0.0.1", &[("x-forwarded-for", "1.1.1.1")]), "1.1.1.1");
        let lines = [("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "1.1.1.1")];
        assert_eq!(client("10.0.0.1", &lines), "1.1.1.1");
    }

    #[test]
    fn the_standard_header_is_read_and_comes_first() {
        let told = |list| client("fd00::1", &[("forwarded", list), ("x-forwarded-for", "7.7.7.7")]);
        assert_eq!(told("for=1.1.1.1"), "1.1.1.1");
        assert_eq!(told("for=6.6.6.6, For=\"[2001:db8::1]:80\";proto=https;by=10.0.0.1"), "2001:db8::1");
        assert_eq!(told("proto=https;for=\"1.1.1.1:80\""), "1.1.1.1");
    }

    #[test]
    fn garbage_is_as_good_as_nothing() {
        for list in ["", "unknown", "1.1.1.1,", "1.1.1.1.1", "1.1.1.1, <script>", "[::1", "1.1.1.1:99999"] {
            assert_eq!(client("10.0.0.1", &[("x-forwarded-for", list)]), "10.0.0.1", "{list}");
        }
        for list in ["", "for", "for=", "for=unknown", "for=_hidden", "by=1.1.1.1", "for=\"1.1.1.1"] {
            assert_eq!(client("10.0.0.1", &[("forwarded", list)]), "10.0.0.1", "{list}");
        }
    }

    proptest! {
        #[test]
        fn no_header_panics(value in "[ -~]{0,60}") {
            client("10.0.0.1", &[("x-forwarded-for", &value), ("forwarded", &value)]);
            client("10.0.0.1", &[("x-forwarded-for", &value)]);
        }
    }
}
