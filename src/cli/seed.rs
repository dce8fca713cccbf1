//! `backdesk seed`: made-up users for tests and benches.

use std::io::Write;

use clap::{Args, value_parser};

use super::{Failure, progress, services, system};
use crate::config::{Config, Environment};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// How many made-up users the database shall have.
    #[arg(long, value_name = "N", value_parser = value_parser!(u64).range(1..=100_000_000))]
    users: u64,
}

pub(super) async fn run(config: &Config, Arguments { users }: Arguments) -> Result<(), Failure> {
    if config.env == Environment::Production {
        let sentence =
            "made-up users are not for production (BACKDESK_ENV=production): seed a database for tests";
        return Err(Failure::Refused(sentence.to_owned()));
    }
    let services = services(config).await?;
    let bar = progress::bar(users, "users");
    let seeded = services.seed_users(&system("seed"), users, &|done| bar.set_position(done)).await;
    bar.finish_and_clear();
    let seeded = seeded?;
    Ok(writeln!(std::io::stdout(), "{} users added, {} were there already", seeded.added, seeded.present)?)
}
