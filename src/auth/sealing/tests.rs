//! Tests of `sealing`: what opens and what does not.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use super::*;

const ZEROS: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

#[test]
fn a_sealed_value_opens_with_the_same_key_and_context() {
    let key = MasterKey::parse(ZEROS).unwrap().sealing_key();
    let sealed = key.seal("signing-key:a", b"secret");
    assert_eq!(sealed.len(), 1 + 12 + 6 + 16);
    assert_eq!(sealed[0], 1);
    assert_eq!(key.open("signing-key:a", &sealed).unwrap(), b"secret");
    assert_eq!(key.open("empty", &key.seal("empty", b"")).unwrap(), b"");
}

#[test]
fn the_same_value_sealed_twice_looks_different() {
    let key = MasterKey::generate().sealing_key();
    assert_ne!(key.seal("place", b"secret"), key.seal("place", b"secret"));
}

#[test]
fn a_sealed_value_does_not_open_in_another_place() {
    let key = MasterKey::generate().sealing_key();
    let sealed = key.seal("signing-key:a", b"secret");
    assert_eq!(key.open("signing-key:b", &sealed), Err(SealError::Refused));
    assert_eq!(key.open("", &sealed), Err(SealError::Refused));
}

#[test]
fn a_sealed_value_does_not_open_with_another_key() {
    let sealed = MasterKey::generate().sealing_key().seal("place", b"secret");
    assert_eq!(MasterKey::generate().sealing_key().open("place", &sealed), Err(SealError::Refused));
}

#[test]
fn a_value_of_another_version_and_a_stump_are_malformed() {
    let key = MasterKey::generate().sealing_key();
    let mut sealed = key.seal("place", b"secret");
    assert_eq!(key.open("place", &sealed[..12]), Err(SealError::Malformed));
    assert_eq!(key.open("place", &[]), Err(SealError::Malformed));
    sealed[0] = 2;
    assert_eq!(key.open("place", &sealed), Err(SealError::Malformed));
}

#[test]
fn a_data_key_comes_back_for_its_own_user_only() {
    let (master, id, other) = (MasterKey::generate(), Uuid::from_u128(1), Uuid::from_u128(2));
    let key = DataKey::generate();
    let sealed = key.seal("audit:7:email", b"a@example.com");
    let wrapped = key.wrap(&master, id);
    let again = DataKey::unwrap(&master, id, &wrapped).unwrap();
    assert_eq!(again.open("audit:7:email", &sealed).unwrap(), b"a@example.com");
    assert_eq!(DataKey::unwrap(&master, other, &wrapped).unwrap_err(), SealError::Refused);
    assert_eq!(DataKey::unwrap(&MasterKey::generate(), id, &wrapped).unwrap_err(), SealError::Refused);
    assert_eq!(DataKey::generate().open("audit:7:email", &sealed), Err(SealError::Refused));
}

#[test]
fn keys_for_different_purposes_are_different_keys() {
    let master = MasterKey::generate();
    let sealed = master.sealing_key().seal("place", b"secret");
    assert_eq!(master.wrapping_key().open("place", &sealed), Err(SealError::Refused));
}

#[test]
fn what_is_sealed_today_opens_in_later_versions() {
    // made with node:crypto: when this fails, everything stored with an earlier build is lost
    let sealed = STANDARD.decode("AQABAgMEBQYHCAkKC/Ow14gzuCMQsKMYzIJ5232f9B8py+dygg==").unwrap();
    let key = MasterKey::parse(ZEROS).unwrap().sealing_key();
    assert_eq!(key.open("sample", &sealed).unwrap(), b"Backdesk");
}

#[test]
fn nothing_secret_is_printed() {
    let master = MasterKey::parse(ZEROS).unwrap();
    assert_eq!(format!("{master:?} {:?}", master.sealing_key()), "MasterKey(secret) SealingKey(secret)");
    assert_eq!(format!("{:?}", DataKey::generate()), "DataKey(secret)");
}

proptest! {
    #[test]
    fn whatever_is_sealed_comes_back(context: String, plain: Vec<u8>) {
        let key = MasterKey::generate().sealing_key();
        prop_assert_eq!(key.open(&context, &key.seal(&context, &plain)).unwrap(), plain);
    }

    #[test]
    fn a_value_with_any_bit_flipped_does_not_open(plain: Vec<u8>, bit: prop::sample::Index) {
        let key = MasterKey::generate().sealing_key();
        let mut sealed = key.seal("place", &plain);
        let bit = bit.index(sealed.len() * 8);
        sealed[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(key.open("place", &sealed).is_err());
    }

    #[test]
    fn arbitrary_bytes_never_open(sealed: Vec<u8>) {
        prop_assert!(MasterKey::generate().sealing_key().open("place", &sealed).is_err());
    }
}
