//! What somebody signed in with, by what it says of itself (the header User-Agent, RFC 9110, 10.1.5): good enough to tell
//! one's own browser from a stranger's in a list, and never believed for more, since everybody writes there what they like.
//!
//! The names are woothee's: it has them compiled in, while its peers want a file of regular expressions beside the program.
//! Browsers stopped saying more of themselves years ago, so little that is new is missing there. What is, programs and
//! robots, is told by the form of the header.

pub use backdesk_entity::enums::DeviceType;
use woothee::parser::{Parser, WootheeResult};

/// Bytes of the header that are looked at; browsers send 200.
const LOOKED_AT: usize = 512;
/// Characters of a program's name.
const NAME: usize = 40;

/// What somebody signed in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The kind.
    pub device_type: DeviceType,
    /// For people, such as `Firefox on Linux`; `Unknown` where nothing is known. Letters, digits and a few signs of ASCII, at
    /// most 60.
    pub label: String,
}

impl Device {
    /// What the header says; without one, nothing is known.
    pub fn of(user_agent: Option<&str>) -> Self {
        let header = user_agent.unwrap_or_default();
        let header = header[..header.floor_char_boundary(LOOKED_AT)].trim();
        let known = Parser::new().parse(header).unwrap_or_default();
        match kind(header, &known) {
            DeviceType::Unknown => Self { device_type: DeviceType::Unknown, label: "Unknown".to_owned() },
            device_type @ (DeviceType::Bot | DeviceType::Program) => {
                let own_name = robot(header).or_else(|| product(header).filter(|_| !is_browser(header)));
                Self { device_type, label: own_name.unwrap_or(known.name).to_owned() }
            }
            device_type => Self { device_type, label: browser_on_system(&known) },
        }
    }
}

fn kind(header: &str, known: &WootheeResult<'_>) -> DeviceType {
    let is_browser = is_browser(header);
    match known.category {
        _ if header.is_empty() || header == "-" => DeviceType::Unknown,
        "crawler" => DeviceType::Bot,
        _ if robot(header).is_some() => DeviceType::Bot,
        "appliance" => DeviceType::Appliance,
        "mobilephone" => DeviceType::Mobile,
        "pc" if is_browser => DeviceType::Desktop,
        "smartphone" if is_browser => match known.os {
            "iPad" => DeviceType::Tablet,
            // Google asks makers of telephones to say "Mobile", and makers of tablets not to
            "Android" if !header.contains("Mobile") => DeviceType::Tablet,
            _ => DeviceType::Mobile,
        },
        _ if !is_browser && product(header).is_some() => DeviceType::Program,
        _ => DeviceType::Unknown,
    }
}

/// All browsers begin so, whatever they are, and robots that want to be taken for one; Opera did not when it was its own.
fn is_browser(header: &str) -> bool {
    header.starts_with("Mozilla/") || header.starts_with("Opera/")
}

/// `Firefox on Linux`, as far as known.
fn browser_on_system(known: &WootheeResult<'_>) -> String {
    let browser = match known.name {
        "SamsungBrowser" => "Samsung Internet",
        name => name,
    };
    let system = match known.os {
        // its browsers say 10 for 11 as well
        os if os.starts_with("Windows") && !os.starts_with("Windows Phone") => "Windows",
        "Mac OSX" | "Mac OS Classic" => "macOS",
        os => os,
    };
    match (browser, system) {
        ("" | "UNKNOWN", "" | "UNKNOWN") => "Unknown".to_owned(),
        (browser, "" | "UNKNOWN") => browser.to_owned(),
        ("" | "UNKNOWN", system) => system.to_owned(),
        (browser, system) if browser == system => system.to_owned(),
        (browser, system) => format!("{browser} on {system}"),
    }
}

/// The name of the first product of the header: `curl` of `curl/8.5.0`.
fn product(header: &str) -> Option<&str> {
    let end = header.find(|c: char| !is_token(c)).unwrap_or(header.len());
    named(&header[..end])
}

/// The name of a product that calls itself a robot: `GPTBot` of `Mozilla/5.0 … (compatible; GPTBot/1.2; …)`.
fn robot(header: &str) -> Option<&str> {
    let names = header.split_inclusive('/').filter_map(|piece| piece.strip_suffix('/'));
    names.filter_map(|piece| named(piece.rsplit(|c: char| !is_token(c)).next()?)).find(|name| {
        let name = name.to_ascii_lowercase();
        ["bot", "crawler", "spider"].iter().any(|word| name.ends_with(word))
    })
}

fn named(name: &str) -> Option<&str> {
    // a token is of single bytes
    (name.len() > 1).then(|| &name[..name.len().min(NAME)])
}

/// What names of products are made of, as far as anybody uses it (RFC 9110, 5.6.2).
fn is_token(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.' | '+')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{DeviceType::*, *};
    use crate::hostile::hostile_text;

    fn device(header: &str) -> (DeviceType, String) {
        let Device { device_type, label } = Device::of(Some(header));
        (device_type, label)
    }

    #[test]
    fn browsers_are_named_with_their_system() {
        for (header, device_type, label) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
                Desktop,
                "Firefox on Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
                Desktop,
                "Chrome on Windows",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
                Desktop,
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 OPR/112.0.0.0",
                Desktop,
                "Opera on Windows",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
                Desktop,
                "Safari on macOS",
            ),
            (
                "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
                Desktop,
                "Chrome on ChromeOS",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
                Mobile,
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/126.0.6478.35 Mobile/15E148 Safari/604.1",
                Mobile,
                "Chrome on iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
                Mobile,
                "Chrome on Android",
            ),
            (
                "Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0",
                Mobile,
                "Firefox on Android",
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
                Mobile,
                "Samsung Internet on Android",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
                Tablet,
                "Chrome on Android",
            ),
            (
                "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
                Tablet,
                "Safari on iPad",
            ),
            (
                "Mozilla/5.0 (PlayStation 4 11.50) AppleWebKit/605.1.15 (KHTML, like Gecko)",
                Appliance,
                "PlayStation 4",
            ),
        ] {
            assert_eq!(device(header), (device_type, label.to_owned()), "{header}");
        }
    }

    #[test]
    fn programs_and_robots_are_called_what_they_call_themselves() {
        for (header, device_type, label) in [
            ("curl/8.5.0", Program, "curl"),
            ("Wget/1.21.4", Program, "Wget"),
            ("python-requests/2.32.3", Program, "python-requests"),
            ("Python/3.12 aiohttp/3.9.5", Program, "Python"),
            ("Go-http-client/2.0", Program, "Go-http-client"),
            ("okhttp/4.12.0", Program, "okhttp"),
            ("node", Program, "node"),
            ("PostmanRuntime/7.39.0", Program, "PostmanRuntime"),
            ("Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/AP2A.240605.024)", Program, "Dalvik"),
            ("MyBank/3.1 CFNetwork/1498.700.2 Darwin/23.6.0", Program, "MyBank"),
            ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", Bot, "Googlebot"),
            (
                "Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)",
                Bot,
                "Yahoo! Slurp",
            ),
            (
                "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
                Bot,
                "facebookexternalhit",
            ),
            (
                "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
                Bot,
                "GPTBot",
            ),
            (
                "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36 (compatible; SomeSpider/1.0)",
                Bot,
                "SomeSpider",
            ),
        ] {
            assert_eq!(device(header), (device_type, label.to_owned()), "{header}");
        }
    }

    #[test]
    fn a_telephone_of_the_brand_cubot_is_no_robot() {
        let header = "Mozilla/5.0 (Linux; Android 9; CUBOT X19 Build/PPR1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36";
        assert_eq!(device(header).0, Mobile);
    }

    #[test]
    fn of_what_says_nothing_nothing_is_known() {
        let unknown = Device { device_type: Unknown, label: "Unknown".to_owned() };
        assert_eq!(Device::of(None), unknown);
        for header in ["", " ", "-", "Mozilla/5.0", "<script>", "\u{202e}curl", "電話"] {
            assert_eq!(Device::of(Some(header)), unknown, "{header:?}");
        }
    }

    #[test]
    fn no_more_than_the_beginning_is_looked_at() {
        let header = format!("{}é/1.0 curl/8.5.0", "a".repeat(LOOKED_AT - 1));
        assert_eq!(device(&header), (Program, "a".repeat(NAME)));
    }

    proptest! {
        #[test]
        fn whatever_it_says_its_label_is_short_and_plain(header in hostile_text(), browser in any::<bool>()) {
            let header = if browser { format!("Mozilla/5.0 ({header}) Chrome/1 Safari/1") } else { header };
            let label = Device::of(Some(&header)).label;
            prop_assert!((1..=60).contains(&label.len()), "{}", label);
            prop_assert!(label.chars().all(|c| is_token(c) || matches!(c, ' ' | '!')), "{}", label);
        }
    }
}
