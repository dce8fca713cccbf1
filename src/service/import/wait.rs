//! Rows that wait for others: a user can be tied only to somebody who is there, and hold no more of a parent than others
//! leave. Whoever they wait for may stand further down in the file, and may wait for them in turn.

use std::collections::{BTreeSet, HashMap, HashSet};

use uuid::Uuid;

use super::{
    put::Effect,
    record::Row,
    report::{Reason, Report},
};
use crate::{
    domain::{problem::Problem, user::ExternalId},
    store::user::UserFile,
};

/// Something that another row may bring about, in one account.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Need {
    pub(super) account: String,
    pub(super) what: What,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum What {
    /// The user of this reference.
    Reference(String),
    /// The user whom a system calls so.
    Named(ExternalId),
    /// That somebody leaves this parent, or holds less of them.
    Leaves(Uuid),
}

/// Why a row cannot go in yet.
#[derive(Debug)]
pub(super) struct Wait {
    /// What is wrong if nobody brings about what it needs.
    pub(super) problem: Problem,
    /// What would help.
    pub(super) needs: Vec<Need>,
}

/// A row that waits.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) row: Row,
    pub(super) lack: Lack,
}

/// What a row waits for, and what others may wait for it to bring about.
#[derive(Debug)]
pub(super) struct Lack {
    pub(super) reasons: Vec<Reason>,
    pub(super) needs: Vec<Need>,
    pub(super) gives: Vec<Need>,
}

/// All that wait.
#[derive(Debug, Default)]
pub(super) struct WaitingRoom {
    rows: Vec<Waiting>,
}

/// Rows for which the file is read again, because whoever they wait for is not in memory.
#[derive(Debug, Default)]
pub(super) struct Late {
    due: HashSet<u64>,
    next: HashSet<u64>,
    /// Whether rows found no place at this reading.
    are_others: bool,
    /// Whether the file is read again already.
    pub(super) is_again: bool,
    /// Whether the last reading brought nobody further, so that there is nothing to wait for.
    pub(super) is_last: bool,
}

impl Late {
    /// Whether the row of that number is to be taken at this reading.
    pub(super) fn is_due(&mut self, number: u64) -> bool {
        !self.is_again || self.due.remove(&number)
    }

    /// Notes a row that finds no place in memory.
    pub(super) fn turn_away(&mut self, number: u64, lack: Lack, report: &mut Report) {
        self.are_others = true;
        self.wait(number, lack, report);
    }

    /// Notes a row that waits for nobody in memory. It is refused when there are no others either.
    pub(super) fn wait(&mut self, number: u64, lack: Lack, report: &mut Report) {
        if self.is_last || !self.are_others {
            report.tell(number, Effect::Refused(lack.reasons));
        } else {
            self.next.insert(number);
        }
    }

    /// Whether some rows are taken again, at another reading.
    pub(super) fn comes_again(&mut self) -> bool {
        self.due = std::mem::take(&mut self.next);
        (self.is_again, self.are_others) = (true, false);
        !self.due.is_empty()
    }
}

impl Need {
    pub(super) fn new(account: &str, what: What) -> Self {
        Self { account: account.to_owned(), what }
    }
}

impl Wait {
    /// Whether it is about the parent, whom the row may know or not.
    pub(super) fn is_about_parent(&self) -> bool {
        self.problem.field.first().is_some_and(|field| field == "parent")
    }

    /// Whether it is about somebody who is not there.
    pub(super) fn is_about_somebody(&self) -> bool {
        self.needs.iter().any(|need| !matches!(need.what, What::Leaves(_)))
    }
}

/// What a row brings about when it goes in.
pub(super) fn given(before: Option<&UserFile>, after: &UserFile, leaves_parent: bool) -> Vec<Need> {
    let account = after.user.account.as_str();
    let ids = after.external_ids.iter().flatten();
    let ids = ids.filter(|(system, _)| !ExternalId::is_shared(system));
    let ids =
        ids.map(|(system, value)| What::Named(ExternalId { system: system.clone(), value: value.clone() }));
    let parent = before.and_then(|before| before.ties.parent.as_ref()?.id).filter(|_| leaves_parent);
    std::iter::once(What::Reference(after.user.reference.clone()))
        .chain(ids)
        .chain(parent.map(What::Leaves))
        .map(|what| Need::new(account, what))
        .collect()
}

impl WaitingRoom {
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(super) fn enter(&mut self, row: Row, lack: Lack) {
        self.rows.push(Waiting { row, lack });
    }

    pub(super) fn enter_all(&mut self, rows: impl IntoIterator<Item = Waiting>) {
        self.rows.extend(rows);
    }

    /// Whether somebody here, or of those others, may bring about something of this.
    pub(super) fn may_give(&self, needs: &[Need], others: &[Waiting]) -> bool {
        let mut all = self.rows.iter().chain(others);
        all.any(|waiting| waiting.lack.gives.iter().any(|given| needs.contains(given)))
    }

    /// Those who wait for nobody here any more, in the order of the file.
    pub(super) fn leave_ready(&mut self) -> Vec<Waiting> {
        let ready: Vec<bool> = {
            let givers = self.givers();
            let others =
                |at: usize, need| givers.get(need).is_some_and(|all| all.iter().any(|one| *one != at));
            let all = self.rows.iter().enumerate();
            all.map(|(at, waiting)| !waiting.lack.needs.iter().any(|need| others(at, need))).collect()
        };
        let mut ready = ready.into_iter();
        self.rows.extract_if(.., |_| ready.next().unwrap_or_default()).collect()
    }

    /// The first of them with all whom it waits for, whom they wait for, and so on.
    pub(super) fn leave_circle(&mut self) -> Vec<Waiting> {
        let mut circle = BTreeSet::new();
        let mut next: Vec<usize> = (!self.rows.is_empty()).then_some(0).into_iter().collect();
        let givers = self.givers();
        while let Some(at) = next.pop() {
            if circle.insert(at) {
                let needs = self.rows[at].lack.needs.iter();
                next.extend(needs.filter_map(|need| givers.get(need)).flatten());
            }
        }
        let mut at = 0..;
        self.rows.extract_if(.., |_| at.next().is_some_and(|at| circle.contains(&at))).collect()
    }

    /// Where those stand who bring something about.
    fn givers(&self) -> HashMap<&Need, Vec<usize>> {
        let mut givers: HashMap<&Need, Vec<usize>> = HashMap::new();
        for (at, waiting) in self.rows.iter().enumerate() {
            for given in &waiting.lack.gives {
                givers.entry(given).or_default().push(at);
            }
        }
        givers
    }
}
