//! Reading the file and the environment: which keys were given, where, and what is wrong with them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Display;

use super::keys::{self, KeyDoc};

/// Before the names of all keys in the environment.
const PREFIX: &str = "BACKDESK_";

/// What was given, and what is wrong with it.
#[derive(Default)]
pub(super) struct Sources {
    given: BTreeMap<&'static str, Given>,
    pub(super) problems: Vec<String>,
}

/// A value as it was written, and where.
struct Given {
    text: String,
    place: String,
}

impl Sources {
    /// Whether somebody gave the key a value.
    pub(super) fn has(&self, name: &str) -> bool {
        self.given.contains_key(name)
    }

    /// The value of a key, or of its default; none when it is bad, which is noted.
    pub(super) fn value<T, E: Display>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let key = keys::all().find(|key| key.name == name)?;
        let given = self.given.get(name);
        let (text, place) =
            given.map_or((key.default, key.env), |given| (given.text.as_str(), given.place.as_str()));
        match parse(text) {
            Ok(value) => return Some(value),
            Err(must) if key.secret => self.problems.push(format!("{place}: {must}")),
            Err(must) => self.problems.push(format!("{place}: {text:?} {must}")),
        }
        None
    }

    fn give(&mut self, key: &KeyDoc, text: String, place: String) {
        if text.is_empty() {
            self.problems.push(format!("{place}: is empty; leave it out for the default"));
        } else {
            self.given.insert(key.name, Given { text, place });
        }
    }

    /// Takes the values of a file with this name.
    pub(super) fn read_toml(&mut self, file: &str, text: &str) {
        let table = match text.parse::<toml::Table>() {
            Ok(table) => table,
            Err(error) => {
                // the message alone: with its context it would quote the line, which may hold a secret
                let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
                let line = 1 + before.matches('\n').count();
                self.problems.push(format!("{file}: line {line}: {}", error.message()));
                return;
            }
        };
        let mut unknown = Vec::new();
        for (name, value) in table {
            let Some(key) = keys::all().find(|key| key.name == name && name != keys::FILE.name) else {
                unknown.push(name);
                continue;
            };
            let place = format!("{name} in {file}");
            match value {
                toml::Value::String(text) => self.give(key, text, place),
                toml::Value::Integer(number) => self.give(key, number.to_string(), place),
                _ => self.problems.push(format!("{place}: must be a text or a number")),
            }
        }
        self.refuse_unknown(file, &unknown, |key| (key.name != keys::FILE.name).then_some(key.name));
    }

    /// Takes the values of the environment, over those that are there already.
    pub(super) fn read_env(&mut self, env: Vec<(OsString, OsString)>) {
        let services: Vec<String> = env.iter().filter_map(|(name, _)| service_of(name.to_str()?)).collect();
        let mut unknown = Vec::new();
        for (name, value) in env {
            let name = name.to_string_lossy().into_owned();
            if let Some(key) = keys::all().find(|key| key.env == name) {
                match value.into_string() {
                    Ok(text) => self.give(key, text, name),
                    Err(_) => self.problems.push(format!("{name}: must be UTF-8")),
                }
            } else if name.starts_with(PREFIX) && !is_left_alone(&name, &services) {
                unknown.push(name);
            }
        }
        unknown.sort();
        self.refuse_unknown("environment", &unknown, |key| Some(key.env));
    }

    /// Names what is unknown, never its value: it may be a secret under a misspelt name.
    fn refuse_unknown(
        &mut self,
        place: &str,
        unknown: &[String],
        known: impl Fn(&KeyDoc) -> Option<&'static str>,
    ) {
        if !unknown.is_empty() {
            let known: Vec<&str> = keys::all().filter_map(known).collect();
            let (unknown, known) = (unknown.join(", "), known.join(", "));
            self.problems.push(format!("{place}: no such key: {unknown} (there are {known})"));
        }
    }
}

/// `P` of a variable `P_SERVICE_HOST`: Kubernetes sets that and more for every service in the namespace.
fn service_of(name: &str) -> Option<String> {
    name.strip_suffix("_SERVICE_HOST").map(str::to_owned)
}

/// Whether a variable that begins like a key is somebody else's: the tests', build.rs', or what Kubernetes sets
/// for a service that is called `backdesk` too. Refusing those would keep the program from starting there.
fn is_left_alone(name: &str, services: &[String]) -> bool {
    let is_of_service = |service: &String| {
        name.strip_prefix(service.as_str()).is_some_and(|rest| {
            rest == "_PORT"
                || ["_PORT_", "_SERVICE_HOST", "_SERVICE_PORT"].iter().any(|p| rest.starts_with(p))
        })
    };
    name.starts_with("BACKDESK_TEST_") || name == "BACKDESK_SKIP_WEB" || services.iter().any(is_of_service)
}
