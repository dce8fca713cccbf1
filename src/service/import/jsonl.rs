//! One JSON object a line, in our own words. A line that is none is refused alone.

use std::io::{BufRead, Read};

use serde_json::Value;

use super::{Emit, ours, record::Row};

/// Bytes of a line at most: a file without line ends must not fill the memory.
const LINE: usize = 1 << 20;

/// Reads line by line. An error says why it went no further.
pub(super) fn read(mut source: impl BufRead, emit: Emit<'_>) -> Result<(), String> {
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let length = limited(&mut source, &mut line)?;
        if length == 0 {
            return Ok(());
        }
        let row = if line.len() > LINE && !line.ends_with(b"\n") {
            while !line.ends_with(b"\n") {
                line.clear();
                if limited(&mut source, &mut line)? == 0 {
                    break;
                }
            }
            Row::unreadable(number, "The line is longer than 1 MiB.")
        } else {
            let text =
                if number == 1 { line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&line) } else { &line };
            if text.trim_ascii().is_empty() {
                continue;
            }
            row(number, text)
        };
        if !emit(row) {
            return Ok(());
        }
    }
    Ok(())
}

fn row(number: u64, text: &[u8]) -> Row {
    match serde_json::from_slice(text) {
        Ok(Value::Object(row)) => ours::read(number, row),
        Ok(_) => Row::unreadable(number, "The line is no JSON object."),
        Err(error) => {
            let message = format!("The line is no JSON from column {} on.", error.column());
            Row::unreadable(number, &message)
        }
    }
}

/// Reads up to the end of the line or a little more than [`LINE`] bytes.
fn limited(source: &mut impl BufRead, line: &mut Vec<u8>) -> Result<usize, String> {
    source
        .take(LINE as u64 + 1)
        .read_until(b'\n', line)
        .map_err(|error| format!("the file cannot be read further: {error}"))
}

#[cfg(test)]
mod tests;
