//! Where an address is, by a file of the operator's: a database of cities or countries in MaxMind's format, such as
//! `GeoLite2-City`. The only use of that format. Nobody else is asked, so that no one learns who signs in; without a file,
//! nothing is known.

use std::{
    io,
    net::IpAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use maxminddb::{MaxMindDbError, PathElement, Reader, path};

/// Characters of the name of a place.
const NAME: usize = 100;

/// Knows places by the file, or none.
#[derive(Clone)]
pub struct Places(Option<Arc<Reader<Vec<u8>>>>);

impl Places {
    /// Without a file.
    pub fn none() -> Self {
        Self(None)
    }

    /// Reads the file, as a whole into memory: to map it would be unsafe, as somebody may write to it meanwhile. A city
    /// database takes about 60 MB.
    ///
    /// # Errors
    /// When it cannot be read, is not in MaxMind's format or not all there, or holds neither cities nor countries.
    pub fn open(file: &Path) -> Result<Self, PlacesError> {
        let reader = Reader::open_readfile(file).map_err(|error| match error {
            MaxMindDbError::Io(error) => PlacesError::Unreadable(file.to_owned(), error),
            _ => PlacesError::Broken(file.to_owned()),
        })?;
        let kind = &reader.metadata().database_type;
        match ["City", "Country", "Enterprise"].iter().any(|known| kind.contains(known)) {
            true => Ok(Self(Some(Arc::new(reader)))),
            false => Err(PlacesError::NoPlaces(file.to_owned(), kind.clone())),
        }
    }

    /// Where an address is, as far as the file knows: `Lyon, FR`, or the country alone, `France`.
    pub fn place_of(&self, address: IpAddr) -> Option<String> {
        // an IPv4 address that came by a socket of version 6 is itself
        let found = self.0.as_ref()?.lookup(address.to_canonical()).ok()?;
        // a record that is broken, or has no such part, tells nothing
        let text = |path: &[PathElement<'_>]| found.decode_path::<&str>(path).ok().flatten();
        let city = text(&path!["city", "names", "en"]);
        let code = text(&path!["country", "iso_code"]);
        let country = text(&path!["country", "names", "en"]).or(code);
        let place = match (city, code) {
            (Some(city), Some(code)) => format!("{city}, {code}"),
            (city, _) => city.or(country)?.to_owned(),
        };
        Some(place.chars().filter(|c| !c.is_control()).take(NAME).collect())
    }
}

impl std::fmt::Debug for Places {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = self.0.as_ref().map(|reader| &reader.metadata().database_type);
        f.debug_tuple("Places").field(&kind).finish()
    }
}

/// Why there are no places. For the person who starts the program.
#[derive(Debug)]
pub enum PlacesError {
    /// The file cannot be read.
    Unreadable(PathBuf, io::Error),
    /// It is not in MaxMind's format, or not all there.
    Broken(PathBuf),
    /// It is in the format, and of this kind, but holds neither cities nor countries.
    NoPlaces(PathBuf, String),
}

impl std::fmt::Display for PlacesError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unreadable(file, error) => write!(f, "the file of places, {}: {error}", file.display()),
            Self::Broken(file) => write!(
                f,
                "the file of places, {}, is no MaxMind database (.mmdb), or not all of one: fetch it again",
                file.display()
            ),
            Self::NoPlaces(file, kind) => write!(
                f,
                "the file of places, {}, is of the kind {kind}: give one of cities or countries, such as GeoLite2-City",
                file.display()
            ),
        }
    }
}

impl std::error::Error for PlacesError {}

#[cfg(test)]
mod tests;
