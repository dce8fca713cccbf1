//! `backdesk admin create`: an administrator where nobody could invite one.

use std::io::Write;

use clap::{Args, Subcommand};

use super::{Failure, services, system};
use crate::{
    config::Config,
    domain::{staff::StaffChange, user::Patch},
    service::error::Outcome,
};

/// What is done about administrators.
#[derive(Debug, Subcommand)]
pub(super) enum Admin {
    /// Create an administrator of everything, and print the link by which they come in.
    ///
    /// The link is good for 24 hours, and once. Whoever opens it chooses a password and sets up a second factor. For the first
    /// administrator of a platform, or when nobody is left who could invite one; everybody else is invited in the API.
    Create(Create),
}

/// Who the administrator is.
#[derive(Debug, Args)]
pub(super) struct Create {
    /// What they sign in with: 3 to 64 letters, digits and `. _ - @ +`.
    #[arg(long)]
    user_name: String,
    /// Where links and notices are sent.
    #[arg(long)]
    email: String,
    /// The given name.
    #[arg(long)]
    first_name: Option<String>,
    /// The family name.
    #[arg(long)]
    last_name: Option<String>,
}

pub(super) async fn run(config: &Config, Admin::Create(create): Admin) -> Result<(), Failure> {
    let Create { user_name, email, first_name, last_name } = create;
    let change = StaffChange {
        user_name: Some(user_name),
        email: Some(email),
        first_name: Patch::of(first_name),
        last_name: Patch::of(last_name),
        language: None,
    };
    match services(config).await?.create_admin(&system("admin"), &change).await? {
        Outcome::Done(link) => {
            let said = "Whoever opens this link within 24 hours is an administrator:";
            Ok(writeln!(std::io::stdout(), "{said}\n{}", *link)?)
        }
        Outcome::Problems(problems) => {
            let said: Vec<String> = problems
                .iter()
                .map(|problem| format!("{}: {}", problem.field.join("."), problem.message))
                .collect();
            Err(Failure::Refused(said.join("\n")))
        }
    }
}
