//! The command line: one file a command, each a thin way to a service.

use std::{io::Write, process::ExitCode, sync::Arc};

use clap::{Parser, Subcommand};

use crate::{
    app::{self, StartError},
    auth::caller::Caller,
    clock::Clock,
    config::{Config, ConfigError},
    service::{Services, error::ApiError},
    telemetry,
};

mod admin;
mod advise;
mod counters;
mod demo;
mod dump;
mod import;
mod keys;
mod progress;
mod seed;
mod serve;
mod token;

/// The user back office of regulated platforms as one GraphQL API.
#[derive(Debug, Parser)]
#[command(version, after_help = "Configuration: BACKDESK_* variables or backdesk.toml, see README.md.")]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Migrate the database and serve the API (default).
    Serve(serve::Arguments),
    /// Serve a database of made-up users, and print tokens to try it with.
    Demo(serve::Arguments),
    /// Migrate the database.
    Migrate,
    /// Fill the database with made-up users, always the same ones.
    ///
    /// Brings the database to the made-up users number 1 to N. They are the same in every database. Those that are there
    /// already stay as they are, missing ones are added, and all other users are left alone: running it again changes
    /// nothing, and an interrupted run goes on where it stopped.
    Seed(seed::Arguments),
    /// Write users from a file.
    Import(import::Arguments),
    /// Compare the counts that users carry with what is recorded.
    ///
    /// Prints every count that differs, and exits with 1 when there is one that was not put right.
    Counters(counters::Arguments),
    /// Write all users to a file.
    Dump(dump::Arguments),
    /// List the queries that were slow, and what index would serve them.
    ///
    /// A server notes them every few seconds: which list, by which filters and in which order, and never by which values. What
    /// took longest in all stands first. No index is made: which of them are worth their room and their work at each write is
    /// for a person to judge.
    Advise(advise::Arguments),
    /// Let the first administrator in.
    #[command(subcommand)]
    Admin(admin::Admin),
    /// Print the GraphQL schema.
    Schema,
    /// Print an access token, for development and scripts.
    Token(token::Arguments),
    /// List or replace the keys that sign access tokens.
    #[command(subcommand)]
    Keys(keys::Command),
}

/// Why a command did not do what it should.
#[derive(Debug)]
enum Failure {
    Config(ConfigError),
    Start(StartError),
    Io(std::io::Error),
    /// A sentence that says what to do.
    Refused(String),
    /// The service answered with an error.
    Service(ApiError),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Config(error) => write!(f, "{error}"),
            Self::Start(error) => write!(f, "{error}"),
            Self::Io(error) => write!(f, "{error}"),
            Self::Refused(sentence) | Self::Service(ApiError::BadInput { message: sentence, .. }) => {
                f.write_str(sentence)
            }
            Self::Service(ApiError::Unavailable) => f.write_str("the database cannot be reached"),
            Self::Service(ApiError::TooSlow) => {
                f.write_str("the database takes too long: BACKDESK_TIMEOUT_STATEMENT gives it more time")
            }
            Self::Service(ApiError::InDoubt) => {
                f.write_str("the database was lost while it committed: run the command again")
            }
            Self::Service(_) => f.write_str("that failed: the log above says why"),
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        Self::Start(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::Service(error)
    }
}

/// Does what the arguments ask for.
pub async fn run(arguments: Arguments) -> ExitCode {
    match perform(arguments.command.unwrap_or(Command::Serve(serve::Arguments::default()))).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // the reader may be gone; the exit code tells all the same
            let _ = writeln!(std::io::stderr(), "backdesk: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn perform(command: Command) -> Result<(), Failure> {
    if let Command::Schema = command {
        return Ok(std::io::stdout().write_all(crate::graphql::sdl().as_bytes())?);
    }
    let config = Config::load()?;
    let telemetry = telemetry::start(&config);
    let done = with(&config, command).await;
    telemetry.finish();
    done
}

async fn with(config: &Config, command: Command) -> Result<(), Failure> {
    match command {
        Command::Serve(arguments) => serve::run(config, &arguments).await,
        Command::Demo(arguments) => demo::run(config, &arguments).await,
        Command::Migrate => Ok(app::open(config).await?.migrate().await.map_err(StartError::Database)?),
        Command::Seed(arguments) => seed::run(config, arguments).await,
        Command::Import(arguments) => Box::pin(import::run(config, arguments)).await,
        Command::Counters(arguments) => counters::run(config, arguments).await,
        Command::Dump(arguments) => Box::pin(dump::run(config, arguments)).await,
        Command::Advise(arguments) => advise::run(config, arguments).await,
        Command::Admin(what) => admin::run(config, what).await,
        Command::Token(arguments) => token::run(config, arguments).await,
        Command::Keys(command) => keys::run(config, command).await,
        Command::Schema => Ok(()),
    }
}

/// The services over the configured database, for a command that is done when it ends.
async fn services(config: &Config) -> Result<Services, Failure> {
    Ok(app::start(config, Clock::system()).await?)
}

/// The program itself, at the door.
fn system(job: &str) -> Arc<Caller> {
    Arc::new(Caller::system(job))
}
