//! Writing users from a file. Every row goes through the door by itself: one transaction, one audit entry, and a row
//! that does not fit leaves nothing behind but its line in the report. The same file again changes nothing.
//!
//! Files are read row by row in a thread of their own, a few rows ahead of the database, whatever their size. Of the rows
//! that went in, hashes of what identifies their users are kept.

use std::{
    cell::Cell,
    collections::BTreeSet,
    io::{BufReader, Read, Seek},
    rc::Rc,
    sync::Arc,
};

use tokio::sync::mpsc;

use super::{Services, error::ApiError};
use crate::{
    auth::{caller::Caller, policy::Action},
    domain::{code, text},
    store::error::StoreError,
};

pub(in crate::service) mod banking;
mod csv;
mod fields;
mod find;
mod jsonl;
mod judge;
mod ours;
mod put;
mod record;
mod report;
mod seen;
mod ties;
mod together;
mod wait;

#[cfg(test)]
mod tests;

pub use report::{LeftOut, Reason, Refused, Report, Why};

use put::{Effect, Import};
use record::Row;
use seen::Seen;
use wait::{Lack, Late, WaitingRoom};

/// Rows that wait for the database at most.
const AHEAD: usize = 64;
/// Rows at most that wait for others in memory, unless more of them wait for each other. For further ones the file is read
/// again.
const EARLY: usize = if cfg!(test) { 4 } else { 10_000 };
/// Characters of a file's name that the audit trail keeps at most.
const SOURCE: usize = 200;

/// Takes a row; false means that no more are wanted.
type Emit<'a> = &'a mut dyn FnMut(Row) -> bool;

/// The formats that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The user objects of a banking API.
    BankingJson,
    /// One JSON object a line, in our own words.
    JsonLines,
    /// Comma-separated values, in our own words.
    Csv,
}

/// How a file is to be imported.
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// Its format.
    pub format: Format,
    /// The code of the account that rows without one of their own go to; made when it is missing.
    pub account: String,
    /// The name of the file, for the audit trail.
    pub source: Option<String>,
    /// Roll every row back. Each is judged against the database as it is: what an earlier row of the file would have set
    /// free, such as an e-mail address, still counts as taken.
    pub is_dry: bool,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::BankingJson, Self::JsonLines, Self::Csv];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BankingJson => "banking-json",
            Self::JsonLines => "jsonl",
            Self::Csv => "csv",
        }
    }

    /// The format that a file name ends in.
    pub fn of_extension(extension: &str) -> Option<Self> {
        match extension.to_ascii_lowercase().as_str() {
            "json" => Some(Self::BankingJson),
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }

    /// How people find the row of that number: the place in the list of users from 0, or the line from 1.
    pub fn place(self, number: u64) -> String {
        match self {
            Self::BankingJson => format!("users[{number}]"),
            Self::JsonLines | Self::Csv => format!("line {number}"),
        }
    }

    /// Whether rows may carry a reference of ours.
    const fn has_references(self) -> bool {
        !matches!(self, Self::BankingJson)
    }

    /// What a field of ours is called in the file.
    fn file_name(self, ours: &str) -> &str {
        match self {
            Self::BankingJson => banking::file_name(ours),
            Self::JsonLines | Self::Csv => ours,
        }
    }

    fn read(self, source: impl Read, emit: Emit<'_>) -> Result<(), String> {
        let read = Rc::new(Cell::new(0));
        let source = BufReader::new(Counted { source, read: Rc::clone(&read) });
        let emit = &mut |row| emit(Row { read_to: read.get(), ..row });
        match self {
            Self::BankingJson => banking::read(source, emit),
            Self::JsonLines => jsonl::read(source, emit),
            Self::Csv => csv::read(source, emit),
        }
    }
}

impl Services {
    /// Imports a file. `progress` is told how many bytes of it are done with. What goes wrong on the way is in the report,
    /// with the rows that went in until then: they stay, and a second run takes the rest.
    pub async fn import_users(
        &self,
        caller: &Arc<Caller>,
        source: impl Read + Seek + Send + 'static,
        options: ImportOptions,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<Report, ApiError> {
        let permit = self.permit(caller, Action::UserImport).await?;
        let ImportOptions { format, account, source: name, is_dry } = options;
        let account = code::parse(&account)
            .map_err(|mistake| ApiError::bad_input(format!("account: {}", mistake.into_message())))?;
        let groups = self.store().read(&permit).groups().await?;
        let mut import = Import {
            store: self.store().clone(),
            permit,
            format,
            account,
            source: name.and_then(|name| text::clean_line(&name, SOURCE).ok()),
            is_dry,
            groups: groups.into_iter().map(|group| (group.key, group.id)).collect(),
            seen: Seen::default(),
            known: BTreeSet::new(),
            made: BTreeSet::new(),
            notes: Vec::new(),
        };

        let mut report = Report::default();
        let mut late = Late::default();
        let mut source = source;
        loop {
            let (sender, rows) = mpsc::channel(AHEAD);
            let reading = tokio::task::spawn_blocking(move || {
                let read = format.read(&mut source, &mut |row| sender.blocking_send(row).is_ok());
                (source, read)
            });
            let taken = import.take(rows, &mut late, &mut report, progress).await;
            let (back, read) = reading.await.map_err(|_| ApiError::Internal)?;
            if let Err((number, error)) = taken {
                report.stopped = Some(format!("at {}: {}", format.place(number), why(&error)));
            }
            report.stopped = report.stopped.or(read.err());
            source = back;
            if report.stopped.is_some() || !late.comes_again() {
                break;
            }
            if let Err(error) = source.rewind() {
                report.stopped = Some(format!("the file cannot be read a second time: {error}"));
                break;
            }
        }
        report.refused.sort_by_key(|refused| refused.number);
        report.note(import.notes);
        report.accounts = import.made;
        Ok(report)
    }
}

impl Import {
    /// Takes rows as they are read, and then those that waited. An error names the row.
    async fn take(
        &mut self,
        mut rows: mpsc::Receiver<Row>,
        late: &mut Late,
        report: &mut Report,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<(), (u64, StoreError)> {
        let mut room = WaitingRoom::default();
        while let Some(mut row) = rows.recv().await {
            let (number, read_to) = (row.number, row.read_to);
            if !late.is_due(number) {
                continue;
            }
            if !late.is_again {
                report.leave(std::mem::take(&mut row.left));
                report.note(std::mem::take(&mut row.notes));
            }
            match Box::pin(self.put(&row)).await.map_err(|error| (number, error))? {
                // whom another reading takes was chosen so that they have a place
                Effect::Early(lack) if late.is_again || room.len() < EARLY => room.enter(row, lack),
                Effect::Early(lack) => late.turn_away(number, &lack),
                effect => report.tell(number, effect),
            }
            if !late.is_again {
                progress(read_to);
            }
        }
        self.settle(room, late, report).await
    }
}

impl Report {
    /// Notes what became of a row.
    fn tell(&mut self, number: u64, effect: Effect) {
        match effect {
            Effect::Created => self.created += 1,
            Effect::Changed => self.changed += 1,
            Effect::Unchanged => self.unchanged += 1,
            Effect::Refused(reasons) | Effect::Early(Lack { reasons, .. }) => {
                self.refused.push(Refused { number, reasons });
            }
        }
    }
}

/// Why the database takes no more rows. Its own words are for the log.
fn why(error: &StoreError) -> &'static str {
    match error {
        StoreError::Unavailable | StoreError::InDoubt => "the database cannot be reached",
        StoreError::TooSlow => "the database takes too long",
        StoreError::Taken(_) | StoreError::Cursor(_) | StoreError::Hidden(_) | StoreError::Internal => {
            "the database refused, and the log says why"
        }
    }
}

/// Counts what is read.
struct Counted<R> {
    source: R,
    read: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.source.read(buffer)?;
        self.read.set(self.read.get() + length as u64);
        Ok(length)
    }
}
