//! A running product with a database of its own.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::Router;
use backdesk::{
    auth::{
        policy::Role,
        sealing::MasterKey,
        token::{AccountsClaim, TokenRequest, Tokens},
    },
    clock::{Clock, Hand},
    config::{Http, Pool, Rates},
    files::Files,
    http,
    service::Services,
    store::{Database, Store},
    workers::Workers,
};
use sea_orm::DatabaseConnection;
use serde_json::{Value, json};

use super::{Answer, Person, database::Fresh};

/// Connections of each product: more than one, so that what must not depend on it is seen not to.
pub(crate) const POOL: u32 = 5;

/// How many of them reads have on PostgreSQL; the others are for writers.
pub(crate) const READS: usize = 3;

/// A running product with a database of its own, whose clock moves only when told.
pub(crate) struct Desk {
    pub(crate) services: Services,
    pub(crate) router: Router,
    pub(crate) clock: Clock,
    pub(crate) hand: Hand,
    pub(crate) database: Fresh,
    master: MasterKey,
    statements: Arc<Mutex<Vec<String>>>,
}

/// Tests ask more than a person does, at a time that stands still.
fn generous() -> Rates {
    Rates {
        points_burst: 10_000_000,
        strangers_burst: 100_000,
        visitors_burst: 100_000,
        sign_ins: 100_000,
        recoveries: 10_000,
        ..Rates::default()
    }
}

impl Desk {
    /// A desk with the accounts FR and DE, and no users. Fifty who write at once all have their turn, also on a machine that
    /// has more to do.
    pub(crate) async fn open() -> Self {
        let patient = Pool { acquire: Duration::from_secs(20), ..Pool::of(POOL) };
        Self::open_with(Fresh::migrated().await, patient).await
    }

    /// The same on a database of one's choice.
    pub(crate) async fn open_on(database: Fresh) -> Self {
        Self::open_with(database, Pool::of(POOL)).await
    }

    /// The same with other connections than usual.
    pub(crate) async fn open_with(database: Fresh, pool: Pool) -> Self {
        let desk = Self::with(database, pool).await;
        desk.add_account("FR", "France").await;
        desk.add_account("DE", "Germany").await;
        desk
    }

    /// A desk on a database that is migrated already.
    pub(crate) async fn on(database: Fresh) -> Self {
        Self::with(database, Pool::of(POOL)).await
    }

    /// The same for a server with these workers.
    pub(crate) async fn open_for(workers: &Workers, database: Fresh, pool: Pool) -> Self {
        let opened = Database::open_for(workers, &database.url, pool).await.expect("the database opens");
        let desk = Self::of(database, opened).await;
        desk.add_account("FR", "France").await;
        desk
    }

    async fn with(database: Fresh, pool: Pool) -> Self {
        let opened = Database::open(&database.url, pool).await.expect("the database opens");
        Self::of(database, opened).await
    }

    async fn of(database: Fresh, pool: Database) -> Self {
        let start = "2026-03-01T12:00:00Z".parse().expect("an instant");
        let (clock, hand) = Clock::manual(start);
        Self::made_of(database, pool, MasterKey::generate(), clock, hand).await
    }

    /// Another instance of the same product, which has nothing in common with this one but the database, the master key and
    /// the time.
    pub(crate) async fn another(&self) -> Self {
        let (clock, hand, master) = (self.clock.clone(), self.hand.clone(), self.master.clone());
        let database = self.database.again();
        let pool = Database::open(&database.url, Pool::of(POOL)).await.expect("the database opens");
        Self::made_of(database, pool, master, clock, hand).await
    }

    async fn made_of(
        database: Fresh,
        mut pool: Database,
        master: MasterKey,
        clock: Clock,
        hand: Hand,
    ) -> Self {
        let statements = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&statements);
        pool.on_statement(move |sql| heard.lock().expect("no panic").push(sql.to_owned()));
        let store = Store::new(pool, master.clone(), clock.clone());
        let ring = store.key_ring().await.expect("signing keys");
        let tokens = Tokens::new(ring, "backdesk".into(), "backdesk".into(), clock.clone());
        let services = Services::new(store, tokens);
        let router = http::router(services.clone(), &Http { rates: generous(), ..Http::default() });
        Self { services, router, clock, hand, database, master, statements }
    }

    /// The same desk behind an edge that is set up otherwise.
    pub(crate) fn behind(self, setup: &Http) -> Self {
        let services = self.services.within(setup.limits);
        Self { router: http::router(services.clone(), setup), services, ..self }
    }

    /// The same desk with its files elsewhere.
    pub(crate) fn keeping(self, files: Files) -> Self {
        let services = self.services.keeping(files);
        let setup = Http { rates: generous(), ..Http::default() };
        Self { router: http::router(services.clone(), &setup), services, ..self }
    }

    /// From now on whoever sends a statement panics, with a text that nobody may see.
    pub(crate) fn panic_at_statements(&self) {
        let statements = Arc::clone(&self.statements);
        let panicked = std::thread::spawn(move || {
            let _held = statements.lock();
            panic!("on purpose: nobody else can lock this any more");
        });
        panicked.join().expect_err("a panic");
    }

    /// The end of that.
    pub(crate) fn calm_down(&self) {
        self.statements.clear_poison();
    }

    /// Somebody with these roles, for all accounts.
    pub(crate) fn person(&self, roles: &[&str]) -> Person {
        self.person_of(roles, AccountsClaim::All)
    }

    /// Somebody with these roles, for these accounts alone.
    pub(crate) fn person_in(&self, roles: &[&str], accounts: &[&str]) -> Person {
        self.person_of(roles, AccountsClaim::Codes(accounts.iter().map(|code| (*code).to_owned()).collect()))
    }

    fn person_of(&self, roles: &[&str], accounts: AccountsClaim) -> Person {
        let request = TokenRequest {
            subject: format!("{}@desk.example", roles.join("+")),
            name: Some(format!("A person who is {}", roles.join(" and "))),
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            accounts,
            ttl: Duration::from_hours(1),
            session: None,
        };
        let (token, _) = self.services.tokens().issue(request).expect("a token");
        Person { router: self.router.clone(), token: Some(token), address: None }
    }

    /// The same person at another instance, which knows nothing but what is in the database.
    pub(crate) fn elsewhere(&self, person: &Person) -> Person {
        let services = self.services.within(*self.services.limits());
        Person {
            router: http::router(services, &Http { rates: generous(), ..Http::default() }),
            ..person.clone()
        }
    }

    /// An administrator of all accounts.
    pub(crate) fn admin(&self) -> Person {
        self.person(&[Role::Admin.claim()])
    }

    /// A compliance officer of all accounts.
    pub(crate) fn compliance(&self) -> Person {
        self.person(&[Role::Compliance.claim()])
    }

    /// Somebody who may only look, at all accounts.
    pub(crate) fn read_only(&self) -> Person {
        self.person(&[Role::ReadOnly.claim()])
    }

    /// Somebody without a token.
    pub(crate) fn stranger(&self) -> Person {
        Person { router: self.router.clone(), token: None, address: None }
    }

    /// Adds an account.
    pub(crate) async fn add_account(&self, code: &str, name: &str) {
        use backdesk_entity::account;
        use sea_orm::{EntityTrait, Set};
        let row = account::ActiveModel {
            code: Set(code.to_owned()),
            name: Set(name.to_owned()),
            created_at: Set(self.clock.now()),
        };
        account::Entity::insert(row)
            .exec_without_returning(&self.side_door().await)
            .await
            .expect("an account");
    }

    /// Creates a user with this profile in the account FR, as an administrator; the id.
    pub(crate) async fn add_user(&self, profile: Value) -> String {
        self.add_user_to("FR", profile).await
    }

    /// Creates a user with this profile in an account, as an administrator; the id.
    pub(crate) async fn add_user_to(&self, account: &str, profile: Value) -> String {
        const CREATE: &str = "mutation ($input: UserCreateInput!) {
            userCreate(input: $input) { user { id } errors { code field message } }
        }";
        let input = json!({ "account": account, "personType": "NATURAL_PERSON", "profile": profile });
        let created = self.admin().ask_with(CREATE, json!({ "input": input })).await;
        assert_eq!(created.problems("userCreate"), [""; 0], "{}", created.body);
        created.text("userCreate.user.id")
    }

    /// The audit trail as an administrator reads it, newest first, once everything that is under way has ended.
    pub(crate) async fn trail(&self) -> Answer {
        const TRAIL: &str = "{ auditEvents(first: 100) { totalCount nodes {
            id at action outcome refusal missingPermission account userId userVersion changedFields reason requestId
            actor { issuer subject name roles } changes { field before after }
        } } }";
        while !self.services.tasks().is_empty() {
            tokio::task::yield_now().await;
        }
        self.admin().ask(TRAIL).await
    }

    /// The statements that `work` sent to the database.
    pub(crate) async fn statements_of<T>(&self, work: impl Future<Output = T>) -> (T, Vec<String>) {
        self.statements.lock().expect("no panic").clear();
        let result = work.await;
        (result, std::mem::take(&mut *self.statements.lock().expect("no panic")))
    }

    /// A connection beside the product's, to arrange or to look at what no client can.
    pub(crate) async fn side_door(&self) -> DatabaseConnection {
        self.database.connect().await
    }
}
