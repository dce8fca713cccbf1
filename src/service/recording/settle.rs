//! What a batch says, held against what is recorded: what becomes of each row, and what there is to write.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, HashMap},
};

use backdesk_entity::{
    bank_account, booking, listing, psp_account, review, transaction, wallet, wallet_network,
};
use uuid::Uuid;

use super::{
    Batch, RowResult,
    facts::{changes_of, network_change},
    judge::{Draft, Drafts},
    people::People,
};
use crate::{
    domain::{
        activity::{Kind, RowOutcome},
        problem::{ProblemCode, Problems},
    },
    store::{Writer, audit::FieldChange, error::StoreError, recording::Recorded},
};

/// What there is to write.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub(super) rows: Rows,
    /// What changes of each user.
    pub(super) changes: BTreeMap<Uuid, Vec<FieldChange>>,
    /// How many rows of each kind are new, and how many take the place of known ones.
    pub(super) written: BTreeMap<Kind, (u32, u32)>,
}

/// The rows to write.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) wallets: Vec<wallet::Model>,
    pub(super) networks: Vec<wallet_network::Model>,
    pub(super) transactions: Vec<transaction::Model>,
    pub(super) psp_accounts: Vec<psp_account::Model>,
    pub(super) bank_accounts: Vec<bank_account::Model>,
    pub(super) listings: Vec<listing::Model>,
    pub(super) bookings: Vec<booking::Model>,
    pub(super) reviews: Vec<review::Model>,
}

impl Ledger {
    /// Whether there is nothing to write.
    pub(super) fn is_empty(&self) -> bool {
        self.written.is_empty()
    }
}

const SAME_INSTANT: &str = "Something else is recorded of the same instant: say of when this is.";

/// How a wallet of the batch is connected, by the wallet's external id.
struct Network {
    index: usize,
    wallet: String,
    row: wallet_network::Model,
}

/// What others belong to, by its external id: what it is, and whose.
type Ties = HashMap<String, (Uuid, Vec<Uuid>)>;

/// One kind of rows, settled.
struct Settled<R> {
    /// To write.
    write: Vec<R>,
    /// What is known afterwards of what the batch speaks of.
    known: Ties,
}

/// Holds the drafts of a batch against what is recorded.
pub(super) async fn settle(
    writer: &Writer,
    batch: &Batch,
    drafts: Drafts,
    people: &People<'_>,
    results: &mut [RowResult],
) -> Result<Ledger, StoreError> {
    let mut clerk = Clerk { writer, batch, people, results, ledger: Ledger::default() };
    let Drafts { mut wallets, transactions, psp_accounts, bank_accounts, listings, bookings, reviews } =
        drafts;
    let networks = wallets.iter_mut().filter_map(Network::of).collect();
    let none = Ties::new();

    let wallets = clerk.settle(wallets, &none).await?;
    let networks = clerk.settle_networks(networks, &wallets.known).await?;
    let ties = clerk.ties::<wallet::Model, _>(wallets.known, &transactions).await?;
    let transactions = clerk.settle(transactions, &ties).await?.write;
    let psp_accounts = clerk.settle(psp_accounts, &none).await?.write;
    let bank_accounts = clerk.settle(bank_accounts, &none).await?.write;
    let listings = clerk.settle(listings, &none).await?;
    let ties = clerk.ties::<listing::Model, _>(listings.known, &bookings).await?;
    let bookings = clerk.settle(bookings, &ties).await?.write;
    let reviews = clerk.settle(reviews, &none).await?.write;
    let (wallets, listings) = (wallets.write, listings.write);
    let rows =
        Rows { wallets, networks, transactions, psp_accounts, bank_accounts, listings, bookings, reviews };
    Ok(Ledger { rows, ..clerk.ledger })
}

impl Network {
    fn of(draft: &mut Draft<wallet::Model>) -> Option<Self> {
        let row = draft.network.take()?;
        Some(Self { index: draft.index, wallet: draft.model.external_id.clone(), row })
    }
}

/// Who settles a batch.
struct Clerk<'a> {
    writer: &'a Writer,
    batch: &'a Batch,
    people: &'a People<'a>,
    results: &'a mut [RowResult],
    ledger: Ledger,
}

impl Clerk<'_> {
    /// Settles the rows of one kind.
    async fn settle<R: Recorded>(
        &mut self,
        drafts: Vec<Draft<R>>,
        ties: &Ties,
    ) -> Result<Settled<R>, StoreError> {
        let ids = drafts.iter().map(|draft| draft.model.external_id().to_owned()).collect();
        let before: HashMap<String, R> =
            self.writer.recorded(&self.batch.account, &self.batch.system, ids).await?;
        let known = |row: &R| (row.id(), owners(row));
        let mut settled = Settled {
            write: Vec::new(),
            known: before.iter().map(|(id, row)| (id.clone(), known(row))).collect(),
        };
        for mut draft in drafts {
            let mut problems = problems_of(draft.index, R::KIND);
            let is_known = self.identify(&mut draft, ties, &mut problems);
            let Draft { index, model: mut row, .. } = draft;
            let recorded = before.get(row.external_id());
            let mut outcome = RowOutcome::Refused;
            if is_known {
                match compare(&mut row, recorded) {
                    Ok(found) => outcome = found,
                    Err((field, message)) => problems.add(ProblemCode::Conflict, field, message),
                }
            }
            self.note(index, outcome, problems);
            if matches!(outcome, RowOutcome::Created | RowOutcome::Updated) {
                settled.known.insert(row.external_id().to_owned(), known(&row));
                let counts = self.ledger.written.entry(R::KIND).or_default();
                match recorded {
                    None => counts.0 += 1,
                    Some(_) => counts.1 += 1,
                }
                for owner in owners(&row) {
                    self.ledger.changes.entry(owner).or_default().extend(changes_of(recorded, &row));
                }
                settled.write.push(row);
            }
        }
        Ok(settled)
    }

    /// Settles how wallets are connected, once it is known what becomes of the wallets. What somebody changed here since
    /// stays.
    async fn settle_networks(
        &mut self,
        drafts: Vec<Network>,
        wallets: &Ties,
    ) -> Result<Vec<wallet_network::Model>, StoreError> {
        let ids = drafts.iter().filter_map(|draft| Some(wallets.get(&draft.wallet)?.0)).collect();
        let before = self.writer.networks(ids).await?;
        let mut write = Vec::new();
        for Network { index, wallet, mut row } in drafts {
            let Some((id, owners)) = wallets.get(&wallet) else { continue };
            let recorded = before.get(id);
            row.wallet_id = *id;
            row.note = recorded.and_then(|recorded| recorded.note.clone());
            let is_newer = recorded.is_none_or(|recorded| recorded.as_of <= row.as_of);
            match self.results[index].outcome {
                RowOutcome::Created | RowOutcome::Updated if is_newer => {
                    let change = network_change(&wallet, recorded, &row);
                    for owner in owners {
                        self.ledger.changes.entry(*owner).or_default().push(change.clone());
                    }
                    write.push(row);
                }
                RowOutcome::Unchanged if is_newer && recorded != Some(&row) => {
                    let mut problems = problems_of(index, Kind::Wallet);
                    problems.add(ProblemCode::Conflict, "asOf", SAME_INSTANT);
                    self.note(index, RowOutcome::Refused, problems);
                }
                _ => {}
            }
        }
        Ok(write)
    }

    /// Finds whom a draft is about, and what it belongs to. Says whether all of that is known.
    fn identify<R: Recorded>(&self, draft: &mut Draft<R>, ties: &Ties, problems: &mut Problems) -> bool {
        let fields: Vec<&str> = draft.model.owners().into_iter().map(|(field, _)| field).collect();
        let people = draft.people.iter().zip(&fields);
        let found: Vec<Option<Uuid>> = people
            .map(|(name, field)| name.as_ref().and_then(|name| self.people.find(name, field, problems)))
            .collect();
        let mut is_known = found.iter().zip(&draft.people).all(|(id, name)| id.is_some() || name.is_none());
        if let ([Some(one), Some(other)], Kind::Review) = (found.as_slice(), R::KIND)
            && one == other
        {
            problems.add(ProblemCode::Invalid, "subject", "Nobody reviews themselves.");
            is_known = false;
        }
        draft.model.give_to(&found);
        let Some(tie) = &draft.tie else { return is_known };
        let (field, owner) = match R::KIND {
            Kind::Booking => ("listing", found.get(1).copied().flatten()),
            _ => ("wallet", found.first().copied().flatten()),
        };
        match ties.get(tie) {
            None => {
                let message =
                    "This system recorded no such thing in this account: send it before, or with it.";
                problems.add(ProblemCode::NotFound, field, message);
                false
            }
            Some((_, whose)) if owner.is_some_and(|owner| !whose.contains(&owner)) => {
                problems.add(ProblemCode::Invalid, field, "This belongs to another user.");
                false
            }
            Some((id, _)) => {
                draft.model.tie(*id);
                is_known
            }
        }
    }

    /// Keeps what became of a row.
    fn note(&mut self, index: usize, outcome: RowOutcome, problems: Problems) {
        let result = &mut self.results[index];
        result.outcome = outcome;
        result.problems.extend(problems.into_found());
    }

    /// What drafts may belong to: what the batch speaks of, and what is recorded of the rest.
    async fn ties<R: Recorded, M>(&self, known: Ties, drafts: &[Draft<M>]) -> Result<Ties, StoreError> {
        let mut ties = known;
        let mut wanted: Vec<String> = drafts.iter().filter_map(|draft| draft.tie.clone()).collect();
        wanted.sort_unstable();
        wanted.dedup();
        wanted.retain(|id| !ties.contains_key(id));
        let recorded: HashMap<String, R> =
            self.writer.recorded(&self.batch.account, &self.batch.system, wanted).await?;
        ties.extend(recorded.into_iter().map(|(id, row)| (id, (row.id(), owners(&row)))));
        Ok(ties)
    }
}

/// What becomes of a row, by what is recorded of it; or in which field it contradicts that, and what to do. A row that is
/// known becomes the same row.
fn compare<R: Recorded>(
    row: &mut R,
    recorded: Option<&R>,
) -> Result<RowOutcome, (&'static str, &'static str)> {
    let Some(recorded) = recorded else { return Ok(RowOutcome::Created) };
    row.be(recorded);
    if let Some(field) = row.moved_from(recorded) {
        return Err((
            field,
            "What is recorded under this external id has another value here, which never changes.",
        ));
    }
    match row.as_of().cmp(&recorded.as_of()) {
        Ordering::Greater => Ok(RowOutcome::Updated),
        Ordering::Less => Ok(RowOutcome::Stale),
        Ordering::Equal if *row == *recorded => Ok(RowOutcome::Unchanged),
        Ordering::Equal => Err(("asOf", SAME_INSTANT)),
    }
}

fn problems_of(index: usize, kind: Kind) -> Problems {
    Problems::under(&format!("input.rows.{index}.{}", kind.one()))
}

fn owners<R: Recorded>(row: &R) -> Vec<Uuid> {
    let mut owners: Vec<Uuid> = row.owners().into_iter().filter_map(|(_, owner)| owner).collect();
    owners.dedup();
    owners
}
