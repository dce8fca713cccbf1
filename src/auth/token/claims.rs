//! What an access token says: the names, types and defaults of its claims (RFC 7519, RFC 9068).

use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Characters of a subject at most (`OpenID` Connect Core 1.0, section 2): it stands in indexes.
pub const SUBJECT: usize = 255;

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who issued it.
    pub iss: String,
    /// For whom it is. Read from a string or an array of strings.
    #[serde(deserialize_with = "one_or_many")]
    pub aud: Vec<String>,
    /// Whom it speaks for: stable and unique within the issuer; at most [`SUBJECT`] characters.
    pub sub: String,
    /// The subject's name, for people to read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Names of roles. Not all of them need exist; unknown ones give nothing.
    #[serde(default)]
    pub roles: Vec<String>,
    /// The accounts whose users the subject may see.
    #[serde(default)]
    pub accounts: AccountsClaim,
    /// Issued at, in seconds since 1970 (`NumericDate` of RFC 7519, here always whole).
    pub iat: i64,
    /// Not good before, in seconds since 1970.
    pub nbf: i64,
    /// Not good from here on, in seconds since 1970.
    pub exp: i64,
    /// The id of this token.
    pub jti: String,
    /// The session that it belongs to, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// The version of the subject's rights that it was issued by; with a session. It holds no longer once that has risen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rights: Option<i32>,
    /// When the subject last showed who they are, in seconds since 1970 (RFC 9068, section 2.2.1); with a session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
}

/// The claim `accounts`: an array of account codes, or the string `*`. Without the claim: none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountsClaim {
    /// Every account, those of the future included.
    All,
    /// The accounts with these codes.
    Codes(Vec<String>),
}

impl Default for AccountsClaim {
    fn default() -> Self {
        Self::Codes(Vec::new())
    }
}

impl Serialize for AccountsClaim {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All => serializer.serialize_str("*"),
            Self::Codes(codes) => codes.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for AccountsClaim {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = &"an array of account codes or the string \"*\"";
        match OneOrMany::deserialize(deserializer)? {
            OneOrMany::One(all) if all == "*" => Ok(Self::All),
            OneOrMany::One(_) => Err(D::Error::invalid_value(Unexpected::Other("another string"), expected)),
            // refused, so that no later code can mistake a code named "*" for all accounts
            OneOrMany::Many(codes) if codes.iter().any(|code| code == "*") => {
                Err(D::Error::invalid_value(Unexpected::Other("\"*\" in an array"), expected))
            }
            OneOrMany::Many(codes) => Ok(Self::Codes(codes)),
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(match OneOrMany::deserialize(deserializer)? {
        OneOrMany::One(one) => vec![one],
        OneOrMany::Many(many) => many,
    })
}
