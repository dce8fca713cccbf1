//! The languages of letters. One more is a file of templates and a line here; which letters it has to have, the compiler says.

use askama::Template;
use backdesk_entity::enums::IncidentKind;
use chrono::{DateTime, Utc};

use super::letter::Letter;

/// Declares the languages: each with its tag (BCP 47), and the file that has its letters.
macro_rules! languages {
    ($($(#[$doc:meta])* $name:ident = $tag:literal, $file:tt;)+) => {
        /// A language that letters are written in.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Language {
            $($(#[$doc])* $name),+
        }

        impl Language {
            /// Every language there is.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Its tag.
            pub fn tag(self) -> &'static str {
                match self {
                    $(Self::$name => $tag),+
                }
            }

            /// Subject and text of a letter, the first line and the rest.
            pub(super) fn write(self, letter: &Letter) -> String {
                let written = match self {
                    $(Self::$name => {
                        #[derive(Template)]
                        #[template(path = $file)]
                        struct Page<'a> {
                            letter: &'a Letter,
                        }

                        Page { letter }.render()
                    }),+
                };
                written.expect("names and instants can be written")
            }
        }
    };
}

languages! {
    /// What everybody gets whose language there is not.
    English = "en", "en.txt";
    /// French.
    French = "fr", "fr.txt";
}

impl Language {
    /// The language of a tag, whatever region and script it names; English where that is none of ours.
    pub fn of(tag: &str) -> Self {
        let language = tag.split('-').next().unwrap_or_default();
        let ours = Self::ALL.iter().find(|ours| ours.tag().eq_ignore_ascii_case(language));
        ours.copied().unwrap_or(Self::English)
    }
}

/// An instant as every language reads it: nobody has to know where the reader is.
fn utc(at: &DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_read_by_its_language_alone() {
        for (tag, language) in [
            ("fr", Language::French),
            ("fr-CA", Language::French),
            ("FR-latn-fr", Language::French),
            ("en-GB", Language::English),
            ("de", Language::English),
            ("frr", Language::English),
            ("", Language::English),
        ] {
            assert_eq!(Language::of(tag), language, "{tag:?}");
        }
    }
}
