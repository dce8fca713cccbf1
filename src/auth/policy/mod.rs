//! Who may do what: two tables, on a screen each. The door, the guards, the directives and sentences of the schema and the
//! README all read them.

mod actions;
mod permissions;
#[cfg(test)]
mod tests;

pub use actions::{Access, Action, Place};
pub use permissions::{Permission, Role};
