//! `backdesk seed`: made-up users for tests and benches.

use std::{io::Write, time::Duration};

use clap::{Args, value_parser};

use super::{Failure, progress::Progress, services, system};
use crate::config::{Config, Environment};

/// How long a statement may run. Nobody waits for one but this command, whose batches wait now and then until an index or a
/// checkpoint has been written, on a busy machine for long.
const STATEMENT: Duration = Duration::from_hours(1);

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
    let mut config = config.clone();
    config.pool.statement = STATEMENT;
    // what it has prepared and what it has read stay with a connection
    config.pool.size = 1;
    let services = services(&config).await?;
    let progress = Progress::of(users, "users");
    let seeded = services.seed_users(&system("seed"), users, &|done| progress.set(done)).await?;
    drop(progress);
    Ok(writeln!(std::io::stdout(), "{} users added, {} were there already", seeded.added, seeded.present)?)
}
