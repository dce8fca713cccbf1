//! The program: reads the configuration, then does what the command line asks for.

use std::process::ExitCode;

use backdesk::cli;
use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    cli::run(cli::Arguments::parse()).await
}
