//! `backdesk dump`: all users to a file.

use std::{
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
};

use clap::Args;
use tempfile::{Builder, NamedTempFile};

use super::{Failure, progress::Progress, services, system};
use crate::{
    config::Config,
    service::dump::{DumpError, DumpOptions, Dumped, Format},
};

/// What the options do not say.
const HELP: &str = "\
Writes every user as of one instant, so that `backdesk import` of the file into an empty database makes the same users, and
into this one changes nothing. Our ids are not in it: users are found again by their reference and external ids, and stand
in the order of these.

jsonl has everything that is known of a user and that an import sets, ties to others by reference included, an object a
line. banking-json has the 81 attributes of a banking API, of one account, and of the users alone that have an external id
of the system BANKING. Neither has the audit trail, comments, documents, pictures that are stored here, names of accounts and
categories, nor what other systems record of users: wallets, transactions, listings, bookings, reviews.

The file is all personal data in clear: it is made for its owner alone (mode 0600), and nothing is printed on a terminal. It
has its name when it is whole; a dump that is killed leaves a file .backdesk-dump-… beside it, to be removed. That a dump was
made is in the audit trail.";

#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct Arguments {
    /// jsonl or banking-json. Without it, the name of the file tells (.jsonl, .json); on standard output, jsonl.
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    format: Option<Format>,
    /// The code of an account whose users are wanted; may be given more than once. Without it: all.
    #[arg(long = "account", value_name = "CODE")]
    accounts: Vec<String>,
    /// The file. Without it: standard output, which must not be a terminal.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file if it is there.
    #[arg(long, requires = "output")]
    force: bool,
}

pub(super) async fn run(config: &Config, arguments: Arguments) -> Result<(), Failure> {
    let Arguments { format, accounts, output, force } = arguments;
    let by_name = || match &output {
        Some(path) => Format::of_extension(path.extension()?.to_str()?),
        None => Some(Format::JsonLines),
    };
    let format = format.or_else(by_name).ok_or_else(|| {
        Failure::Refused("the name of the file does not tell its format: give --format".to_owned())
    })?;
    let options = DumpOptions { format, accounts };
    let Some(path) = output else {
        let out = std::io::stdout();
        if out.is_terminal() {
            let sentence = "personal data is not printed on a terminal: give --output FILE, or a pipe";
            return Err(Failure::Refused(sentence.to_owned()));
        }
        return tell(dump(config, out, &options).await?, "standard output");
    };
    let draft = draft(&path, force)?;
    let dumped = dump(config, draft.reopen()?, &options).await?;
    keep(draft, &path, force)?;
    tell(dumped, &path.display().to_string())
}

async fn dump(
    config: &Config,
    out: impl Write + Send + 'static,
    options: &DumpOptions,
) -> Result<Dumped, Failure> {
    let mut config = config.clone();
    // half are for changes: one of these reads all the while, and the audit trail needs another
    config.pool.size = config.pool.size.max(4);
    let services = services(&config).await?;
    let progress = Progress::of(0, "users");
    let dumped =
        services.dump_users(&system("dump"), out, options, &|done, total| progress.set_of(done, total)).await;
    dumped.map_err(|error| match error {
        DumpError::Service(error) => Failure::Service(error),
        DumpError::Output(error) => Failure::Refused(format!("the users could not be written down: {error}")),
    })
}

/// A file beside the one that is wanted, for its owner alone. Half a dump never has the name of a whole one.
fn draft(path: &Path, force: bool) -> Result<NamedTempFile, Failure> {
    if !force && path.symlink_metadata().is_ok() {
        return Err(is_there(path));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let draft = Builder::new().prefix(".backdesk-dump-").tempfile_in(folder.unwrap_or(Path::new(".")));
    draft.map_err(|error| unwritable(path, &error))
}

/// Gives it its name.
fn keep(draft: NamedTempFile, path: &Path, force: bool) -> Result<(), Failure> {
    draft.as_file().sync_all().map_err(|error| unwritable(path, &error))?;
    let kept = if force { draft.persist(path) } else { draft.persist_noclobber(path) };
    match kept {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => Err(is_there(path)),
        Err(error) => Err(unwritable(path, &error.error)),
    }
}

fn is_there(path: &Path) -> Failure {
    Failure::Refused(format!("{} is there already: --force replaces it", path.display()))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Refused(format!("{} cannot be written: {error}", path.display()))
}

/// Beside the dump: standard output may be it.
fn tell(Dumped { users, left_out }: Dumped, place: &str) -> Result<(), Failure> {
    let mut out = std::io::stderr();
    writeln!(out, "{users} users written to {place}")?;
    if left_out > 0 {
        writeln!(out, "{left_out} users left out: they have no external id of the system BANKING")?;
    }
    Ok(())
}

fn format(text: &str) -> Result<Format, String> {
    let known = Format::ALL.into_iter().find(|format| format.name() == text);
    known.ok_or_else(|| format!("one of: {}", Format::ALL.map(Format::name).join(", ")))
}
