//! Browsers at the way in: pages of our own origin, and of those that are configured, have the refresh token kept as a cookie;
//! pages of any other come in by nothing. Programs send no origin, and get the token in the answer.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use zeroize::Zeroizing;

use super::failure::Failure;
use crate::{
    graphql::{Browser, Cookie},
    service::code::ErrorCode,
};

/// What the cookie is called.
const NAME: &str = "backdesk_refresh";
/// To us alone, over TLS alone (or on one's own machine), out of the reach of scripts and of pages elsewhere. It has no age:
/// it goes with the browser, and its session ends by itself.
const ATTRIBUTES: &str = "Path=/graphql; HttpOnly; Secure; SameSite=Strict";

/// The browser that a request came from; none of a program.
///
/// # Errors
/// When it came from a page of somebody else.
pub(super) fn judge(headers: &HeaderMap, allowed: &[String]) -> Result<Option<Browser>, Failure> {
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(None) };
    let is_ours = origin.to_str().is_ok_and(|origin| {
        allowed.iter().any(|allowed| allowed == origin) || is_of_host(origin, headers.get(header::HOST))
    });
    if !is_ours {
        let message =
            "Pages of this origin may not sign anybody in: have it named in BACKDESK_ALLOWED_ORIGINS.";
        return Err(Failure::new(StatusCode::FORBIDDEN, ErrorCode::Forbidden, message));
    }
    Ok(Some(Browser::with(refresh_token(headers))))
}

/// Whether a page was loaded from the address that the request goes to.
fn is_of_host(origin: &str, host: Option<&HeaderValue>) -> bool {
    let host = host.and_then(|host| host.to_str().ok());
    origin.split_once("://").is_some_and(|(scheme, authority)| {
        matches!(scheme, "http" | "https") && host.is_some_and(|host| host.eq_ignore_ascii_case(authority))
    })
}

/// The refresh token that a cookie brings; of two, none: somebody else set one of them.
fn refresh_token(headers: &HeaderMap) -> Option<Zeroizing<String>> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut ours = pairs.filter(|(name, _)| *name == NAME).map(|(_, value)| value);
    match (ours.next(), ours.next()) {
        (Some(token), None) => Some(Zeroizing::new(token.to_owned())),
        _ => None,
    }
}

/// The header that changes the cookie, if it is to change.
pub(super) fn set_cookie(browser: &Browser) -> Option<(HeaderName, HeaderValue)> {
    let line = Zeroizing::new(match browser.cookie()? {
        Cookie::Keep(token) => format!("{NAME}={}; {ATTRIBUTES}", *token),
        Cookie::Forget => format!("{NAME}=; Max-Age=0; {ATTRIBUTES}"),
    });
    let mut value = HeaderValue::from_str(&line).ok()?;
    value.set_sensitive(true);
    Some((header::SET_COOKIE, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn a_page_of_ours_may_sign_in_and_no_other() {
        let allowed = ["https://desk.example".to_owned()];
        let judged = |origin: &str| {
            judge(&headers(&[("origin", origin), ("host", "127.0.0.1:8080")]), &allowed)
                .map(|it| it.is_some())
        };
        for ours in ["http://127.0.0.1:8080", "https://127.0.0.1:8080", "https://desk.example"] {
            assert!(matches!(judged(ours), Ok(true)), "{ours}");
        }
        for other in [
            "null",
            "",
            "http://127.0.0.1:8081",
            "http://127.0.0.1",
            "https://desk.example.evil.example",
            "http://desk.example",
            "file://127.0.0.1:8080",
        ] {
            assert!(judged(other).is_err(), "{other}");
        }
        assert!(matches!(judge(&headers(&[("host", "127.0.0.1:8080")]), &allowed), Ok(None)));
    }

    #[test]
    fn the_cookie_is_found_among_others_and_never_one_of_two() {
        let token = |line: &str| refresh_token(&headers(&[("cookie", line)])).map(|token| token.to_string());
        assert_eq!(token("a=b; backdesk_refresh=abc; c=d").as_deref(), Some("abc"));
        assert_eq!(token("a=b; xbackdesk_refresh=abc"), None);
        assert_eq!(token("backdesk_refresh=abc; backdesk_refresh=def"), None);
        assert_eq!(token(""), None);
    }

    #[test]
    fn the_cookie_is_kept_from_scripts_and_from_other_pages() {
        let browser = Browser::with(None);
        assert!(set_cookie(&browser).is_none());
        browser.keep("abc");
        let (_, line) = set_cookie(&browser).unwrap();
        assert_eq!(line, "backdesk_refresh=abc; Path=/graphql; HttpOnly; Secure; SameSite=Strict");
        assert!(line.is_sensitive());
        assert!(set_cookie(&browser).is_none(), "it is told once");
    }
}
