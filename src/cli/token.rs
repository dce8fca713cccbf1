//! `backdesk token`: an access token for development and scripts.

use std::{io::Write, time::Duration};

use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};

use super::{Failure, services, system};
use crate::{
    auth::{policy::Role, token::AccountsClaim},
    config::{Config, Environment},
    service::token::NewToken,
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A role; may be given more than once.
    #[arg(long = "role", value_name = "ROLE", required = true, value_parser = roles())]
    roles: Vec<Role>,
    /// The code of an account that the token reaches; may be given more than once. Without it: all.
    #[arg(long = "account", value_name = "CODE")]
    accounts: Vec<String>,
    /// Whom the token stands for.
    #[arg(long, value_name = "NAME", default_value = "developer")]
    subject: String,
    /// How long it lasts, such as 90s, 15m, 1h or 7d.
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = humantime::parse_duration)]
    ttl: Duration,
}

pub(super) async fn run(config: &Config, arguments: Arguments) -> Result<(), Failure> {
    if config.env == Environment::Production {
        let sentence = "tokens are not printed in production (BACKDESK_ENV=production): staff sign in";
        return Err(Failure::Refused(sentence.to_owned()));
    }
    let Arguments { roles, accounts, subject, ttl } = arguments;
    let accounts = if accounts.is_empty() { AccountsClaim::All } else { AccountsClaim::Codes(accounts) };
    let name = Some(subject.clone());
    let services = services(config).await?;
    let token =
        services.issue_token(&system("token"), NewToken { subject, name, roles, accounts, ttl }).await?;
    Ok(writeln!(std::io::stdout(), "{token}")?)
}

fn roles() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(Role::ALL.iter().map(|role| role.claim()))
        .try_map(|claim| Role::from_claim(&claim).ok_or("no such role"))
}
