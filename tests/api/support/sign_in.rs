//! Members of staff as they really come in: by the link of a letter, a password and the codes of an app.

use std::{net::SocketAddr, time::Duration};

use aws_lc_rs::hmac;
use backdesk::clock::Clock;
use chrono::{DateTime, Utc};
use data_encoding::BASE32_NOPAD;
use serde_json::{Value, json};

use super::{
    Answer, Desk, Person,
    outbox::{never, smtp},
    server::{request_with, whole_conversation},
    smtp::{MailServer, Received},
};

/// A password that nobody guesses.
pub(crate) const PASSWORD: &str = "otter violin basalt";

const SESSION: &str = "session { accessToken expiresAt refreshToken sessionId sessionExpiresAt }";
const CHALLENGE: &str = "challenge { token expiresAt setUp { secret uri qrSvg } }";
const ERRORS: &str = "errors { code field message }";

/// A member of staff with all that they sign in with.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) secret: String,
    pub(crate) recovery_codes: Vec<String>,
}

/// Somebody who is in.
#[derive(Clone)]
pub(crate) struct Inside {
    pub(crate) person: Person,
    pub(crate) refresh: String,
    pub(crate) session: String,
}

impl Person {
    /// Says who they are.
    pub(crate) async fn sign_in(&self, name: &str, password: &str) -> Answer {
        let document = format!(
            "mutation ($input: SignInInput!) {{ signIn(input: $input) {{ {CHALLENGE} {SESSION} {ERRORS} }} }}"
        );
        self.ask_with(&document, json!({ "input": { "userName": name, "password": password } })).await
    }

    /// Gives a second factor: `code` or `recoveryCode`.
    pub(crate) async fn verify(&self, challenge: &str, kind: &str, code: &str) -> Answer {
        let document = format!(
            "mutation ($input: SecondFactorInput!) {{
                verifySecondFactor(input: $input) {{ {SESSION} recoveryCodes {ERRORS} }}
            }}"
        );
        self.ask_with(&document, json!({ "input": { "challenge": challenge, kind: code } })).await
    }

    /// Asks for the next access token.
    pub(crate) async fn refresh(&self, token: &str) -> Answer {
        let document = format!(
            "mutation ($token: String) {{ refreshSession(refreshToken: $token) {{ {SESSION} {ERRORS} }} }}"
        );
        self.ask_with(&document, json!({ "token": token })).await
    }

    /// Accepts an invitation, or sets a new password: by a link of a letter.
    pub(crate) async fn use_link(&self, mutation: &str, secret: &str, password: &str) -> Answer {
        let (kind, answer) = match mutation {
            "acceptInvitation" => ("AcceptInvitationInput", format!("{CHALLENGE} {SESSION} {ERRORS}")),
            _ => ("ResetPasswordInput", format!("done {ERRORS}")),
        };
        let document = format!("mutation ($input: {kind}!) {{ {mutation}(input: $input) {{ {answer} }} }}");
        self.ask_with(&document, json!({ "input": { "token": secret, "password": password } })).await
    }

    /// Wishes for a link to set a new password.
    pub(crate) async fn forgot(&self, name: &str) -> Answer {
        let document = "mutation ($name: String!) { requestPasswordReset(userName: $name) { accepted } }";
        self.ask_with(document, json!({ "name": name })).await
    }
}

impl Desk {
    /// The letters that are waiting, as a mail server gets them.
    pub(crate) async fn letters(&self) -> Vec<Received> {
        while !self.services.tasks().is_empty() {
            tokio::task::yield_now().await;
        }
        let server = MailServer::start().await;
        self.services.postman(Some(smtp(&server))).send_due(&never()).await;
        server.letters()
    }

    /// The secret of the only link in the letters that are waiting.
    pub(crate) async fn link(&self) -> String {
        only_link(&self.letters().await)
    }

    /// Somebody who accepted their invitation and set up a second factor.
    pub(crate) async fn add_member(&self, name: &str, roles: &[&str], accounts: &[&str]) -> Member {
        let id = self.add_staff(name, roles, accounts).await;
        let stranger = self.stranger();
        let mut letters = self.letters().await;
        letters.retain(|letter| letter.to == [format!("{name}@staff.example")]);
        let accepted = stranger.use_link("acceptInvitation", &only_link(&letters), PASSWORD).await;
        let challenge = accepted.text("acceptInvitation.challenge.token");
        let secret = accepted.text("acceptInvitation.challenge.setUp.secret");
        let first = stranger.verify(&challenge, "code", &self.code(&secret)).await;
        let codes = first.data("verifySecondFactor.recoveryCodes");
        let recovery_codes: Vec<String> = serde_json::from_value(codes).expect("recovery codes");
        assert_eq!(recovery_codes.len(), 10, "{}", first.body);
        // they are told of their second factor
        self.letters().await;
        Member { id, name: name.to_owned(), secret, recovery_codes }
    }

    /// What the app of somebody shows now.
    pub(crate) fn code(&self, secret: &str) -> String {
        code_at(secret, self.clock.now())
    }

    /// Signs somebody in, half a minute later: each code is good once.
    pub(crate) async fn sign_in(&self, member: &Member) -> Inside {
        self.sign_in_at(&self.stranger(), member).await
    }

    /// The same at some instance.
    pub(crate) async fn sign_in_at(&self, stranger: &Person, member: &Member) -> Inside {
        self.hand.advance(Duration::from_secs(30));
        let named = stranger.sign_in(&member.name, PASSWORD).await;
        let challenge = named.text("signIn.challenge.token");
        let answer = stranger.verify(&challenge, "code", &self.code(&member.secret)).await;
        inside(stranger, &answer.data("verifySecondFactor.session"))
    }

    /// The same session eleven minutes later: its access token is of the ninth.
    pub(crate) async fn gone_on(&self, session: &Inside) -> Inside {
        self.hand.advance(Duration::from_mins(9));
        let next = self.stranger().refresh(&session.refresh).await;
        self.hand.advance(Duration::from_mins(2));
        inside(&self.stranger(), &next.data("refreshSession.session"))
    }
}

/// What an app shows at an instant (RFC 6238).
fn code_at(secret: &str, instant: DateTime<Utc>) -> String {
    let key = BASE32_NOPAD.decode(secret.as_bytes()).expect("base32");
    let step = instant.timestamp() / 30;
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &key);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let at = usize::from(tag.as_ref()[19] & 15);
    let number: [u8; 4] = tag.as_ref()[at..at + 4].try_into().expect("four bytes");
    format!("{:06}", (u32::from_be_bytes(number) & 0x7fff_ffff) % 1_000_000)
}

/// Comes in at a program by a link that it printed, signs in once more by a recovery code, goes on with the session, and fails
/// with a wrong password: an access token, and all that was said on the way that nobody else may learn.
pub(crate) async fn come_in(address: SocketAddr, name: &str, link: &str) -> (String, Vec<String>) {
    let secret = secret_in(link).expect("a link");
    let mut secrets = vec![secret.clone(), PASSWORD.to_owned(), "a wrong otter".to_owned()];
    let mut ask = async |document: &str, variables: Value| {
        let body = json!({ "query": document, "variables": variables });
        let request = request_with("", &body).replacen("Authorization: Bearer \r\n", "", 1);
        let answer = whole_conversation(address, &request).await;
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        let answer: Value = serde_json::from_str(body).expect("JSON");
        let step = answer["data"]["step"].clone();
        for secret in [
            "/challenge/token",
            "/challenge/setUp/secret",
            "/session/accessToken",
            "/session/refreshToken",
            "/recoveryCodes/0",
            "/recoveryCodes/9",
        ] {
            secrets.extend(step.pointer(secret).and_then(Value::as_str).map(str::to_owned));
        }
        assert_ne!(step, Value::Null, "{answer}");
        step
    };
    let accept = format!(
        "mutation ($i: AcceptInvitationInput!) {{ step: acceptInvitation(input: $i) {{ {CHALLENGE} }} }}"
    );
    let verify = format!(
        "mutation ($i: SecondFactorInput!) {{ step: verifySecondFactor(input: $i) {{ {SESSION} recoveryCodes }} }}"
    );
    let sign_in =
        format!("mutation ($i: SignInInput!) {{ step: signIn(input: $i) {{ {CHALLENGE} {ERRORS} }} }}");
    let refresh =
        format!("mutation ($t: String) {{ step: refreshSession(refreshToken: $t) {{ {SESSION} }} }}");

    let accepted = ask(&accept, json!({ "i": { "token": secret, "password": PASSWORD } })).await;
    let code =
        code_at(accepted["challenge"]["setUp"]["secret"].as_str().expect("a secret"), Clock::system().now());
    let first =
        ask(&verify, json!({ "i": { "challenge": accepted["challenge"]["token"], "code": code } })).await;
    let named = ask(&sign_in, json!({ "i": { "userName": name, "password": PASSWORD } })).await;
    let (challenge, code) = (&named["challenge"]["token"], &first["recoveryCodes"][0]);
    let second = ask(&verify, json!({ "i": { "challenge": challenge, "recoveryCode": code } })).await;
    let last = ask(&refresh, json!({ "t": second["session"]["refreshToken"] })).await;
    let wrong = ask(&sign_in, json!({ "i": { "userName": name, "password": "a wrong otter" } })).await;
    assert_eq!(wrong["errors"][0]["code"], "SIGN_IN_FAILED");
    let token = last["session"]["accessToken"].as_str().expect("a token").to_owned();
    for (password, code) in [(PASSWORD, 1), ("a wrong otter", 2)] {
        let code = &first["recoveryCodes"][code];
        let input = json!({ "password": password, "recoveryCode": code });
        let document = format!(
            "mutation ($i: SessionConfirmInput!) {{ step: sessionConfirm(input: $i) {{ {SESSION} {ERRORS} }} }}"
        );
        let request = request_with(&token, &json!({ "query": document, "variables": { "i": input } }));
        let answer = whole_conversation(address, &request).await;
        secrets.push(code.as_str().expect("a code").to_owned());
        assert!(answer.contains("SIGN_IN_FAILED") == (password != PASSWORD), "{answer}");
    }
    (token, secrets)
}

/// Somebody who is in, by what they were answered.
pub(crate) fn inside(at: &Person, session: &Value) -> Inside {
    let text = |name: &str| session[name].as_str().unwrap_or_default().to_owned();
    let person = Person { token: Some(text("accessToken")), ..at.clone() };
    assert!(person.token.as_ref().is_some_and(|token| !token.is_empty()), "nobody is in: {session}");
    Inside { person, refresh: text("refreshToken"), session: text("sessionId") }
}

fn only_link(letters: &[Received]) -> String {
    let links: Vec<String> = letters.iter().filter_map(|letter| secret_in(&letter.text)).collect();
    let [link] = &links[..] else { panic!("{} links", links.len()) };
    link.clone()
}

/// What stands behind the `#` of the link in a letter.
pub(crate) fn secret_in(text: &str) -> Option<String> {
    // as letters travel, long lines are broken
    let whole = text.replace('\r', "").replace("=\n", "");
    let (_, rest) = whole.split_once('#')?;
    Some(rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect())
}
