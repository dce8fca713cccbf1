//! `backdesk demo`: the product with a database of made-up users, to look at without setting anything up.

use std::{io::Write, sync::Arc, time::Duration};

use super::{Failure, serve, system};
use crate::{
    app::{self, StartError},
    auth::{caller::Origin, policy::Role, token::AccountsClaim},
    clock::Clock,
    config::{Config, Environment, Http},
    service::token::NewToken,
    workers::Workers,
};

/// How many users are made up.
const USERS: u64 = 1_000;
/// How long the printed tokens last.
const TOKENS: Duration = Duration::from_hours(12);
/// A password that nobody knows but who reads it here: another one at each start.
fn pass_phrase() -> String {
    let clock = Clock::system();
    format!("{}-{}", clock.new_reference(), clock.new_reference())
}

/// The fact that marks a database as made here.
const FACT: (&str, &str) = ("made-by", "demo");

pub(super) async fn run(config: &Config, arguments: &serve::Arguments) -> Result<(), Failure> {
    if config.env == Environment::Production {
        return Err(Failure::Refused("a demo is not for production (BACKDESK_ENV=production)".to_owned()));
    }
    // first of all: who finds the address taken wants no database made
    let listeners = serve::listen(config).await?;
    // letters link to where it listens, also when the configuration leaves the port to the system
    let config = &Config { listen: listeners.api.local_addr()?, ..config.clone() };
    let database = app::open(config).await?;
    let is_new = database.is_blank().await.map_err(StartError::Database)?;
    if is_new {
        database.migrate().await.map_err(StartError::Database)?;
    }
    let services = app::build(config, database.clone(), Clock::system()).await?;
    let caller = system("demo");
    if is_new {
        services.note_fact(&caller, FACT.0, FACT.1).await?;
    } else if services.fact(&caller, FACT.0).await?.as_deref() != Some(FACT.1) {
        let sentence = format!(
            "{} was not made by `demo`, which would fill it with made-up users: set BACKDESK_DATA_DIR to another folder",
            config.database_url
        );
        return Err(Failure::Refused(sentence));
    } else {
        // an older version of the program made it
        database.migrate().await.map_err(StartError::Database)?;
    }
    serve::decide(&services, arguments).await?;
    services.seed_if_empty(&caller, USERS).await?;
    let password = pass_phrase();
    let staff = services.show_staff(&caller, &password).await?;

    let mut tokens = Vec::new();
    for role in Role::ALL {
        let new = NewToken {
            subject: format!("demo-{}", role.claim()),
            name: Some(format!("Demo {}", role.claim())),
            roles: vec![*role],
            accounts: AccountsClaim::All,
            ttl: TOKENS,
        };
        let token = services.issue_token(&caller, new).await?;
        if *role == Role::Compliance
            && let Ok(claims) = services.tokens().verify(&token)
        {
            let reviewer = services.caller(&claims, Origin::default()).await?;
            services.show_documents(&reviewer).await?;
        }
        tokens.push((role.claim(), token));
    }

    let mut out = std::io::stdout();
    let address = listeners.api.local_addr()?;
    writeln!(out, "GraphiQL: http://{address}/graphiql\n")?;
    let shows_mails = config.mail.server.is_none();
    if shows_mails {
        writeln!(out, "Letters that a mail server would send: http://{address}/demo/mails\n")?;
    }
    writeln!(out, "Sign in as one of these, with the password {password}")?;
    writeln!(out, "and set up a second factor with any authenticator app:\n  {}\n", staff.join("\n  "))?;
    let hours = TOKENS.as_secs() / 3600;
    writeln!(out, "Or paste one of these tokens into the token field; they last {hours} hours.\n")?;
    for (role, token) in tokens {
        writeln!(out, "{role}:\n{token}\n")?;
    }
    out.flush()?;
    let config = &Config { http: Http { shows_mails, ..config.http.clone() }, ..config.clone() };
    serve::serve(listeners, services, Arc::new(Workers::start()?), config).await
}
