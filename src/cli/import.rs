//! `backdesk import`: users from a file.

use std::{
    fmt::Write as _,
    fs::File,
    io::Write,
    path::{Path, PathBuf},
};

use clap::Args;

use super::{Failure, progress::Progress, services, system};
use crate::{
    config::Config,
    service::import::{Format, ImportOptions, Report, Why},
};

/// What the options do not say.
const HELP: &str = "\
Users are found again by their reference or external id, so that the same file a second time changes nothing. What the
file says of a user who is here already is applied as a change: absent stays, null (in csv, an empty cell) clears.

jsonl has an object a line, csv a header; both use the names of the API's UserUpdateInput, besides account, reference,
version, status, statusSince, statusReason, statusBeforeInactive, cancelOrigin, frozen, createdAt, updatedAt, lastSignInAt,
kycLevel, kycStatus, kycComment, identityVerified, emailVerified, phoneVerified, verifications (identity, email, phone: source,
by, at), groups (by key), categories, extraPermissions, fees, provider, and the ties parent and companyMembership. jsonl has
guests and parties as well. Others are named by reference, or by system and value of an external id. In csv, dots lead inside
(postalAddress.city, externalId.SYSTEM) and semicolons separate lists.

Users may be tied to others anywhere in the file, in any order: such rows wait, and those that need each other go in together
or not at all. The file may be read more than once for that, and must be one that can.

Prints what became of the rows. Exits with 1 when rows were refused or the file was not read to its end; all other rows
are in.";

#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct Arguments {
    /// The file.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// banking-json, jsonl or csv. Without it, the name of the file tells: .json, .jsonl or .ndjson, .csv.
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    format: Option<Format>,
    /// The account that rows without one of their own go to. Accounts that do not exist are made.
    #[arg(long, value_name = "CODE", default_value = "MAIN")]
    account: String,
    /// Report what would happen, and write nothing.
    #[arg(long)]
    dry_run: bool,
}

pub(super) async fn run(config: &Config, arguments: Arguments) -> Result<(), Failure> {
    let Arguments { file: path, format, account, dry_run: is_dry } = arguments;
    let by_name = || Format::of_extension(path.extension()?.to_str()?);
    let format = format.or_else(by_name).ok_or_else(|| {
        Failure::Refused("the name of the file does not tell its format: give --format".to_owned())
    })?;
    let (file, size) = open(&path)?;
    let options = ImportOptions {
        format,
        account,
        source: path.file_name().map(|name| name.to_string_lossy().into_owned()),
        is_dry,
    };
    let services = services(config).await?;
    let progress = Progress::of(size, "bytes");
    let report = services.import_users(&system("import"), file, options, &|done| progress.set(done)).await?;
    drop(progress);
    std::io::stdout().write_all(text(&report, format, is_dry).as_bytes())?;
    match &report.stopped {
        _ if report.is_complete() => Ok(()),
        Some(stopped) => {
            Err(Failure::Refused(format!("the import stopped before the end of the file: {stopped}")))
        }
        None => {
            let (refused, rows) = (report.refused.len(), report.rows());
            Err(Failure::Refused(format!("{refused} of {rows} rows were refused")))
        }
    }
}

fn open(path: &Path) -> Result<(File, u64), Failure> {
    let open = || {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        Ok((file, size))
    };
    open().map_err(|error: std::io::Error| {
        Failure::Refused(format!("{} cannot be read: {error}", path.display()))
    })
}

fn format(text: &str) -> Result<Format, String> {
    let known = Format::ALL.into_iter().find(|format| format.name() == text);
    known.ok_or_else(|| {
        let names = Format::ALL.map(Format::name);
        format!("one of: {}", names.join(", "))
    })
}

/// The report as people read it.
fn text(report: &Report, format: Format, is_dry: bool) -> String {
    let mut out = String::new();
    // writing to a text never fails
    let _ = write_report(&mut out, report, format, is_dry);
    out
}

fn write_report(out: &mut String, report: &Report, format: Format, is_dry: bool) -> std::fmt::Result {
    let Report { created, changed, unchanged, refused, accounts, left: _, more_left, notes, stopped: _ } =
        report;
    if is_dry {
        writeln!(out, "Dry run: nothing was written. What would happen:")?;
    }
    writeln!(
        out,
        "{}: {created} created, {changed} changed, {unchanged} unchanged, {} refused",
        rows(report.rows()),
        refused.len()
    )?;
    if !accounts.is_empty() {
        let codes: Vec<&str> = accounts.iter().map(String::as_str).collect();
        writeln!(out, "Accounts made: {}", codes.join(", "))?;
    }
    for (note, count) in notes {
        writeln!(out, "{note} ({})", rows(*count))?;
    }
    if !refused.is_empty() {
        writeln!(out, "\nRefused:")?;
    }
    for row in refused {
        writeln!(out, "  {}", format.place(row.number))?;
        for reason in &row.reasons {
            match reason.field.as_str() {
                "" => writeln!(out, "    {}", reason.message)?,
                field => writeln!(out, "    {}: {}", field.escape_debug(), reason.message)?,
            }
        }
    }
    let headed = [("Unknown", Why::Unknown, true), ("Unknown, and empty in every row", Why::Unknown, false)];
    for (head, why, says) in headed {
        write_left(out, report, head, |left, rows| left == why && (rows > 0) == says)?;
    }
    write_left(out, report, "Left out on purpose", |left, _| matches!(left, Why::Needless(_)))?;
    if *more_left {
        writeln!(out, "\nThere are more attributes of other names than are listed here.")?;
    }
    Ok(())
}

fn write_left(
    out: &mut String,
    report: &Report,
    head: &str,
    belongs: impl Fn(Why, u64) -> bool,
) -> std::fmt::Result {
    let left = report.left.iter();
    let names: Vec<String> = left
        .filter(|(_, left)| belongs(left.why, left.rows))
        .map(|(name, left)| match (left.why, left.rows) {
            (Why::Needless(reason), _) => format!("{name} ({reason})"),
            (_, 0) => name.escape_debug().to_string(),
            (_, count) => format!("{} ({})", name.escape_debug(), rows(count)),
        })
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{head}: {}", names.join(", "))
}

fn rows(count: u64) -> String {
    match count {
        1 => "1 row".to_owned(),
        count => format!("{count} rows"),
    }
}

#[cfg(test)]
mod tests;
