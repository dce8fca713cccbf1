//! Languages (BCP 47, RFC 5646): `fr`, `pt-BR`, `zh-Hans`, in the one canonical spelling of a tag.

use icu_locale_core::{LanguageIdentifier, subtags};
use isolang::Language;

use super::{country, mistake::Mistake};

/// RFC 5646, 4.4.1: room for every tag that does not come from a private agreement.
const MAX_CHARS: usize = 35;

/// The canonical tag of the language that `text` names: subtags in their usual case, and the two
/// letters of ISO 639-1 where a language has them (`fra` is `fr`).
///
/// # Errors
/// When it is not shaped like a tag of language, script, region and variants (extensions such as
/// `-u-ca-buddhist` tell no language), when ISO 639 does not know the language or it stands for no
/// single one (`und`, `mul`), or when the region is no country.
pub fn parse(text: &str) -> Result<String, Mistake> {
    let unshaped =
        |_| Mistake::new("Use a language tag (BCP 47) with hyphens, such as fr, pt-BR or zh-Hans.");
    let unknown = || Mistake::new("Use the ISO 639 code of a language, such as fr for French.");

    let mut tag = LanguageIdentifier::try_from_str(text).map_err(unshaped)?;
    let code = tag.language.as_str();
    let language = Language::from_639_1(code).or_else(|| Language::from_639_3(code)).ok_or_else(unknown)?;
    if matches!(language.to_639_3(), "mis" | "mul" | "und" | "zxx") {
        return Err(unknown());
    }
    if let Some(short) = language.to_639_1() {
        tag.language = subtags::Language::try_from_str(short).map_err(unshaped)?;
    }
    // The other regions are numbers of the United Nations, such as 419 for Latin America.
    if let Some(region) = tag.region
        && region.is_alphabetic()
    {
        country::parse(region.as_str())?;
    }
    let tag = tag.to_string();
    if tag.len() > MAX_CHARS {
        return Err(Mistake::new(format!("A language tag has at most {MAX_CHARS} characters.")));
    }
    Ok(tag)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Option<String> {
        parse(text).ok()
    }

    #[test]
    fn a_tag_is_kept_in_its_canonical_spelling() {
        for (text, tag) in [
            ("fr", "fr"),
            ("PT-br", "pt-BR"),
            ("zh-hans", "zh-Hans"),
            ("sr-latn-rs", "sr-Latn-RS"),
            ("es-419", "es-419"),
            ("ca-VALENCIA", "ca-valencia"),
            ("fra", "fr"),
            ("gsw-CH", "gsw-CH"),
        ] {
            assert_eq!(parsed(text), Some(tag.into()), "{text:?}");
        }
    }

    #[test]
    fn what_names_no_language_is_refused() {
        for text in [
            "",
            "en_US",
            "xx",
            "und",
            "mul",
            "French",
            "en-UK",
            "i-klingon",
            "x-house",
            "fr-u-ca-buddhist",
            " fr",
        ] {
            assert_eq!(parsed(text), None, "{text:?}");
        }
    }

    #[test]
    fn variants_do_not_pile_up() {
        assert_eq!(parsed("sl-rozaj-biske-1994"), Some("sl-1994-biske-rozaj".into()));
        assert_eq!(parsed("sl-variant1-variant2-variant3-variant4"), None);
    }

    proptest! {
        #[test]
        fn a_tag_stays_itself(text in "(?s).*|[a-z]{2,3}(-[A-Za-z]{4})?(-[A-Z]{2})?") {
            if let Some(tag) = parsed(&text) {
                prop_assert_eq!(parsed(&tag), Some(tag));
            }
        }
    }
}
