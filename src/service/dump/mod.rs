//! Writing all users to a file, in the forms that an import reads: the same file into an empty database makes the same
//! users, and into the database that it came from, changes nothing.
//!
//! A dump shows one instant, whatever changes while it is written, and needs the memory of a page. That it was made is in
//! the audit trail before the first user goes out. What identifies a user is the reference, and what other systems call
//! them, and a dump is in the order of these; our ids stay behind, and an import makes new ones.

use std::{collections::HashMap, io::Write, sync::Arc};

use serde_json::json;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{Services, error::ApiError, import};
use crate::{
    auth::{caller::Caller, policy::Action},
    store::{
        Snapshot,
        audit::{Change, FieldChange},
        user::{UserFile, Whom},
    },
};

mod banking;
mod ours;

/// Users that are read at once.
const PAGE: u64 = 1_000;
/// Pages that wait for their writer at most.
const AHEAD: usize = 2;

/// The formats that are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line, in our own words.
    JsonLines,
    /// The user objects of a banking API: of one account, and of the users alone that have an id there.
    BankingJson,
}

/// What is to be dumped.
#[derive(Debug, Clone)]
pub struct DumpOptions {
    /// The format.
    pub format: Format,
    /// The codes of the accounts whose users are wanted; all when there is none.
    pub accounts: Vec<String>,
}

/// What a dump wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dumped {
    /// Users in the file.
    pub users: u64,
    /// Users that its format has no place for.
    pub left_out: u64,
}

/// Why a dump is not whole.
#[derive(Debug)]
pub enum DumpError {
    /// The service refused, or the database did.
    Service(ApiError),
    /// What was read could not be written down.
    Output(std::io::Error),
}

impl<E: Into<ApiError>> From<E> for DumpError {
    fn from(error: E) -> Self {
        Self::Service(error.into())
    }
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 2] = [Self::JsonLines, Self::BankingJson];

    /// The format of imports that reads it.
    pub const fn import(self) -> import::Format {
        match self {
            Self::JsonLines => import::Format::JsonLines,
            Self::BankingJson => import::Format::BankingJson,
        }
    }

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        self.import().name()
    }

    /// The format that a file name ends in.
    pub fn of_extension(extension: &str) -> Option<Self> {
        let known = import::Format::of_extension(extension)?;
        Self::ALL.into_iter().find(|format| format.import() == known)
    }

    const fn head(self) -> &'static str {
        match self {
            Self::JsonLines => "",
            Self::BankingJson => "{\"users\":[\n",
        }
    }

    const fn between(self) -> &'static str {
        match self {
            Self::JsonLines => "",
            Self::BankingJson => ",\n",
        }
    }

    const fn tail(self) -> &'static str {
        match self {
            Self::JsonLines => "",
            Self::BankingJson => "\n]}\n",
        }
    }

    fn write(
        self,
        out: &mut Vec<u8>,
        file: &UserFile,
        names: &HashMap<Uuid, String>,
        total: u64,
    ) -> Result<(), ApiError> {
        let written = match self {
            Self::JsonLines => ours::write(&mut *out, file, names).map(|()| out.push(b'\n')),
            Self::BankingJson => banking::write(out, file, names, total),
        };
        written.map_err(|_| {
            tracing::error!("a user cannot be written as JSON");
            ApiError::Internal
        })
    }
}

impl Services {
    /// Writes users to `out`. `progress` is told how many users there will be, and how many are done with.
    pub async fn dump_users(
        &self,
        caller: &Arc<Caller>,
        out: impl Write + Send + 'static,
        options: &DumpOptions,
        progress: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<Dumped, DumpError> {
        let permit = self.permit(caller, Action::UserDump).await?;
        let accounts = self.accounts_of(caller, options).await?;
        let whom = match options.format {
            Format::JsonLines => Whom::OfAccounts(accounts.clone()),
            Format::BankingJson => Whom::KnownTo {
                account: the_one(accounts.as_deref())?,
                system: import::banking::SYSTEM.to_owned(),
            },
        };

        let snapshot = self.store().snapshot(&permit).await?;
        let total = snapshot.count(&whom).await?;
        let left_out = snapshot.count_users(accounts.as_deref()).await?.saturating_sub(total);
        // before anything goes out: what nobody could look up later is not shown
        let entry = json!({"count": total, "format": options.format.name(), "accounts": accounts});
        let fields = vec![FieldChange::told("users", entry)];
        let writer = self.store().write(permit).await?;
        writer.commit(Change { fields, ..Change::default() }).await?;

        let (sender, mut pages) = mpsc::channel::<Vec<u8>>(AHEAD);
        let writing = tokio::task::spawn_blocking(move || {
            let mut out = out;
            while let Some(page) = pages.blocking_recv() {
                out.write_all(&page)?;
            }
            out.flush()
        });
        let read = send(&snapshot, &whom, options.format, total, &sender, progress).await;
        drop(sender);
        let written = writing.await.map_err(|_| ApiError::Internal)?;
        // whoever writes no more has ended the reading
        written.map_err(DumpError::Output)?;
        read?;
        Ok(Dumped { users: total, left_out })
    }

    /// The accounts whose users are wanted; none for all.
    async fn accounts_of(
        &self,
        caller: &Arc<Caller>,
        options: &DumpOptions,
    ) -> Result<Option<Vec<String>>, ApiError> {
        let known: Vec<String> =
            self.accounts(caller).await?.into_iter().map(|account| account.code).collect();
        if let Some(code) = options.accounts.iter().find(|code| !known.contains(code)) {
            return Err(ApiError::bad_input(format!("there is no account {}", code.escape_debug())));
        }
        Ok(match (options.accounts.is_empty(), known.len()) {
            (true, 1) => Some(known),
            (true, _) => None,
            // each once, however often it was given
            (false, _) => Some(known.into_iter().filter(|code| options.accounts.contains(code)).collect()),
        })
    }
}

fn the_one(accounts: Option<&[String]>) -> Result<String, ApiError> {
    match accounts {
        Some([account]) => Ok(account.clone()),
        _ => Err(ApiError::bad_input(
            "banking-json does not tell accounts apart, which may know users by the same id: name one account",
        )),
    }
}

/// Reads to the end, or until nobody takes any more.
async fn send(
    snapshot: &Snapshot,
    whom: &Whom,
    format: Format,
    total: u64,
    sender: &mpsc::Sender<Vec<u8>>,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<(), ApiError> {
    let mut text = format.head().as_bytes().to_vec();
    let (mut done, mut last) = (0, None::<String>);
    loop {
        let page = Box::pin(snapshot.users(whom, last.as_deref(), PAGE)).await?;
        last = page.last;
        for file in &page.files {
            if done > 0 {
                text.extend(format.between().as_bytes());
            }
            format.write(&mut text, file, &page.names, total)?;
            done += 1;
        }
        let is_last = last.is_none();
        if is_last {
            text.extend(format.tail().as_bytes());
        }
        if sender.send(std::mem::take(&mut text)).await.is_err() || is_last {
            return Ok(());
        }
        progress(done, total);
    }
}
