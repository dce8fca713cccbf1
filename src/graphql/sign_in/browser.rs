//! What a browser brings and takes away beside the document: the refresh token, as a cookie that no script reads.

use std::sync::{Mutex, PoisonError};

use zeroize::Zeroizing;

/// A request that came from a page whose origin was judged.
pub struct Browser {
    brought: Option<Zeroizing<String>>,
    cookie: Mutex<Option<Cookie>>,
}

/// What becomes of the cookie.
pub enum Cookie {
    /// It holds this refresh token from now on.
    Keep(Zeroizing<String>),
    /// There is none any more.
    Forget,
}

impl Browser {
    /// With the refresh token that its cookie brought.
    pub fn with(brought: Option<Zeroizing<String>>) -> Self {
        Self { brought, cookie: Mutex::new(None) }
    }

    /// The refresh token that it brought.
    pub(super) fn refresh_token(&self) -> Option<Zeroizing<String>> {
        self.brought.clone()
    }

    /// Has it keep a refresh token.
    pub fn keep(&self, token: &str) {
        self.set(Cookie::Keep(Zeroizing::new(token.to_owned())));
    }

    /// Has it forget the one that it has.
    pub fn forget(&self) {
        self.set(Cookie::Forget);
    }

    fn set(&self, cookie: Cookie) {
        *self.cookie.lock().unwrap_or_else(PoisonError::into_inner) = Some(cookie);
    }

    /// What is to become of the cookie, once everything was answered.
    pub fn cookie(&self) -> Option<Cookie> {
        self.cookie.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
