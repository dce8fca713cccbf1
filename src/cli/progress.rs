//! The progress bar of long commands. It is drawn on standard error, and only on a terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar that counts to `total` of `what`.
pub(super) fn bar(total: u64, what: &str) -> ProgressBar {
    let template = "{bar:40} {human_pos} of {human_len} {msg}, {per_sec}, {eta} left";
    // a template that does not parse leaves the plain bar
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(total).with_style(style).with_message(what.to_owned())
}
