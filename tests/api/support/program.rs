//! The program itself, as somebody starts it.

use std::{
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use sea_orm::{ConnectionTrait, DatabaseConnection};
use tempfile::TempDir;

use super::{Fresh, is_postgres};

/// Base64 of 32 bytes, which must not show anywhere.
pub(crate) const MASTER_KEY: &str = "bm8gbG9nIG1heSBldmVyIHNob3cgdGhpcyBrZXkhISE=";

/// A place to run the program in: a database, a folder and configuration.
pub(crate) struct Site {
    pub(crate) database: Fresh,
    folder: TempDir,
    env: Vec<(String, String)>,
}

/// The program while it serves.
pub(crate) struct Program {
    child: Child,
    log: Arc<Mutex<String>>,
    reading: Option<JoinHandle<()>>,
}

impl Site {
    pub(crate) async fn new(env: &[(&str, &str)]) -> Self {
        let database = Fresh::migrated().await;
        let folder = TempDir::new().expect("a folder");
        let mut all = vec![
            ("BACKDESK_DATABASE_URL", database.url.as_str()),
            ("BACKDESK_LISTEN", "127.0.0.1:0"),
            ("BACKDESK_METRICS_LISTEN", "127.0.0.1:0"),
            ("BACKDESK_MASTER_KEY", MASTER_KEY),
            ("BACKDESK_TIMEOUT_DRAIN", "0s"),
        ];
        all.extend_from_slice(env);
        let env = all.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        Self { database, folder, env }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        self.through(Command::new(env!("CARGO_BIN_EXE_backdesk")), arguments)
    }

    fn through(&self, mut command: Command, arguments: &[&str]) -> Command {
        command.env_clear().envs(self.env.iter().cloned()).current_dir(self.folder.path());
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end: what it printed, and what it logged.
    pub(crate) fn run(&self, arguments: &[&str]) -> (String, String) {
        let output = self.command(arguments).output().expect("the program runs");
        (
            String::from_utf8_lossy(&output.stdout).into_owned(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    }

    /// A file in the folder that the program runs in.
    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).expect("a file");
    }

    /// What is in a file of that folder.
    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).expect("a file")
    }

    /// Who may do what with it.
    #[cfg(unix)]
    pub(crate) fn mode(&self, name: &str) -> u32 {
        use std::os::unix::fs::PermissionsExt;
        let about = std::fs::metadata(self.folder.path().join(name)).expect("a file");
        about.permissions().mode() & 0o7777
    }

    /// The names of the files in that folder.
    pub(crate) fn files(&self) -> Vec<String> {
        let all = std::fs::read_dir(self.folder.path()).expect("the folder");
        all.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned()).collect()
    }

    /// An access token with this role.
    pub(crate) fn token(&self, role: &str) -> String {
        self.run(&["token", "--role", role]).0.trim().to_owned()
    }

    /// Makes whoever wants to write wait, until the connection is told to commit.
    pub(crate) async fn hold_writers(&self) -> DatabaseConnection {
        let db = self.database.connect().await;
        let hold =
            if is_postgres() { "BEGIN; LOCK TABLE users IN EXCLUSIVE MODE" } else { "BEGIN IMMEDIATE" };
        db.execute_unprepared(hold).await.expect("the lock");
        db
    }

    /// Starts serving.
    pub(crate) fn serve(&self) -> Program {
        Self::start(self.command(&[]))
    }

    /// Starts serving by these arguments.
    pub(crate) fn serve_as(&self, arguments: &[&str]) -> Program {
        Self::start(self.command(arguments))
    }

    /// Starts serving where `ulimit` was called like this.
    pub(crate) fn serve_within(&self, ulimit: &str) -> Program {
        let script = format!("ulimit {ulimit} && exec \"$0\"");
        let program = env!("CARGO_BIN_EXE_backdesk");
        Self::start(self.through(Command::new("/bin/sh"), &["-c", &script, program]))
    }

    fn start(mut command: Command) -> Program {
        let mut child = command.spawn().expect("the program starts");
        let log = Arc::new(Mutex::new(String::new()));
        let lines = BufReader::new(child.stderr.take().expect("its log"));
        let paper = Arc::clone(&log);
        let reading = std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                paper.lock().expect("no panic").push_str(&(line + "\n"));
            }
        });
        Program { child, log, reading: Some(reading) }
    }
}

impl Program {
    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().expect("no panic").clone()
    }

    /// The address of clients.
    pub(crate) fn address(&mut self) -> SocketAddr {
        self.told("serving")
    }

    /// The address behind a message of the log, once it is there.
    fn told(&mut self, message: &str) -> SocketAddr {
        let began = Instant::now();
        loop {
            let log = self.log();
            let line = log.lines().find(|line| {
                line.contains(&format!("{message} address="))
                    || line.contains(&format!("\"message\":\"{message}\""))
            });
            let address = line.and_then(|line| {
                let at = line.find("127.0.0.1:")?;
                line[at..].split(|c: char| !c.is_ascii_digit() && c != '.' && c != ':').next()?.parse().ok()
            });
            if let Some(address) = address {
                return address;
            }
            assert!(
                began.elapsed() < Duration::from_secs(30) && self.is_running(),
                "it does not serve:\n{log}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until it has logged this.
    pub(crate) async fn says(&self, words: &str) {
        let said = async {
            while !self.log().contains(words) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), said).await.expect(words);
    }

    /// Its number among the processes.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// How many files it may have open: the limit, and how far it could raise it.
    #[cfg(target_os = "linux")]
    pub(crate) fn files(&self) -> (String, String) {
        let limits = std::fs::read_to_string(format!("/proc/{}/limits", self.id())).expect("limits");
        let files =
            limits.lines().find_map(|line| line.strip_prefix("Max open files")).expect("one of files");
        let mut words = files.split_whitespace().map(str::to_owned);
        (words.next().expect("the soft one"), words.next().expect("the hard one"))
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("a status").is_none()
    }

    /// Asks it to stop, as an orchestrator does.
    pub(crate) fn terminate(&self) {
        let pid = self.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("a signal").success());
    }

    /// Waits for its end: how it went, and all that it logged.
    pub(crate) fn wait(&mut self) -> (ExitStatus, String) {
        let status = self.child.wait().expect("its end");
        if let Some(reading) = self.reading.take() {
            reading.join().expect("its log");
        }
        let mut printed = String::new();
        let _ = self.child.stdout.take().expect("what it printed").read_to_string(&mut printed);
        (status, printed + &self.log())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // it may have ended already
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
