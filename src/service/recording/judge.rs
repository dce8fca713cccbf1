//! Rows as they came, judged one by one without looking at what is recorded: each becomes a draft of what would be
//! recorded, or is refused with everything that is wrong with it.

use std::collections::HashMap;

use backdesk_entity::{
    bank_account, booking, enums::TransactionKind, listing, psp_account, review, transaction, wallet,
    wallet_network,
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    RowResult,
    measure::{LINE, Measure},
};
use crate::{
    clock::Clock,
    domain::{
        activity::{
            BankAccountFact, BookingFact, Fact, Kind, ListingFact, NetworkFact, PspAccountFact, ReviewFact,
            Row, RowOutcome, TransactionFact, UserName, WalletFact,
        },
        money::Currency,
        problem::{Problem, ProblemCode},
        text,
    },
};

/// A row that may be recorded, for all that can be said of it alone.
#[derive(Debug)]
pub(super) struct Draft<M> {
    /// Its place in the batch.
    pub(super) index: usize,
    /// What would be recorded; whom it is about and what it belongs to is not known yet.
    pub(super) model: M,
    /// Whom it is about.
    pub(super) people: Vec<Option<UserName>>,
    /// The external id of what it belongs to.
    pub(super) tie: Option<String>,
    /// Of a wallet: how it is connected.
    pub(super) network: Option<wallet_network::Model>,
}

/// The drafts of a batch.
#[derive(Debug, Default)]
pub(super) struct Drafts {
    pub(super) wallets: Vec<Draft<wallet::Model>>,
    pub(super) transactions: Vec<Draft<transaction::Model>>,
    pub(super) psp_accounts: Vec<Draft<psp_account::Model>>,
    pub(super) bank_accounts: Vec<Draft<bank_account::Model>>,
    pub(super) listings: Vec<Draft<listing::Model>>,
    pub(super) bookings: Vec<Draft<booking::Model>>,
    pub(super) reviews: Vec<Draft<review::Model>>,
}

/// What all kinds of rows have in common.
struct Frame<'a> {
    index: usize,
    id: Uuid,
    account: &'a str,
    system: &'a str,
    external_id: String,
    as_of: DateTime<Utc>,
    recorded_at: DateTime<Utc>,
}

/// Judges the rows of a batch: the drafts of those that may go in, and a result for each, refused or not known yet.
pub(super) fn rows(rows: &[Row], account: &str, system: &str, clock: &Clock) -> (Drafts, Vec<RowResult>) {
    let now = clock.now();
    let places = places(rows);
    let mut drafts = Drafts::default();
    let mut results = Vec::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        let mut measure = Measure::of(index, row.fact.kind(), now);
        let frame = Frame {
            index,
            id: clock.new_id(),
            account,
            system,
            external_id: measure.line("externalId", &row.external_id),
            as_of: measure.as_of(row.as_of),
            recorded_at: now,
        };
        let place = &places[&key(row)];
        if place.iter().any(|other| !is_same(&rows[*other], row)) {
            let message = "The batch says two things of this external id: send the one that holds.";
            measure.problems.add(ProblemCode::Conflict, "externalId", message);
        }
        let is_first = place.first() == Some(&index);
        let mut row_drafts = Drafts::default();
        row_drafts.add(&row.fact, frame, &mut measure);
        let problems = measure.problems.into_found();
        if problems.is_empty() && is_first {
            drafts.append(row_drafts);
        }
        let outcome = if problems.is_empty() { RowOutcome::Unchanged } else { RowOutcome::Refused };
        results.push(RowResult { index, external_id: row.external_id.clone(), outcome, problems });
    }
    (drafts, results)
}

/// What is said twice in the same words has the same result the second time, when the first time made it known.
pub(super) fn repeat(rows: &[Row], results: &mut [RowResult]) {
    let places = places(rows);
    for index in 0..results.len() {
        let first = places[&key(&rows[index])][0];
        if first == index || !is_same(&rows[first], &rows[index]) {
            continue;
        }
        let RowResult { outcome, problems, .. } = results[first].clone();
        let result = &mut results[index];
        result.outcome = match outcome {
            RowOutcome::Created | RowOutcome::Updated => RowOutcome::Unchanged,
            other => other,
        };
        let here = |mut problem: Problem| {
            if let Some(step) = problem.field.get_mut(2) {
                *step = index.to_string();
            }
            problem
        };
        result.problems = problems.into_iter().map(here).collect();
    }
}

/// Where each thing is spoken of.
fn places(rows: &[Row]) -> HashMap<(Kind, String), Vec<usize>> {
    let mut places: HashMap<_, Vec<usize>> = HashMap::new();
    for (index, row) in rows.iter().enumerate() {
        places.entry(key(row)).or_default().push(index);
    }
    places
}

fn key(row: &Row) -> (Kind, String) {
    let external_id = text::clean_line(&row.external_id, LINE).unwrap_or_else(|_| row.external_id.clone());
    (row.fact.kind(), external_id)
}

fn is_same(one: &Row, other: &Row) -> bool {
    one.as_of == other.as_of && one.fact == other.fact
}

impl Drafts {
    fn add(&mut self, fact: &Fact, frame: Frame<'_>, measure: &mut Measure) {
        match fact {
            Fact::Wallet(fact) => self.wallets.push(wallet(fact, frame, measure)),
            Fact::Transaction(fact) => self.transactions.push(transaction(fact, frame, measure)),
            Fact::PspAccount(fact) => self.psp_accounts.push(psp_account(fact, frame, measure)),
            Fact::BankAccount(fact) => self.bank_accounts.push(bank_account(fact, frame, measure)),
            Fact::Listing(fact) => self.listings.push(listing(fact, frame, measure)),
            Fact::Booking(fact) => self.bookings.push(booking(fact, frame, measure)),
            Fact::Review(fact) => self.reviews.push(review(fact, frame, measure)),
        }
    }

    fn append(&mut self, other: Self) {
        let Self { wallets, transactions, psp_accounts, bank_accounts, listings, bookings, reviews } = other;
        self.wallets.extend(wallets);
        self.transactions.extend(transactions);
        self.psp_accounts.extend(psp_accounts);
        self.bank_accounts.extend(bank_accounts);
        self.listings.extend(listings);
        self.bookings.extend(bookings);
        self.reviews.extend(reviews);
    }

    /// Everybody who is named.
    pub(super) fn people(&self) -> impl Iterator<Item = &UserName> {
        fn of<M>(drafts: &[Draft<M>]) -> impl Iterator<Item = &UserName> {
            drafts.iter().flat_map(|draft| draft.people.iter().flatten())
        }
        of(&self.wallets)
            .chain(of(&self.transactions))
            .chain(of(&self.psp_accounts))
            .chain(of(&self.bank_accounts))
            .chain(of(&self.listings))
            .chain(of(&self.bookings))
            .chain(of(&self.reviews))
    }
}

/// Fills what all kinds of rows have in common, and what this kind has of its own.
macro_rules! model {
    ($table:ident, $frame:ident, { $($field:ident: $value:expr),* $(,)? }) => {
        $table::Model {
            id: $frame.id,
            account: $frame.account.to_owned(),
            system: $frame.system.to_owned(),
            external_id: $frame.external_id,
            as_of: $frame.as_of,
            recorded_at: $frame.recorded_at,
            $($field: $value),*
        }
    };
}

fn draft<M>(index: usize, model: M, people: Vec<Option<UserName>>) -> Draft<M> {
    Draft { index, model, people, tie: None, network: None }
}

fn wallet(fact: &WalletFact, frame: Frame<'_>, measure: &mut Measure) -> Draft<wallet::Model> {
    let WalletFact { user, status, provider, balance, currency, opened_at, network } = fact;
    let (index, as_of) = (frame.index, frame.as_of);
    let people = vec![measure.user("user", user)];
    let currency = measure.currency("currency", currency);
    let network = network.as_ref().map(|network| network_of(network, frame.id, as_of, measure));
    let model = model!(wallet, frame, {
        user_id: Uuid::nil(),
        status: *status,
        provider: measure.line("provider", provider),
        balance_minor: measure.maybe_amount("balance", balance.as_deref(), currency),
        currency: code(currency),
        opened_at: measure.instant("openedAt", *opened_at),
    });
    Draft { network, ..draft(index, model, people) }
}

fn network_of(
    fact: &NetworkFact,
    wallet_id: Uuid,
    as_of: DateTime<Utc>,
    measure: &mut Measure,
) -> wallet_network::Model {
    let NetworkFact { network, address, status, confirmations_required, last_block, last_seen_at } = fact;
    wallet_network::Model {
        wallet_id,
        network: measure.line("network.network", network),
        address: measure.maybe_line("network.address", address.as_deref()),
        status: *status,
        confirmations_required: measure.count("network.confirmationsRequired", *confirmations_required),
        last_block: measure.count("network.lastBlock", *last_block).map(i64::from),
        last_seen_at: measure.maybe_instant("network.lastSeenAt", *last_seen_at),
        note: None,
        as_of,
    }
}

fn transaction(fact: &TransactionFact, frame: Frame<'_>, measure: &mut Measure) -> Draft<transaction::Model> {
    let TransactionFact {
        user,
        wallet,
        kind,
        state,
        amount,
        currency,
        counter_amount,
        counter_currency,
        at,
        description,
    } = fact;
    let people = vec![measure.user("user", user)];
    let index = frame.index;
    let currency = measure.currency("currency", currency);
    let is_exchange = matches!(kind, TransactionKind::Exchange | TransactionKind::TradeOrder);
    if !is_exchange && (counter_amount.is_some() || counter_currency.is_some()) {
        let message = "Only an exchange or a trade order gives something in return: leave counterAmount out.";
        measure.problems.add(ProblemCode::Invalid, "counterAmount", message);
    }
    let (counter_amount_minor, counter_currency) = measure.price(
        "counterAmount",
        counter_amount.as_deref(),
        "counterCurrency",
        counter_currency.as_deref(),
    );
    let model = model!(transaction, frame, {
        user_id: Uuid::nil(),
        wallet_id: None,
        kind: *kind,
        state: *state,
        amount_minor: measure.positive("amount", amount, currency).unwrap_or_default(),
        currency: code(currency),
        counter_amount_minor: counter_amount_minor,
        counter_currency: counter_currency,
        at: measure.instant("at", *at),
        description: measure.maybe_line("description", description.as_deref()),
    });
    Draft { tie: measure.maybe_line("wallet", wallet.as_deref()), ..draft(index, model, people) }
}

fn psp_account(fact: &PspAccountFact, frame: Frame<'_>, measure: &mut Measure) -> Draft<psp_account::Model> {
    let PspAccountFact { user, provider, provider_user_id, can_be_paid, can_be_paid_out, details } = fact;
    let people = vec![measure.user("user", user)];
    let index = frame.index;
    let model = model!(psp_account, frame, {
        user_id: Uuid::nil(),
        provider: measure.line("provider", provider),
        provider_user_id: measure.line("providerUserId", provider_user_id),
        can_be_paid: *can_be_paid,
        can_be_paid_out: *can_be_paid_out,
        details: measure.details("details", details.as_ref()),
    });
    draft(index, model, people)
}

fn bank_account(
    fact: &BankAccountFact,
    frame: Frame<'_>,
    measure: &mut Measure,
) -> Draft<bank_account::Model> {
    let BankAccountFact { user, holder, iban, bic, currency } = fact;
    let people = vec![measure.user("user", user)];
    let index = frame.index;
    let (iban, masked_iban) = measure.iban("iban", iban);
    let model = model!(bank_account, frame, {
        user_id: Uuid::nil(),
        holder: measure.line("holder", holder),
        iban: iban,
        masked_iban: masked_iban,
        bic: measure.bic("bic", bic.as_deref()),
        currency: code(measure.currency("currency", currency)),
    });
    draft(index, model, people)
}

fn listing(fact: &ListingFact, frame: Frame<'_>, measure: &mut Measure) -> Draft<listing::Model> {
    let ListingFact { user, title, state, url, published_at } = fact;
    let people = vec![measure.user("user", user)];
    let index = frame.index;
    let model = model!(listing, frame, {
        user_id: Uuid::nil(),
        title: measure.line("title", title),
        state: *state,
        url: measure.link("url", url.as_deref()),
        published_at: measure.instant("publishedAt", *published_at),
    });
    draft(index, model, people)
}

fn booking(fact: &BookingFact, frame: Frame<'_>, measure: &mut Measure) -> Draft<booking::Model> {
    let BookingFact { asker, offerer, listing, state, amount, currency, starts_at, ends_at, at } = fact;
    if asker.is_none() && offerer.is_none() {
        let message = "Name the asker or the offerer: one of them is a user here.";
        measure.problems.add(ProblemCode::Required, "asker", message);
    }
    let people = vec![
        asker.as_ref().and_then(|name| measure.user("asker", name)),
        offerer.as_ref().and_then(|name| measure.user("offerer", name)),
    ];
    let index = frame.index;
    let (amount_minor, currency) =
        measure.price("amount", amount.as_deref(), "currency", currency.as_deref());
    let starts_at = measure.maybe_instant("startsAt", *starts_at);
    let ends_at = measure.maybe_instant("endsAt", *ends_at);
    if starts_at.zip(ends_at).is_some_and(|(starts, ends)| ends < starts) {
        measure.problems.add(ProblemCode::Invalid, "endsAt", "A booking does not end before it begins.");
    }
    let model = model!(booking, frame, {
        asker_id: None,
        offerer_id: None,
        listing_id: None,
        state: *state,
        amount_minor: amount_minor,
        currency: currency,
        starts_at: starts_at,
        ends_at: ends_at,
        at: measure.instant("at", *at),
    });
    Draft { tie: measure.maybe_line("listing", listing.as_deref()), ..draft(index, model, people) }
}

fn review(fact: &ReviewFact, frame: Frame<'_>, measure: &mut Measure) -> Draft<review::Model> {
    let ReviewFact { author, subject, rating, text, at } = fact;
    let people = vec![measure.user("author", author), measure.user("subject", subject)];
    let index = frame.index;
    let model = model!(review, frame, {
        author_id: Uuid::nil(),
        subject_id: Uuid::nil(),
        rating: measure.rating("rating", *rating),
        text: measure.maybe_text("text", text.as_deref()),
        at: measure.instant("at", *at),
    });
    draft(index, model, people)
}

fn code(currency: Option<Currency>) -> String {
    currency.map_or_else(String::new, |currency| currency.code().to_owned())
}
