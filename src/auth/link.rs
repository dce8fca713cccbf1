//! Links to files: short-lived, each good for one thing, signed (HMAC-SHA-256) with a key that is derived from the master
//! key, so that every instance knows those of the others. They hold ids and nothing about people: addresses end up in logs
//! of proxies and in histories of browsers.

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::sealing::MasterKey;

/// The first byte of every token, so that another form can come later beside this one.
const VERSION: u8 = 1;
/// Version, purpose, type of file, end, and two ids.
const CLAIMS: usize = 3 + 8 + 16 + 16;
/// Bytes of the signature.
const TAG: usize = 32;

/// What a link is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To send the bytes of a file, once.
    Upload = 1,
    /// To fetch them.
    Download = 2,
    /// To show them as a picture in a page.
    Show = 3,
}

/// What a link says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// What it is good for.
    pub purpose: Purpose,
    /// The number of the type of the file.
    pub file_type: u8,
    /// Where the file is: two ids, whose meaning follows from the purpose.
    pub ids: [Uuid; 2],
    /// When it ends.
    pub until: DateTime<Utc>,
}

/// Why a link opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkError {
    /// It is none of ours, or was changed.
    Forged,
    /// Its time is over.
    Expired,
}

/// Makes links and knows them again.
#[derive(Clone)]
pub struct Links(hmac::Key);

impl Links {
    /// Links of everybody who has this master key.
    pub fn new(master: &MasterKey) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, &*master.link_key()))
    }

    /// The token of a link.
    pub fn sign(&self, link: &Link) -> String {
        let mut bytes = Vec::with_capacity(CLAIMS + TAG);
        bytes.extend_from_slice(&[VERSION, link.purpose as u8, link.file_type]);
        bytes.extend_from_slice(&link.until.timestamp_micros().to_be_bytes());
        link.ids.iter().for_each(|id| bytes.extend_from_slice(id.as_bytes()));
        let tag = hmac::sign(&self.0, &bytes);
        bytes.extend_from_slice(tag.as_ref());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// What a token says, if it is ours and still holds.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Link, LinkError> {
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| LinkError::Forged)?;
        let (claims, tag) = bytes.split_at_checked(CLAIMS).ok_or(LinkError::Forged)?;
        // compared in a time that does not tell where they differ
        hmac::verify(&self.0, claims, tag).map_err(|_| LinkError::Forged)?;
        let link = read(claims).ok_or(LinkError::Forged)?;
        if link.until <= now { Err(LinkError::Expired) } else { Ok(link) }
    }
}

fn read(claims: &[u8]) -> Option<Link> {
    let ([VERSION, purpose, file_type], rest) = claims.split_first_chunk::<3>()? else { return None };
    let purpose = match purpose {
        1 => Purpose::Upload,
        2 => Purpose::Download,
        3 => Purpose::Show,
        _ => return None,
    };
    let (until, rest) = rest.split_first_chunk::<8>()?;
    let (first, second) = rest.split_first_chunk::<16>()?;
    let second = second.try_into().ok()?;
    Some(Link {
        purpose,
        file_type: *file_type,
        ids: [Uuid::from_bytes(*first), Uuid::from_bytes(second)],
        until: DateTime::from_timestamp_micros(i64::from_be_bytes(*until))?,
    })
}

impl std::fmt::Debug for Links {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Links(secret)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn links() -> Links {
        Links::new(&MasterKey::parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").unwrap())
    }

    fn link(until: i64) -> Link {
        let ids = [Uuid::from_u128(7), Uuid::from_u128(u128::MAX)];
        let until = DateTime::from_timestamp_micros(until).unwrap();
        Link { purpose: Purpose::Download, file_type: 3, ids, until }
    }

    #[test]
    fn a_link_comes_back_as_itself_until_its_end() {
        let token = links().sign(&link(1_000));
        let at = |micros| links().verify(&token, DateTime::from_timestamp_micros(micros).unwrap());
        assert_eq!(at(999), Ok(link(1_000)));
        assert_eq!(at(1_000), Err(LinkError::Expired));
    }

    #[test]
    fn a_link_of_another_master_key_is_none() {
        let token = Links::new(&MasterKey::generate()).sign(&link(1_000));
        assert_eq!(links().verify(&token, DateTime::UNIX_EPOCH), Err(LinkError::Forged));
    }

    proptest! {
        #[test]
        fn no_bit_of_a_link_can_be_changed(byte in 0..CLAIMS + TAG, bit in 0..8_u8) {
            let mut bytes = URL_SAFE_NO_PAD.decode(links().sign(&link(i64::MAX / 1_000_000))).unwrap();
            bytes[byte] ^= 1 << bit;
            let changed = URL_SAFE_NO_PAD.encode(bytes);
            prop_assert_eq!(links().verify(&changed, DateTime::UNIX_EPOCH), Err(LinkError::Forged));
        }

        #[test]
        fn whatever_is_no_link_is_refused(text in ".{0,200}") {
            prop_assert_eq!(links().verify(&text, DateTime::UNIX_EPOCH), Err(LinkError::Forged));
        }
    }
}
