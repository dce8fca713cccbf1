//! Builds what a browser shows (web/) into web/dist, from where the program embeds it, and the table of calling codes.
//!
//! npm runs only when the bundle is missing or older than its sources. Without Node.js the program builds all
//! the same: cargo prints a warning, and GraphiQL's address answers with what to do. `BACKDESK_SKIP_WEB=1`
//! leaves web/ alone.

use std::fs::{self, File, FileTimes};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use phonenumber::metadata::DATABASE;

/// What the bundle is made from; folders count with all that is below them.
const SOURCES: [&str; 8] = [
    "web/.npmrc",
    "web/index.html",
    "web/package-lock.json",
    "web/package.json",
    "web/src",
    "web/staff.html",
    "web/tsconfig.json",
    "web/vite.config.ts",
];
const DIST: &str = "web/dist";
const BUNDLE: &str = "web/dist/index.html";
const SKIP: &str = "BACKDESK_SKIP_WEB";

fn main() -> io::Result<()> {
    write_calling_codes()?;
    // The derive that embeds the folder wants it to exist, even empty.
    fs::create_dir_all(DIST)?;
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed={SKIP}");
    if std::env::var(SKIP).is_ok_and(|value| value == "1") {
        return Ok(());
    }
    for path in SOURCES.into_iter().chain([BUNDLE]) {
        println!("cargo::rerun-if-changed={path}");
    }

    // Another cargo (an editor's, say) may be here at the same time with a target folder of its own.
    let lock = File::open("web/package.json")?;
    lock.lock()?;
    let newest = newest(SOURCES.map(PathBuf::from))?;
    if modified(Path::new(BUNDLE)).is_ok_and(|built| built >= newest) {
        return Ok(());
    }
    match npm(&["ci", "--include=dev"]).and_then(|()| npm(&["run", "build"])) {
        // Dated like its sources: a file dated after the start of this script would make cargo run it again.
        Ok(()) => File::options().write(true).open(BUNDLE)?.set_times(FileTimes::new().set_modified(newest)),
        Err(reason) => {
            println!("cargo::warning=GraphiQL was not built: {reason}");
            println!(
                "cargo::warning=Install Node.js 20.19 or newer and build again, or set {SKIP}=1 to do without."
            );
            // A path that never exists: cargo runs this script again next time.
            println!("cargo::rerun-if-changed={DIST}/not-built");
            Ok(())
        }
    }
}

/// Writes the calling codes of telephone numbers, in order, and whether a zero is dialled in front of their numbers at home.
fn write_calling_codes() -> io::Result<()> {
    let rows = (1..1000_u16).filter_map(|code| {
        let regions = DATABASE.by_code(&code)?;
        let trunk_zero = regions.iter().any(|region| region.national_prefix() == Some("0"));
        Some(format!("({code}, {trunk_zero}),"))
    });
    let folder = std::env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    fs::write(Path::new(&folder).join("calling_codes.rs"), format!("&[{}]", rows.collect::<String>()))
}

/// Runs npm in web/; when it fails, the first lines of its complaint are the reason.
fn npm(arguments: &[&str]) -> Result<(), String> {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let output = Command::new(program)
        .args(arguments)
        .current_dir("web")
        .env("NO_COLOR", "1")
        .output()
        .map_err(|error| format!("npm does not start: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let printed = String::from_utf8_lossy(&output.stderr);
    let reason: Vec<&str> = printed
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("npm warn"))
        .take(5)
        .collect();
    Err(format!("`npm {}` failed: {}", arguments.join(" "), reason.join(" / ")))
}

/// The newest date among the paths and everything below them; a folder's own date tells of files that went.
fn newest(paths: impl IntoIterator<Item = PathBuf>) -> io::Result<SystemTime> {
    let mut newest = SystemTime::UNIX_EPOCH;
    let mut open: Vec<PathBuf> = paths.into_iter().collect();
    while let Some(path) = open.pop() {
        newest = newest.max(modified(&path)?);
        if path.is_dir() {
            for entry in fs::read_dir(&path)? {
                open.push(entry?.path());
            }
        }
    }
    Ok(newest)
}

fn modified(path: &Path) -> io::Result<SystemTime> {
    fs::metadata(path)?.modified()
}
