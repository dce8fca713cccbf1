//! `backdesk counters`: the counts that users carry, held against what is recorded.

use std::io::Write;

use clap::Args;

use super::{Failure, services, system};
use crate::{config::Config, service::counters::Difference};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Put right what differs. Of each thousand users, those of an account with a difference leave one entry in
    /// the audit trail.
    #[arg(long)]
    fix: bool,
}

pub(super) async fn run(config: &Config, Arguments { fix }: Arguments) -> Result<(), Failure> {
    let services = services(config).await?;
    let mut out = std::io::stdout();
    let mut found = 0_u64;
    // a reader that is gone keeps nobody from putting things right
    let mut tell = |difference: Difference| {
        let Difference { user, field, carried, actual } = difference;
        found += 1;
        let _ = writeln!(out, "{user} {field}: {carried}, should be {actual}");
    };
    let compared = services.compare_counters(&system("counters"), fix, &mut tell).await?;
    let done = if fix { "put right" } else { "found" };
    writeln!(std::io::stdout(), "{compared} users compared, {found} differences {done}")?;
    match found {
        0 => Ok(()),
        _ if fix => Ok(()),
        _ => Err(Failure::Refused("counts differ from what is recorded: --fix puts them right".to_owned())),
    }
}
