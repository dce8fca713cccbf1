//! `backdesk keys`: the keys that sign access tokens, listed and replaced.

use std::io::Write;

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};

use super::{Failure, services, system};
use crate::{auth::keys::KeyStatus, config::Config, service::keys::Rotation};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make the next key.
    ///
    /// It is published now and signs ten minutes later, when everybody who verifies tokens has it. The former one verifies until
    /// its last token has run out: nobody notices.
    Rotate(Rotate),
    /// List the keys, newest first: what each is for, and since when.
    List,
}

#[derive(Debug, Args)]
pub(super) struct Rotate {
    /// For a key that somebody else knows: the next one signs at once, and every token that was signed before is refused
    /// within seconds.
    #[arg(long)]
    now: bool,
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), Failure> {
    let (services, caller) = (services(config).await?, system("keys"));
    let mut out = std::io::stdout();
    match command {
        Command::Rotate(Rotate { now }) => {
            let rotation = if now { Rotation::AtOnce } else { Rotation::Announced };
            if let Some(key) = services.rotate_keys(&caller, rotation).await? {
                writeln!(out, "{} signs from {} UTC on", key.kid, written(key.signs_from))?;
            }
        }
        Command::List => {
            writeln!(out, "{:<43}  {:<9}  since (UTC)", "kid", "state")?;
            for KeyStatus { kid, state, since } in services.keys(&caller).await? {
                writeln!(out, "{kid:<43}  {:<9}  {}", state.name(), written(since))?;
            }
        }
    }
    Ok(())
}

fn written(instant: DateTime<Utc>) -> String {
    instant.format("%Y-%m-%d %H:%M:%S").to_string()
}
