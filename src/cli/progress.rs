//! How far a long command is: on a terminal a bar, drawn on standard error; where there is none, a line of the log every some
//! seconds, for whoever looks there.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

/// Between two lines of the log.
const PAUSE: Duration = Duration::from_secs(10);

/// Counts to a total. Dropped, it leaves the terminal as it was.
pub(super) struct Progress {
    bar: ProgressBar,
    what: &'static str,
    told: Mutex<Instant>,
}

impl Progress {
    /// One that counts to `total` of `what`.
    pub(super) fn of(total: u64, what: &'static str) -> Self {
        let template = "{bar:40} {human_pos} of {human_len} {msg}, {per_sec}, {eta} left";
        // a template that does not parse leaves the plain bar
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::new(total).with_style(style).with_message(what);
        Self { bar, what, told: Mutex::new(Instant::now()) }
    }

    /// So many are done.
    pub(super) fn set(&self, done: u64) {
        self.bar.set_position(done);
        if self.bar.is_hidden() && self.is_time(Instant::now()) {
            let total = self.bar.length().unwrap_or_default();
            let seconds_left = self.bar.eta().as_secs();
            tracing::info!(done, total, seconds_left, "{} so far", self.what);
        }
    }

    /// So many of so many are done.
    pub(super) fn set_of(&self, done: u64, total: u64) {
        self.bar.set_length(total);
        self.set(done);
    }

    /// Whether it is time for another line.
    fn is_time(&self, now: Instant) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let is_time = now.duration_since(*told) >= PAUSE;
        if is_time {
            *told = now;
        }
        is_time
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_told_every_ten_seconds() {
        let progress = Progress::of(100, "users");
        let began = *progress.told.lock().unwrap();
        let times = [0, 9, 10, 11, 19, 20, 45, 54, 55];
        let told = times.map(|seconds| progress.is_time(began + Duration::from_secs(seconds)));
        assert_eq!(told, [false, false, true, false, false, true, true, false, true]);
    }
}
