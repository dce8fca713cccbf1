//! `backdesk advise`: the queries that were slow, and what index would serve them.

use std::io::Write;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::{Failure, services, system};
use crate::{
    config::Config,
    service::advise::{Advice, SlowQuery},
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// How the list is written.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Forget all of it once it is printed, to begin anew after an index was made.
    #[arg(long)]
    forget: bool,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Format {
    /// A table, for people.
    #[default]
    Text,
    /// An array, for programs.
    Json,
}

pub(super) async fn run(config: &Config, Arguments { format, forget }: Arguments) -> Result<(), Failure> {
    let (services, caller) = (services(config).await?, system("advise"));
    let slow = services.slow_queries(&caller).await?;
    let mut out = std::io::stdout();
    match format {
        Format::Json => {
            let all: Vec<Value> = slow.iter().map(object).collect();
            writeln!(out, "{:#}", Value::from(all))?;
        }
        Format::Text if slow.is_empty() => writeln!(out, "No query was slow.")?,
        Format::Text => tell(&mut out, &slow)?,
    }
    if forget {
        services.forget_slow_queries(&caller).await?;
    }
    Ok(())
}

/// A line for each query, and what would help below it.
fn tell(out: &mut impl Write, slow: &[SlowQuery]) -> std::io::Result<()> {
    writeln!(out, "{:>7} {:>7} {:>9}  {:<20}  query", "times", "ended", "worst", "last (UTC)")?;
    for SlowQuery { list, query, times, ended, worst_milliseconds, last_seen_at, advice } in slow {
        let (worst, last) = (format!("{worst_milliseconds} ms"), last_seen_at.format("%Y-%m-%d %H:%M:%S"));
        writeln!(out, "{times:>7} {ended:>7} {worst:>9}  {last:<20}  {list}: {query}")?;
        writeln!(out, "{:>27}{}", "", sentence(advice))?;
    }
    Ok(())
}

fn sentence(advice: &Advice) -> String {
    match advice {
        Advice::Create { statement } => format!("would be served by: {statement};"),
        Advice::Served { index } => format!(
            "is served by {index}, and slow for another reason: many rows match, or few of those that it walks through"
        ),
        Advice::Nothing(why) => format!("no index would serve it: {}", why.sentence()),
    }
}

fn object(slow: &SlowQuery) -> Value {
    let SlowQuery { list, query, times, ended, worst_milliseconds, last_seen_at, advice } = slow;
    let advice = match advice {
        Advice::Create { statement } => json!({ "createIndex": statement }),
        Advice::Served { index } => json!({ "servedBy": index }),
        Advice::Nothing(why) => json!({ "none": why.sentence() }),
    };
    json!({
        "list": list, "query": query, "times": times, "ended": ended, "worstMilliseconds": worst_milliseconds,
        "lastSeenAt": last_seen_at, "advice": advice,
    })
}
