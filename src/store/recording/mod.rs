//! What other systems record of users, written many rows at a time, and the counts of it that users carry.

mod counts;
mod people;
mod recorded;
mod write;

pub use counts::{COUNTERS, Counts};
pub use people::Named;
pub use recorded::Recorded;
