//! One row, one transaction: found again or made, judged, written with its audit entry. Or rolled back.

use std::collections::BTreeSet;

use backdesk_entity::enums::UserStatus;

use super::{
    Format,
    find::{parse_reference, start},
    judge::{Groups, Moment, judge},
    record::{Record, Row},
    report::Reason,
    seen::{Key, Seen},
    ties::tie,
    wait::{Lack, Wait, given},
};
use crate::{
    auth::caller::Permit,
    domain::{
        code,
        policy::Policies,
        problem::{Problem, Problems},
        status,
        user::Patch,
    },
    service::{
        kyc,
        user::{all_taken, judge_currency, taken},
    },
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
    /// It waits for what other rows may bring about.
    Early(Lack),
}

/// A row held against the database, and not written yet.
pub(super) struct Prepared {
    /// The user as it is, locked; none when it is a new one.
    pub(super) before: Option<UserFile>,
    /// As it is to be.
    pub(super) after: UserFile,
    /// All that is wrong.
    pub(super) found: Vec<Problem>,
    /// What of the ties cannot be yet.
    pub(super) waits: Vec<Wait>,
    /// What no other row may say as well.
    pub(super) keys: Vec<Key>,
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
        let permit = self.permit.clone();
        let writer =
            if self.is_dry { self.store.rehearse(permit).await? } else { self.store.write(permit).await? };
        let Prepared { before, after, mut found, waits, keys } =
            Box::pin(self.prepare(&writer, row, record)).await?;
        if !found.is_empty() || !row.reasons.is_empty() {
            writer.discard().await?;
            found.extend(waits.into_iter().map(|wait| wait.problem));
            return Ok(Attempt::Done(Effect::Refused(self.reasons(row, found))));
        }
        if !waits.is_empty() {
            writer.discard().await?;
            return Ok(Attempt::Done(Effect::Early(self.lack(row, before.as_ref(), &after, waits))));
        }

        if before.is_none()
            && let Some(missing) = self.missing_account(&writer, &after.user.account).await?
        {
            writer.discard().await?;
            return Ok(Attempt::NoAccount(missing));
        }
        match Box::pin(self.write(writer, before, after, row.number)).await? {
            Ok(effect) => {
                self.seen.note(&keys, row.number);
                Ok(Attempt::Done(effect))
            }
            Err(problem) => Ok(Attempt::Done(Effect::Refused(self.reasons(row, vec![problem])))),
        }
    }

    /// Finds whom the row speaks of, and judges what it says of them.
    pub(super) async fn prepare(
        &mut self,
        writer: &Writer,
        row: &Row,
        record: &Record,
    ) -> Result<Prepared, StoreError> {
        let mut problems = Problems::under("");
        let account = problems.check("account", code::parse(self.account_of(record)));
        let reference = record.reference.as_deref();
        let reference = reference.and_then(|given| problems.check("reference", parse_reference(given)));

        let before =
            self.find(writer, record, account.as_deref(), reference.as_deref(), &mut problems).await?;
        let now = writer.clock().now();
        if let (None, Some(account), true) = (&before, &account, record.ties.ties_users()) {
            writer.ties_turn_in(account).await?;
        }
        let policies = self.policies_for(writer, record, before.is_none()).await?;
        let mut after = match &before {
            Some(before) => before.clone(),
            None => start(writer, record, account.as_deref().unwrap_or_default(), reference, &mut problems),
        };
        if let (None, Some(policies)) = (&before, &policies) {
            after.user.status = policies.initial_status;
        }
        let moment = Moment { now, groups: &self.groups };
        judge(&mut after, before.is_none(), record, moment, &mut problems);
        if let (Some(policies), Some(fees)) = (&policies, &after.wide.fees) {
            judge_currency(fees, policies.currency, "fees.", &mut problems);
        }
        let ties = tie(writer, before.as_ref(), &mut after, &record.ties, now, &mut problems);
        let mut waits = Box::pin(ties).await?;
        if self.is_dry && !waits.is_empty() {
            let (others, own): (Vec<_>, Vec<_>) = waits.drain(..).partition(Wait::is_about_somebody);
            if !others.is_empty() {
                // they may stand in this very file
                self.notes.push("tied to users who are not there yet");
            }
            problems.extend(own.into_iter().map(|wait| wait.problem));
        }
        let mut found = problems.into_found();
        let keys = self.seen.keys(record, &after);
        if found.is_empty() && row.reasons.is_empty() {
            found.extend(self.seen.clash(&keys, |earlier| self.format.place(earlier)));
        }
        // what others have already, all of it at once
        if found.is_empty() && row.reasons.is_empty() {
            found = all_taken(writer, before.as_ref(), &after, "").await?;
        }
        Ok(Prepared { before, after, found, waits, keys })
    }

    /// The policies that a row depends on, held until its end: where a new user stands, and the currency of own fees. No
    /// other holds here: `registration`, `switchPlatform` and `directEditFields` say what staff may do in the back office,
    /// and a file brings what was decided elsewhere.
    async fn policies_for(
        &self,
        writer: &Writer,
        record: &Record,
        is_new: bool,
    ) -> Result<Option<Policies>, StoreError> {
        if !is_new && record.fees == Patch::Keep {
            return Ok(None);
        }
        Ok(Some(writer.policies_that_stay().await?.clone()))
    }

    /// What a row waits for, and what it brings about.
    fn lack(&self, row: &Row, before: Option<&UserFile>, after: &UserFile, waits: Vec<Wait>) -> Lack {
        let was = before.and_then(|before| before.ties.parent.as_ref());
        let leaves_parent = was != after.ties.parent.as_ref() || waits.iter().any(Wait::is_about_parent);
        let gives = given(before, after, leaves_parent);
        let (mut problems, mut needs) = (Vec::new(), Vec::new());
        for wait in waits {
            problems.push(wait.problem);
            needs.extend(wait.needs);
        }
        Lack { reasons: self.reasons(row, problems), needs, gives }
    }

    /// Writes what was judged to be fine.
    async fn write(
        &self,
        writer: Writer,
        before: Option<UserFile>,
        after: UserFile,
        row: u64,
    ) -> Result<Result<Effect, Problem>, StoreError> {
        let written = match &before {
            Some(before) => Box::pin(Self::update(&writer, before, after)).await,
            None => match Box::pin(writer.insert_user(&after)).await {
                Ok(change) => Ok(Ok(Some(change))),
                Err(error) => Err(error),
            },
        };
        let written = match written {
            Err(StoreError::Taken(unique)) => Err(taken(unique, "")),
            written => written?,
        };
        match written {
            Ok(Some(change)) => {
                writer.commit(Change { reason: self.reason(row), ..change }).await?;
                Ok(Ok(before.map_or(Effect::Created, |_| Effect::Changed)))
            }
            Ok(None) => {
                writer.discard().await?;
                Ok(Ok(Effect::Unchanged))
            }
            Err(problem) => {
                writer.discard().await?;
                Ok(Err(problem))
            }
        }
    }

    /// Writes what differs, and what that means for KYC. Only then it shows that a user who is cancelled would change.
    pub(super) async fn update(
        writer: &Writer,
        before: &UserFile,
        mut after: UserFile,
    ) -> Result<Result<Option<Change>, Problem>, StoreError> {
        kyc::follow_import(writer, before, &mut after).await?;
        match Box::pin(writer.update_user(before, after)).await {
            Ok(Some(_)) if before.user.status == UserStatus::Canceled => {
                let (code, mistake) = status::canceled();
                Ok(Err(Problem::new(code, "", mistake.into_message())))
            }
            written => Ok(Ok(written?.map(|(_, change)| change))),
        }
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
        writer.commit(self.account_made(&code, row)).await?;
        self.known.insert(code.clone());
        self.made.insert(code);
        Ok(())
    }

    /// What the trail tells of a new account.
    pub(super) fn account_made(&self, code: &str, row: u64) -> Change {
        let before = serde_json::Value::Null;
        let field = FieldChange { field: "account".to_owned(), before, after: code.into() };
        Change { fields: vec![field], reason: self.reason(row), ..Change::default() }
    }

    /// Where a change comes from.
    pub(super) fn reason(&self, row: u64) -> Option<String> {
        let source = self.source.as_deref()?;
        Some(format!("import of {source}, {}", self.format.place(row)))
    }

    /// All that is wrong with a row, by the names in its file, each once.
    pub(super) fn reasons(&self, row: &Row, found: Vec<Problem>) -> Vec<Reason> {
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
