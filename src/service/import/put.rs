//! One row, one transaction: found again or made, judged, written with its audit entry. Or rolled back.

use std::collections::BTreeSet;

use backdesk_entity::enums::UserStatus;

use super::{
    Format,
    find::{parse_reference, start},
    judge::{Groups, Moment, judge},
    record::{Record, Row},
    report::Reason,
    seen::Seen,
    ties::tie,
};
use crate::{
    auth::caller::Permit,
    domain::{
        code,
        problem::{Problem, Problems},
        status,
    },
    service::user::{all_taken, taken},
    store::{
        Store, Writer,
        audit::{Change, FieldChange},
        error::StoreError,
        user::UserFile,
    },
};

/// An import under way.
#[derive(Debug)]
pub(super) struct Import {
    pub(super) store: Store,
    pub(super) permit: Permit,
    pub(super) format: Format,
    /// Where rows without an account of their own go.
    pub(super) account: String,
    /// The name of the file, for the audit trail.
    pub(super) source: Option<String>,
    pub(super) is_dry: bool,
    pub(super) groups: Groups,
    pub(super) seen: Seen,
    /// Accounts that are known to be there.
    pub(super) known: BTreeSet<String>,
    /// Accounts that the import makes.
    pub(super) made: BTreeSet<String>,
    /// What was decided where a row left a choice.
    pub(super) notes: Vec<&'static str>,
}

/// What became of a row.
#[derive(Debug)]
pub(super) enum Effect {
    Created,
    Changed,
    Unchanged,
    Refused(Vec<Reason>),
    /// It ties the user to others who are not there; they may come in a later row.
    Early(Vec<Reason>),
}

/// How an attempt ended.
enum Attempt {
    Done(Effect),
    /// The row is fine, but its account is to be made first.
    NoAccount(String),
}

impl Import {
    /// Puts a row in, or tells why it does not go in.
    pub(super) async fn put(&mut self, row: &Row) -> Result<Effect, StoreError> {
        let Some(record) = &row.record else {
            return Ok(Effect::Refused(row.reasons.clone()));
        };
        loop {
            match Box::pin(self.attempt(row, record)).await? {
                Attempt::Done(effect) => return Ok(effect),
                Attempt::NoAccount(code) => self.make_account(code, row.number).await?,
            }
        }
    }

    async fn attempt(&mut self, row: &Row, record: &Record) -> Result<Attempt, StoreError> {
        let refused = |import: &Self, found: Vec<Problem>| {
            Ok(Attempt::Done(Effect::Refused(import.reasons(row, found))))
        };
        let mut problems = Problems::under("");
        let account = problems.check("account", code::parse(self.account_of(record)));
        let reference = record.reference.as_deref();
        let reference = reference.and_then(|given| problems.check("reference", parse_reference(given)));

        let permit = self.permit.clone();
        let writer =
            if self.is_dry { self.store.rehearse(permit).await? } else { self.store.write(permit).await? };
        let before =
            self.find(&writer, record, account.as_deref(), reference.as_deref(), &mut problems).await?;
        let now = writer.clock().now();
        if let (None, Some(account), true) = (&before, &account, record.ties.ties_users()) {
            writer.ties_turn_in(account).await?;
        }
        let mut after = match &before {
            Some(before) => before.clone(),
            None => start(&writer, record, account.as_deref().unwrap_or_default(), reference, &mut problems),
        };
        let moment = Moment { now, groups: &self.groups };
        judge(&mut after, before.is_none(), record, moment, &mut problems);
        let ties = Box::pin(tie(&writer, before.as_ref(), &mut after, &record.ties, now, &mut problems));
        let mut missing = ties.await?;
        if self.is_dry && !missing.is_empty() {
            // they may stand in this very file
            self.notes.push("tied to users who are not there yet");
            missing.clear();
        }
        let is_early = problems.is_empty() && row.reasons.is_empty() && !missing.is_empty();
        problems.extend(missing);
        let mut found = problems.into_found();
        let keys = self.seen.keys(record, &after);
        if found.is_empty() && row.reasons.is_empty() {
            found.extend(self.seen.clash(&keys, |earlier| self.format.place(earlier)));
        }
        // what others have already, all of it at once
        if found.is_empty() && row.reasons.is_empty() {
            found = all_taken(&writer, before.as_ref(), &after, "").await?;
        }
        if !found.is_empty() || !row.reasons.is_empty() {
            writer.discard().await?;
            return match is_early {
                true => Ok(Attempt::Done(Effect::Early(self.reasons(row, found)))),
                false => refused(self, found),
            };
        }

        if before.is_none()
            && let Some(missing) = self.missing_account(&writer, &after.user.account).await?
        {
            writer.discard().await?;
            return Ok(Attempt::NoAccount(missing));
        }
        match Box::pin(self.write(writer, before, after, row.number)).await? {
            Ok(effect) => {
                self.seen.add(keys, row.number);
                Ok(Attempt::Done(effect))
            }
            Err(problem) => refused(self, vec![problem]),
        }
    }

    /// Writes what was judged to be fine. Two things show only then: a value that somebody took meanwhile, and a change of
    /// a user who is cancelled.
    async fn write(
        &self,
        writer: Writer,
        before: Option<UserFile>,
        after: UserFile,
        row: u64,
    ) -> Result<Result<Effect, Problem>, StoreError> {
        let written = if let Some(before) = &before {
            Box::pin(writer.update_user(before, after)).await
        } else {
            let change = Box::pin(writer.insert_user(&after)).await;
            change.map(|change| Some((after, change)))
        };
        let was_canceled = before.as_ref().is_some_and(|before| before.user.status == UserStatus::Canceled);
        let problem = match written {
            Ok(Some(_)) if was_canceled => {
                let (code, mistake) = status::canceled();
                Problem::new(code, "", mistake.into_message())
            }
            Ok(Some((_, change))) => {
                writer.commit(Change { reason: self.reason(row), ..change }).await?;
                let effect = before.map_or(Effect::Created, |_| Effect::Changed);
                return Ok(Ok(effect));
            }
            Ok(None) => {
                writer.discard().await?;
                return Ok(Ok(Effect::Unchanged));
            }
            Err(StoreError::Taken(unique)) => taken(unique, ""),
            Err(error) => return Err(error),
        };
        writer.discard().await?;
        Ok(Err(problem))
    }

    fn account_of<'a>(&'a self, record: &'a Record) -> &'a str {
        record.account.as_deref().unwrap_or(&self.account)
    }

    /// The account, if it is to be made before the row can go in. In a dry run, it is made within the row's transaction.
    async fn missing_account(&mut self, writer: &Writer, code: &str) -> Result<Option<String>, StoreError> {
        if self.known.contains(code) {
            return Ok(None);
        }
        if writer.account_exists(code).await? {
            self.known.insert(code.to_owned());
        } else if self.is_dry {
            writer.ensure_account(code, code).await?;
            self.made.insert(code.to_owned());
        } else {
            return Ok(Some(code.to_owned()));
        }
        Ok(None)
    }

    /// Makes an account, with an audit entry of its own: it is there for more than the user who comes first.
    async fn make_account(&mut self, code: String, row: u64) -> Result<(), StoreError> {
        let writer = self.store.write(self.permit.clone()).await?;
        if !writer.ensure_account(&code, &code).await? {
            // another import made it meanwhile
            self.known.insert(code);
            return writer.discard().await;
        }
        let field = FieldChange {
            field: "account".to_owned(),
            before: serde_json::Value::Null,
            after: code.as_str().into(),
        };
        let change = Change { fields: vec![field], reason: self.reason(row), ..Change::default() };
        writer.commit(change).await?;
        self.known.insert(code.clone());
        self.made.insert(code);
        Ok(())
    }

    /// Where a change comes from.
    fn reason(&self, row: u64) -> Option<String> {
        let source = self.source.as_deref()?;
        Some(format!("import of {source}, {}", self.format.place(row)))
    }

    /// All that is wrong with a row, by the names in its file, each once.
    fn reasons(&self, row: &Row, found: Vec<Problem>) -> Vec<Reason> {
        let mut reasons = row.reasons.clone();
        for problem in found {
            let field = problem.field.join(".");
            let reason = Reason::of(self.format.file_name(&field), problem.message);
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        reasons
    }
}
