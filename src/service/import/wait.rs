//! Rows that wait for others: a user can be tied only to somebody who is there, and hold no more of a parent than others
//! leave. Whoever they wait for may stand further down in the file, and may wait for them in turn.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    hash::{BuildHasher, RandomState},
};

use petgraph::{
    algo::kosaraju_scc,
    graph::{DiGraph, NodeIndex},
};
use uuid::Uuid;

use super::{EARLY, record::Row, report::Reason};
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

/// Rows for which the file is read again, because whoever they wait for is not in memory. They are few enough to be known
/// by their numbers and by hashes, some dozens of bytes each, of what they need and give.
#[derive(Debug, Default)]
pub(super) struct Late {
    hasher: RandomState,
    rows: BTreeMap<u64, Hashed>,
    /// What those rows give.
    given: HashSet<u64>,
    /// Those of them that are taken at this reading.
    due: HashSet<u64>,
    /// Whether the file is read again already.
    pub(super) is_again: bool,
}

/// Of a row that waits, hashes of what it needs and of what it gives.
#[derive(Debug)]
struct Hashed {
    needs: Vec<u64>,
    gives: Vec<u64>,
}

impl Late {
    /// Whether the row of that number is to be taken at this reading.
    pub(super) fn is_due(&mut self, number: u64) -> bool {
        !self.is_again || self.due.remove(&number)
    }

    /// Notes a row that finds no place in memory.
    pub(super) fn turn_away(&mut self, number: u64, lack: &Lack) {
        let hashed = |all: &[Need]| all.iter().map(|need| self.hasher.hash_one(need)).collect();
        let row = Hashed { needs: hashed(&lack.needs), gives: hashed(&lack.gives) };
        self.given.extend(&row.gives);
        self.rows.insert(number, row);
    }

    /// Whether a row that was turned away may bring about something of this.
    pub(super) fn may_give(&self, needs: &[Need]) -> bool {
        needs.iter().any(|need| self.given.contains(&self.hasher.hash_one(need)))
    }

    /// Chooses whom the next reading takes: as many as may wait, and with each all whom it waits for, unless they were
    /// taken before. Those who wait for each other are taken at one reading, however many they are. False when nobody is
    /// left.
    pub(super) fn comes_again(&mut self) -> bool {
        self.is_again = true;
        self.due.clear();
        for group in self.groups() {
            if !self.due.is_empty() && self.due.len() + group.len() > EARLY {
                break;
            }
            self.due.extend(group);
        }
        self.rows.retain(|number, _| !self.due.contains(number));
        self.given = self.rows.values().flat_map(|row| &row.gives).copied().collect();
        !self.due.is_empty()
    }

    /// Those who wait for each other, and before them those whom they wait for.
    fn groups(&self) -> Vec<Vec<u64>> {
        let mut graph: DiGraph<u64, ()> = DiGraph::new();
        let mut givers: HashMap<u64, Vec<NodeIndex>> = HashMap::new();
        for (number, row) in &self.rows {
            let node = graph.add_node(*number);
            for given in &row.gives {
                givers.entry(*given).or_default().push(node);
            }
        }
        for (node, row) in graph.node_indices().zip(self.rows.values()) {
            for giver in row.needs.iter().filter_map(|need| givers.get(need)).flatten() {
                graph.add_edge(node, *giver, ());
            }
        }
        // without recursion, which long chains would overflow
        let groups = kosaraju_scc(&graph).into_iter();
        groups.map(|group| group.into_iter().map(|node| graph[node]).collect()).collect()
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
