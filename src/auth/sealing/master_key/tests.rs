//! Tests of `master_key`: what is a key, and the file that holds one.

use super::*;

const ZEROS: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn same(one: &MasterKey, other: &MasterKey) -> bool {
    one.0 == other.0
}

#[test]
fn a_master_key_is_the_base64_of_32_bytes() {
    for text in [ZEROS, ZEROS.trim_end_matches('='), &format!(" {ZEROS}\n")] {
        assert!(same(&MasterKey::parse(text).unwrap(), &MasterKey(Zeroizing::new([0; 32]))), "{text:?}");
    }
    assert!(matches!(MasterKey::parse("AAAA"), Err(MasterKeyError::Length(3))));
    assert!(matches!(MasterKey::parse(""), Err(MasterKeyError::Length(0))));
    assert!(matches!(MasterKey::parse("correct horse"), Err(MasterKeyError::NotBase64)));
}

#[test]
fn a_missing_key_file_is_made_for_its_owner_alone_and_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data/deep/master.key");
    let made = MasterKey::load_or_create(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(path.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
    assert!(same(&made, &MasterKey::load_or_create(&path).unwrap()));
    assert!(same(&made, &MasterKey::load(&path).unwrap()));
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no draft is left behind");
}

#[test]
fn many_starting_at_once_agree_on_one_key() {
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let start = std::sync::Barrier::new(8);
        let keys: Vec<MasterKey> = std::thread::scope(|scope| {
            let process = || {
                start.wait();
                MasterKey::load_or_create(&path).unwrap()
            };
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(process)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|key| same(key, &keys[0])));
    }
}

#[test]
fn a_key_file_that_others_can_read_is_refused_with_the_cure() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    MasterKey::load_or_create(&path).unwrap();
    for mode in [0o640, 0o604, 0o644, 0o620] {
        set_mode(&path, mode);
        let error = MasterKey::load_or_create(&path).unwrap_err();
        assert!(matches!(error, MasterKeyError::Exposed { .. }), "{mode:o}");
        assert!(error.to_string().contains(&format!("(mode {mode:04o}): run `chmod 600 ")), "{error}");
    }
    set_mode(&path, 0o400);
    assert!(MasterKey::load(&path).is_ok());
}

#[test]
fn a_file_that_holds_no_key_is_refused_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    fs::write(&path, "").unwrap();
    set_mode(&path, 0o600);
    let error = MasterKey::load_or_create(&path).unwrap_err().to_string();
    assert!(error.contains("master.key: the master key has 0 bytes and needs 32"), "{error}");
    assert_eq!(fs::read(&path).unwrap(), b"");
}

#[test]
fn a_named_key_file_that_is_missing_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    let error = MasterKey::load(&path).unwrap_err();
    assert!(error.to_string().contains("No such file"), "{error}");
    assert!(!path.exists());
}
