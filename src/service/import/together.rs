//! What becomes of rows that wait. Those who wait for each other, such as two new users who are each other's partner: one
//! transaction for all of them. They go in without what they wait for, and are then tied. Or nothing stays; each leaves an
//! audit entry of its own.

use super::{
    put::{Effect, Import, Prepared},
    report::{Reason, Report},
    seen::Key,
    ties::tie,
    wait::{Late, Wait, Waiting, WaitingRoom},
};
use crate::{
    domain::problem::{Problem, Problems},
    service::user::taken,
    store::{
        Writer,
        audit::Change,
        error::StoreError,
        user::{Ties, UserFile},
    },
};

/// What became of rows that wait for each other.
enum Together {
    /// They are in.
    In(Vec<(u64, Effect)>),
    /// These are wrong, and none is in.
    Refused(Vec<(u64, Vec<Reason>)>),
}

/// A row of which all is written but ties.
struct Entered<'a> {
    waiting: &'a Waiting,
    /// As the user was, if there was one.
    before: Option<UserFile>,
    /// As the user is to be; of a new user, as it was written.
    after: UserFile,
}

impl Import {
    /// Puts in the rows that wait: those first who wait for nobody any more, and those together who wait for each other. An
    /// error names the row.
    pub(super) async fn settle(
        &mut self,
        mut room: WaitingRoom,
        late: &mut Late,
        report: &mut Report,
    ) -> Result<(), (u64, StoreError)> {
        while !room.is_empty() {
            let mut ready = room.leave_ready().into_iter();
            if ready.as_slice().is_empty() {
                self.settle_circle(&mut room, report).await?;
            }
            while let Some(Waiting { row, .. }) = ready.next() {
                let number = row.number;
                match Box::pin(self.put(&row)).await.map_err(|error| (number, error))? {
                    Effect::Early(lack) if room.may_give(&lack.needs, ready.as_slice()) => {
                        room.enter(row, lack);
                    }
                    Effect::Early(lack) if late.may_give(&lack.needs) => late.turn_away(number, &lack),
                    effect => report.tell(number, effect),
                }
            }
        }
        Ok(())
    }

    async fn settle_circle(
        &mut self,
        room: &mut WaitingRoom,
        report: &mut Report,
    ) -> Result<(), (u64, StoreError)> {
        let mut circle = room.leave_circle();
        let first = circle.first().map(|waiting| waiting.row.number).unwrap_or_default();
        match Box::pin(self.put_together(&circle)).await.map_err(|error| (first, error))? {
            Together::In(effects) => {
                for (number, effect) in effects {
                    report.tell(number, effect);
                }
            }
            Together::Refused(refused) => {
                for (number, reasons) in refused {
                    circle.retain(|waiting| waiting.row.number != number);
                    report.tell(number, Effect::Refused(reasons));
                }
                // those who named them wait for nobody now, and are told so
                room.enter_all(circle);
            }
        }
        Ok(())
    }

    /// Puts rows in together.
    async fn put_together(&mut self, rows: &[Waiting]) -> Result<Together, StoreError> {
        let writer = self.store.write(self.permit.clone()).await?;
        let (mut changes, mut made) = (Vec::new(), Vec::new());
        let (mut entered, mut refused, mut keys) = (Vec::new(), Vec::new(), Vec::new());
        for waiting in rows {
            let number = waiting.row.number;
            let one = Box::pin(self.enter(&writer, waiting, &mut keys, &mut changes, &mut made)).await;
            match one {
                Ok(Ok(one)) => entered.push(one),
                Ok(Err(reasons)) => refused.push((number, reasons)),
                Err(StoreError::Taken(unique)) => {
                    // somebody took it meanwhile, and PostgreSQL takes no further statement
                    refused.push((number, self.reasons(&waiting.row, vec![taken(unique, "")])));
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        let mut effects = Vec::new();
        if refused.is_empty() {
            for one in entered {
                let row = &one.waiting.row;
                match Box::pin(self.finish(&writer, one)).await {
                    Ok(Ok((effect, change))) => {
                        effects.push((row.number, effect));
                        changes.extend(change);
                    }
                    Ok(Err(reasons)) => refused.push((row.number, reasons)),
                    Err(StoreError::Taken(unique)) => {
                        refused.push((row.number, self.reasons(row, vec![taken(unique, "")])));
                        break;
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        if refused.is_empty() {
            writer.commit_all(changes).await?;
            self.known.extend(made.iter().cloned());
            self.made.extend(made);
            return Ok(Together::In(effects));
        }
        writer.discard().await?;
        self.seen.forget(&keys);
        Ok(Together::Refused(refused))
    }

    /// Writes a new user without what the row waits for. Whoever is here already makes room: a parent who is to change is
    /// left, until all are tied.
    async fn enter<'a>(
        &mut self,
        writer: &Writer,
        waiting: &'a Waiting,
        keys: &mut Vec<Key>,
        changes: &mut Vec<Change>,
        made: &mut Vec<String>,
    ) -> Result<Result<Entered<'a>, Vec<Reason>>, StoreError> {
        let row = &waiting.row;
        let Some(record) = &row.record else { return Ok(Err(row.reasons.clone())) };
        let Prepared { before, after, found, waits, keys: own } =
            Box::pin(self.prepare(writer, row, record)).await?;
        if !found.is_empty() || !row.reasons.is_empty() {
            return Ok(Err(self.reasons(row, found)));
        }
        let waits_for_parent = waits.iter().any(Wait::is_about_parent);
        if let Some(before) = &before {
            if waits_for_parent || before.ties.parent != after.ties.parent {
                writer.leave_parent(after.user.id).await?;
            }
        } else {
            let account = after.user.account.as_str();
            if !self.known.contains(account) && writer.ensure_account(account, account).await? {
                changes.push(self.account_made(account, row.number));
                made.push(account.to_owned());
            }
            Box::pin(writer.insert_user(&after)).await?;
        }
        self.seen.note(&own, row.number);
        keys.extend(own);
        Ok(Ok(Entered { waiting, before, after }))
    }

    /// Ties a user, now that all are there.
    async fn finish(
        &self,
        writer: &Writer,
        Entered { waiting, before, after }: Entered<'_>,
    ) -> Result<Result<(Effect, Option<Change>), Vec<Reason>>, StoreError> {
        let row = &waiting.row;
        let Some(record) = &row.record else { return Ok(Err(row.reasons.clone())) };
        let mut whole = after.clone();
        if let Some(before) = &before {
            // the marks are no tie to others, and are what the row says
            whole.ties = Ties { marks: after.ties.marks.clone(), ..before.ties.clone() };
        }
        let (mut problems, now) = (Problems::under(""), writer.clock().now());
        let ties = tie(writer, before.as_ref(), &mut whole, &record.ties, now, &mut problems);
        let waits = Box::pin(ties).await?;
        problems.extend(waits.into_iter().map(|wait| wait.problem));
        let mut found: Vec<Problem> = problems.into_found();
        if !found.is_empty() {
            return Ok(Err(self.reasons(row, found)));
        }
        let reason = self.reason(row.number);
        let Some(before) = before else {
            let change = Box::pin(writer.complete_user(&after, &whole)).await?;
            return Ok(Ok((Effect::Created, Some(Change { reason, ..change }))));
        };
        match Box::pin(Self::update(writer, &before, whole)).await? {
            Ok(Some(change)) => Ok(Ok((Effect::Changed, Some(Change { reason, ..change })))),
            Ok(None) => Ok(Ok((Effect::Unchanged, None))),
            Err(problem) => {
                found.push(problem);
                Ok(Err(self.reasons(row, found)))
            }
        }
    }
}
