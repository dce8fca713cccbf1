//! The program: reads the configuration, then does what the command line asks for.

use std::process::ExitCode;

use backdesk::cli;
use clap::Parser;
use mimalloc::MiMalloc;

/// An answer is thousands of small texts and futures: of its processor time, the system's allocator takes a quarter.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// One thread beside this one, which sends traces while this one waits for them at the end. Those that serve are workers of
/// their own.
#[tokio::main(worker_threads = 1)]
async fn main() -> ExitCode {
    cli::run(cli::Arguments::parse()).await
}
