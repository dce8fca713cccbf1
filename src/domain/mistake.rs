//! Why a value was refused. Every `parse` of the domain answers with the value in its one canonical
//! form or with a [`Mistake`].

use std::borrow::Cow;

/// Why a value was refused: a sentence for the person who typed it, which says what to write
/// instead.
///
/// It never repeats the refused value, which may be personal and would end up in logs. It has no
/// `Display` either, so it cannot slip into an answer by itself: whoever knows the field takes the
/// message out and puts it there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake(Cow<'static, str>);

impl Mistake {
    /// A mistake that `message` explains.
    pub fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self(message.into())
    }

    /// The sentence to show.
    pub fn into_message(self) -> String {
        self.0.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_carries_a_fixed_or_a_composed_sentence() {
        assert_eq!(Mistake::new("Use a code.").into_message(), "Use a code.");
        assert_eq!(
            Mistake::new(format!("Use at most {} characters.", 40)).into_message(),
            "Use at most 40 characters."
        );
    }
}
