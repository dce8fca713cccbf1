//! Where a request comes from when a proxy stands in between. Only a proxy that is trusted by its address is believed, only
//! in the header that it is known to write (the other one it may hand on as the client wrote it), and of the addresses
//! there only the last one that no trusted proxy has: what stands before that anybody could have written, and nobody reads
//! it. A header that makes no sense up to there is as good as none.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, header};
use ipnet::IpNet;

use crate::config::ProxyHeader;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The proxies that are believed.
#[derive(Debug, Clone, Default)]
pub(super) struct Proxies {
    networks: Vec<IpNet>,
    header: ProxyHeader,
}

impl Proxies {
    pub(super) fn new(networks: &[IpNet], header: ProxyHeader) -> Self {
        Self { networks: networks.to_vec(), header }
    }

    /// The client's address, by who is connected and what they say.
    pub(super) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let peer = peer.to_canonical();
        if !self.trusts(peer) {
            return peer;
        }
        let told = match self.header {
            ProxyHeader::XForwardedFor => self.last_foreign(headers, &X_FORWARDED_FOR, address),
            ProxyHeader::Forwarded => self.last_foreign(headers, &header::FORWARDED, forwarded_for),
        };
        told.unwrap_or(peer)
    }

    /// The last address of a header, over all its lines, that is no proxy's; the first one when all are, because one of them
    /// asks for itself.
    fn last_foreign(
        &self,
        headers: &HeaderMap,
        name: &HeaderName,
        read: fn(&str) -> Option<IpAddr>,
    ) -> Option<IpAddr> {
        let mut last = None;
        for line in headers.get_all(name).iter().rev() {
            // bytes, because a client may begin the line with what is no text
            for part in line.as_bytes().rsplit(|byte| *byte == b',') {
                let address = read(std::str::from_utf8(part).ok()?)?.to_canonical();
                if !self.trusts(address) {
                    return Some(address);
                }
                last = Some(address);
            }
        }
        last
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(&address))
    }
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
        client_by(ProxyHeader::XForwardedFor, peer, headers)
    }

    /// The same, where the proxies write this header.
    fn client_by(header: ProxyHeader, peer: &str, headers: &[(&'static str, &str)]) -> String {
        let proxies = Proxies::new(&["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()], header);
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
    fn what_a_client_wrote_in_front_neither_lies_nor_hides() {
        for invented in ["6.6.6.6", "unknown", "", "<script>", "é", "for=\"", "6.6.6.6, nonsense, 10.9.9.9"]
        {
            for list in [format!("{invented}, 1.1.1.1"), format!("{invented},1.1.1.1 , 10.1.2.3")] {
                assert_eq!(client("10.0.0.1", &[("x-forwarded-for", &list)]), "1.1.1.1", "{list}");
            }
            let lines = [("x-forwarded-for", invented), ("x-forwarded-for", "1.1.1.1")];
            assert_eq!(client("10.0.0.1", &lines), "1.1.1.1", "{invented}");
            let list = format!("{invented}, for=1.1.1.1");
            assert_eq!(client_by(ProxyHeader::Forwarded, "10.0.0.1", &[("forwarded", &list)]), "1.1.1.1");
        }
    }

    /// A proxy that writes the one hands the other on as it came.
    #[test]
    fn the_header_that_the_proxies_do_not_write_is_not_read() {
        let both = [("forwarded", "for=1.1.1.1"), ("x-forwarded-for", "2.2.2.2")];
        assert_eq!(client_by(ProxyHeader::XForwardedFor, "10.0.0.1", &both), "2.2.2.2");
        assert_eq!(client_by(ProxyHeader::Forwarded, "10.0.0.1", &both), "1.1.1.1");
        assert_eq!(client("10.0.0.1", &both[..1]), "10.0.0.1");
    }

    #[test]
    fn the_standard_header_is_read_where_proxies_write_it() {
        let told = |list| client_by(ProxyHeader::Forwarded, "fd00::1", &[("forwarded", list)]);
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
            let told = client_by(ProxyHeader::Forwarded, "10.0.0.1", &[("forwarded", list)]);
            assert_eq!(told, "10.0.0.1", "{list}");
        }
    }

    proptest! {
        #[test]
        fn no_header_panics(value in "[ -~]{0,60}") {
            client("10.0.0.1", &[("x-forwarded-for", &value)]);
            client_by(ProxyHeader::Forwarded, "10.0.0.1", &[("forwarded", &value)]);
        }
    }
}
