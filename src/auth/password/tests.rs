//! Tests of `password`: what is stored, what is right, and what a stored hash may not ask for.

use super::*;

fn new(text: &str) -> NewPassword {
    NewPassword::judge(text, &[]).unwrap()
}

/// A stored hash of "otter violin basalt" with other parameters.
fn stored(memory: u32, passes: u32, lanes: u32, salt: &[u8], length: usize) -> String {
    let params = Params::new(memory, passes, lanes, Some(length)).unwrap();
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_with_salt(b"otter violin basalt", salt).unwrap().to_string()
}

fn verified(stored: &str, typed: &str) -> Result<Verified, Wrong> {
    verify(&PasswordHash::from_stored(stored).unwrap(), &Password::typed(typed))
}

#[test]
fn a_hash_says_how_it_was_made_and_has_a_salt_of_its_own() {
    let (one, two) = (hash(&new("otter violin basalt")), hash(&new("otter violin basalt")));
    assert_ne!(one, two);
    let parts: Vec<&str> = one.as_str().split('$').collect();
    assert_eq!(parts[..4], ["", "argon2id", "v=19", "m=19456,t=2,p=1"]);
    assert_eq!((parts[4].len(), parts[5].len()), (22, 43));
    assert_eq!(PasswordHash::from_stored(one.as_str()), Ok(one));
}

#[test]
fn a_password_is_right_or_wrong() {
    let stored = hash(&new("otter violin basalt"));
    let typed = |text| verify(&stored, &Password::typed(text));
    assert_eq!(typed("otter violin basalt"), Ok(Verified { needs_rehash: false }));
    for wrong in ["otter violin basal", "otter violin basalt ", "Otter violin basalt", ""] {
        assert_eq!(typed(wrong), Err(Wrong), "{wrong:?}");
    }
}

#[test]
fn what_another_program_hashed_is_right_here() {
    // by the reference implementation: echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 1
    let hash = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    assert_eq!(verified(hash, "password"), Ok(Verified { needs_rehash: true }));
    assert_eq!(verified(hash, "passwore"), Err(Wrong));
}

#[test]
fn the_same_text_typed_elsewhere_is_the_same_password() {
    let stored = hash(&new("größere Übung ﬁnden"));
    for same in
        ["gro\u{308}ßere U\u{308}bung finden", "größere\u{a0}Übung\u{3000}ﬁnden", "ｇrößere Übung finden"]
    {
        assert!(verify(&stored, &Password::typed(same)).is_ok(), "{same:?}");
    }
    assert_eq!(verify(&stored, &Password::typed("grossere Ubung finden")), Err(Wrong));
}

#[test]
fn a_weaker_hash_is_made_anew_and_a_stronger_one_stays() {
    let salt = [7; SALT];
    for (weaker, hash) in [
        (false, stored(MEMORY, PASSES, LANES, &salt, HASH)),
        (false, stored(MEMORY + 1024, PASSES + 1, 2, &salt, HASH)),
        (true, stored(MEMORY - 1, PASSES, LANES, &salt, HASH)),
        (true, stored(MEMORY, PASSES - 1, LANES, &salt, HASH)),
        (true, stored(MEMORY, PASSES, LANES, &salt[1..], HASH)),
        (true, stored(MEMORY, PASSES, LANES, &salt, HASH - 1)),
    ] {
        assert_eq!(verified(&hash, "otter violin basalt"), Ok(Verified { needs_rehash: weaker }), "{hash}");
    }
    let anew = rehash(&Password::typed("otter violin basalt"));
    assert_eq!(verified(anew.as_str(), "otter violin basalt"), Ok(Verified { needs_rehash: false }));
}

#[test]
fn a_stored_hash_that_asks_for_too_much_is_refused() {
    let asking = |parameters: &str| {
        let (salt, hash) = ("A".repeat(22), "A".repeat(43));
        PasswordHash::from_stored(&format!("$argon2id$v=19${parameters}${salt}${hash}"))
    };
    assert!(asking("m=262144,t=10,p=4").is_ok());
    for parameters in [
        "m=262145,t=2,p=1",
        // eight gigabytes
        "m=8388608,t=1,p=1",
        "m=4294967295,t=1,p=1",
        "m=19456,t=11,p=1",
        "m=19456,t=4294967295,p=1",
        "m=19456,t=2,p=5",
        "m=19456,t=0,p=1",
        "m=19456,t=2,p=0",
        "m=1,t=2,p=1",
        "m=19456,t=2,p=1,keyid=AAAA",
        "m=19456,t=2,p=1,data=AAAA",
        "m=19456,t=2,p=1,x=1",
        "m=99999999999,t=2,p=1",
        "m=-1,t=2,p=1",
    ] {
        assert_eq!(asking(parameters), Err(Malformed), "{parameters}");
    }
}

#[test]
fn what_is_no_hash_of_ours_is_refused() {
    let (salt, hash) = ("A".repeat(22), "A".repeat(43));
    for text in [
        String::new(),
        "password".into(),
        "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW".into(),
        format!("$argon2i$v=19$m=19456,t=2,p=1${salt}${hash}"),
        format!("$argon2id$v=16$m=19456,t=2,p=1${salt}${hash}"),
        format!("$argon2id$m=19456,t=2,p=1${salt}${hash}"),
        format!("$argon2id$v=19$m=19456,t=2,p=1${salt}"),
        format!("$argon2id$v=19$m=19456,t=2,p=1$AAAA${hash}"),
        format!("$argon2id$v=19$m=19456,t=2,p=1${salt}${hash}$"),
        format!("$argon2id$v=19$m=19456,t=2,p=1${salt}${}", "A".repeat(4000)),
    ] {
        assert_eq!(PasswordHash::from_stored(&text), Err(Malformed), "{text}");
    }
}

#[test]
fn more_than_a_kilobyte_is_wrong_whatever_it_is() {
    // the empty text stands in for it, and must not be right by that
    let params = Params::new(MEMORY, PASSES, LANES, Some(HASH)).unwrap();
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let empty = argon2.hash_password_with_salt(b"", &[7; SALT]).unwrap().to_string();
    assert!(verified(&empty, "").is_ok());
    assert_eq!(verified(&empty, &"a".repeat(1025)), Err(Wrong));

    let longest = "\u{fdfa}".repeat(1024 / 3);
    let grown = Password::typed(&longest);
    assert!(grown.text.len() > 10 * longest.len());
    assert!(grown.text.capacity() == longest.len() * LONGER, "it grew, and left a copy behind");
}

#[test]
fn the_decoy_takes_the_work_of_a_hash_and_is_nobodys() {
    let (_, needs_rehash) = read(&PasswordHash::decoy().0).unwrap();
    assert!(!needs_rehash);
    let parameters = |hash: &PasswordHash| hash.as_str().split('$').nth(3).map(str::to_owned);
    assert_eq!(parameters(&PasswordHash::decoy()), parameters(&hash(&new("otter violin basalt"))));
    assert_eq!(verify(&PasswordHash::decoy(), &Password::typed("")), Err(Wrong));
    assert_eq!(PasswordHash::decoy(), PasswordHash::from_stored(PasswordHash::decoy().as_str()).unwrap());
}

#[test]
fn nothing_shows_a_password_or_what_is_kept_of_it() {
    let secret = "otter violin basalt";
    let shown = format!("{:?} {:?} {:?}", Password::typed(secret), new(secret), hash(&new(secret)));
    assert_eq!(shown, "Password(secret) NewPassword(secret) PasswordHash(secret)");
}
