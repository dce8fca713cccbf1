//! `backdesk serve`: the API, until it is told to stop.

use std::{io::Write, net::SocketAddr, sync::Arc, time::Duration};

use async_graphql::resolver_utils::EnumType;
use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    task::JoinHandle,
    time::{MissedTickBehavior, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{Failure, system};
use crate::{
    app,
    clock::Clock,
    config::Config,
    domain::policy::Preset,
    http::{self, Listeners},
    service::Services,
    workers::Workers,
};

/// How often is removed what outlived its time: answers of idempotency keys, files that nobody confirmed.
const SWEEP: Duration = Duration::from_hours(1);
/// How often is kept which queries were slow.
const KEEP_SLOW_QUERIES: Duration = Duration::from_secs(10);
/// How often is read whose access ended on other instances, told of it or not. They promise a second.
const WATCH_ACCESS: Duration = Duration::from_millis(500);
/// How often is taken away what was granted until a time.
const END_GRANTS: Duration = Duration::from_secs(10);
/// How long that is waited for at the end.
const LAST_KEEPING: Duration = Duration::from_secs(1);
/// How often are the signing keys read: within this, keys that were dropped for having leaked verify nothing any more.
const KEEP_KEYS: Duration = Duration::from_secs(2);

/// What a server is started with.
#[derive(Debug, Default, Args)]
pub(super) struct Arguments {
    /// The kind of platform, whose policies hold from the first start on.
    ///
    /// Where somebody decided policies before, at another start or in the API, these stay.
    #[arg(long, value_parser = presets())]
    preset: Option<Preset>,
}

fn presets() -> impl TypedValueParser<Value = Preset> {
    let all = || Preset::items().iter().map(|item| item.value);
    PossibleValuesParser::new(all().map(Preset::name))
        .try_map(move |name| all().find(|preset| preset.name() == name).ok_or("no such preset"))
}

pub(super) async fn run(config: &Config, arguments: &Arguments) -> Result<(), Failure> {
    let listeners = listen(config).await?;
    let workers = Arc::new(Workers::start()?);
    let services = app::start_for(&workers, config, Clock::system()).await?;
    decide(&services, arguments).await?;
    if let Some(link) = services.first_admin(&system("serve")).await? {
        // to whoever started the program, on the stream that is for people
        let said = "Nobody can sign in yet. Whoever opens this link within 24 hours becomes the administrator `admin`:";
        writeln!(std::io::stdout(), "{said}\n{}\n", *link)?;
    }
    if config.mail.server.is_none() {
        tracing::warn!("no mail is sent until BACKDESK_SMTP_URL names a server: letters wait");
    }
    serve(listeners, services, workers, config).await
}

/// Decides the policies that a preset has, where nobody decided any.
pub(super) async fn decide(services: &Services, arguments: &Arguments) -> Result<(), Failure> {
    let Some(preset) = arguments.preset else { return Ok(()) };
    let name = preset.name();
    if services.decide_preset(&system("serve"), preset).await? {
        tracing::info!(preset = name, "the policies of the preset hold from now on");
    } else {
        tracing::info!(preset = name, "the policies were decided before: --preset changes nothing");
    }
    Ok(())
}

/// Listeners on the configured addresses.
pub(super) async fn listen(config: &Config) -> Result<Listeners, Failure> {
    let api = bind(config.listen, "BACKDESK_LISTEN").await?;
    let metrics = match config.http.metrics_listen {
        Some(address) => Some(bind(address, "BACKDESK_METRICS_LISTEN").await?),
        None => None,
    };
    Ok(Listeners { api, metrics })
}

async fn bind(address: SocketAddr, key: &str) -> Result<TcpListener, Failure> {
    let in_use = |error| Failure::Refused(format!("cannot listen on {address}: {error}; set {key}"));
    TcpListener::bind(address).await.map_err(in_use)
}

/// Serves until SIGTERM or Ctrl-C; running requests finish. A second one ends the program where it stands.
pub(super) async fn serve(
    listeners: Listeners,
    services: Services,
    workers: Arc<Workers>,
    config: &Config,
) -> Result<(), Failure> {
    open_many_files();
    let postman = services.postman(app::mail_server(config)?);
    let mut signals = Signals::new()?;
    tracing::info!(address = %listeners.api.local_addr()?, "serving");
    if let Some(metrics) = &listeners.metrics {
        tracing::info!(address = %metrics.local_addr()?, "serving metrics");
    }
    let stopping = CancellationToken::new();
    let told = stopping.clone();
    let stop = async move {
        signals.next().await;
        tracing::info!("stopping; once more ends it at once");
        told.cancel();
        tokio::spawn(async move {
            signals.next().await;
            std::process::exit(1);
        });
    };
    let upkeep = [
        tokio::spawn(sweep(services.clone())),
        tokio::spawn(keep_slow_queries(services.clone())),
        tokio::spawn(watch_access(services.clone())),
        tokio::spawn(listen_for_ended_access(services.clone())),
        tokio::spawn(end_grants(services.clone())),
        tokio::spawn(keep_keys(services.clone(), config.key_age)),
    ];
    let posting = tokio::spawn(postman.run(stopping.clone()));
    let served = async {
        let served = http::serve(listeners, services.clone(), &config.http, Arc::clone(&workers), stop).await;
        stopping.cancel();
        served
    };
    let posted = async {
        stopping.cancelled().await;
        timeout(config.http.timeouts.stop, posting).await
    };
    let (served, posted) = tokio::join!(served, posted);
    if posted.is_err() {
        tracing::warn!(
            "stopped while a letter was being sent: it is sent again when another program takes it"
        );
    }
    upkeep.iter().for_each(JoinHandle::abort);
    // workers have the connections; a database that is away holds nobody up
    let _ = timeout(LAST_KEEPING, services.keep_slow_queries()).await;
    // connections go back where they are worked on
    drop(services);
    drop(workers);
    Ok(served?)
}

/// Every connection is an open file, and systems begin with a limit for programs that cannot count beyond 1024: it is
/// raised as far as it may be. Where that is refused it stays as it is.
fn open_many_files() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
}

/// What asks the program to end.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

async fn keep_slow_queries(services: Services) {
    let mut ticks = tokio::time::interval(KEEP_SLOW_QUERIES);
    loop {
        ticks.tick().await;
        services.keep_slow_queries().await;
    }
}

async fn watch_access(services: Services) {
    let mut ticks = tokio::time::interval(WATCH_ACCESS);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = services.access_changed() => {}
        }
        services.watch_access().await;
    }
}

async fn listen_for_ended_access(services: Services) {
    services.listen_for_ended_access().await;
}

async fn end_grants(services: Services) {
    let (caller, mut ticks) = (system("serve"), tokio::time::interval(END_GRANTS));
    loop {
        ticks.tick().await;
        if services.end_grants(&caller).await.is_err() {
            tracing::warn!(
                "what was granted until a time could not be taken away; it gives nothing all the same"
            );
        }
    }
}

async fn keep_keys(services: Services, age: Duration) {
    let mut ticks = tokio::time::interval(KEEP_KEYS);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut failed = false;
    loop {
        ticks.tick().await;
        let fails = services.keep_keys(age).await.is_err();
        if fails && !failed {
            tracing::warn!("the signing keys cannot be read: those that are known hold on");
        }
        failed = fails;
    }
}

async fn sweep(services: Services) {
    let mut ticks = tokio::time::interval(SWEEP);
    loop {
        ticks.tick().await;
        services.sweep().await;
    }
}
