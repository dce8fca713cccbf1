//! Comma-separated values under a header of our own words: `company.address.city` and `externalId.CRM` are dotted, lists
//! are separated by semicolons, an empty cell is null. A row that is none is refused alone.

use std::io::BufRead;

use ::csv::{ByteRecord, ErrorKind, ReaderBuilder, StringRecord};
use serde_json::{Map, Value, json};

use super::{Emit, ours, record::Row};

/// What the column of an external id starts with.
pub(super) const EXTERNAL_ID: &str = "externalId.";

/// Reads row by row. An error says why it went no further.
pub(super) fn read(mut source: impl BufRead, emit: Emit<'_>) -> Result<(), String> {
    let ending = Ending::of(source.fill_buf().unwrap_or_default());
    // the last row ends as the others do, so that its line is counted as theirs
    let source = source.chain(ending.bytes());
    // the number of cells is judged here, so that a row of another length is refused alone
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(source);
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => return Err(broken(&error)),
    };
    judge_header(&header)?;
    let mut cells = ByteRecord::new();
    loop {
        match reader.read_byte_record(&mut cells) {
            Ok(false) => return Ok(()),
            Err(error) => return Err(broken(&error)),
            Ok(true) => {}
        }
        let line = ending.first_line(reader.position().line(), &cells);
        if !emit(row(line, &header, &cells)) {
            return Ok(());
        }
    }
}

/// How lines end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    LineFeed,
    Both,
}

impl Ending {
    /// As the first line does.
    fn of(beginning: &[u8]) -> Self {
        let first = beginning.iter().position(|byte| *byte == b'\n');
        match first.and_then(|at| beginning[..at].last()) {
            Some(b'\r') => Self::Both,
            _ => Self::LineFeed,
        }
    }

    const fn bytes(self) -> &'static [u8] {
        match self {
            Self::LineFeed => b"\n",
            Self::Both => b"\r\n",
        }
    }

    /// The line that a row starts at, from the one that the reader has come to. Where the library itself says that a row
    /// starts, there may be empty lines before it.
    fn first_line(self, reached: u64, cells: &ByteRecord) -> u64 {
        let within = cells.as_slice().split(|byte| *byte == b'\n').count() as u64 - 1;
        // the library takes a line feed that follows a carriage return with the next row
        let last = match self {
            Self::LineFeed => reached.saturating_sub(1),
            Self::Both => reached,
        };
        last.saturating_sub(within)
    }
}

fn judge_header(header: &StringRecord) -> Result<(), String> {
    let names: Vec<&str> = header.iter().map(str::trim).collect();
    for (i, name) in names.iter().enumerate() {
        if name.is_empty() {
            return Err(format!("column {} of the header has no name", i + 1));
        }
        if ours::OBJECTS.contains(name) || ours::TIES.contains(name) || *name == ours::EXTERNAL_IDS {
            return Err(format!(
                "column {} of the header needs a dotted name, such as postalAddress.city or externalId.CRM",
                i + 1
            ));
        }
        if names[..i].contains(name) {
            return Err(format!("column {} of the header has the name of another one", i + 1));
        }
    }
    Ok(())
}

fn row(line: u64, header: &StringRecord, cells: &ByteRecord) -> Row {
    if cells.len() != header.len() {
        let message = format!("The row has {} cells, the header {}.", cells.len(), header.len());
        return Row::unreadable(line, &message);
    }
    let mut row = Map::new();
    for (name, cell) in header.iter().zip(cells) {
        let Ok(cell) = std::str::from_utf8(cell) else {
            return Row::unreadable(line, "The row is not in UTF-8.");
        };
        put(&mut row, name.trim(), cell);
    }
    ours::read(line, row)
}

/// Puts a cell where jsonl has it.
fn put(row: &mut Map<String, Value>, name: &str, cell: &str) {
    let value = if cell.trim().is_empty() {
        Value::Null
    } else if ours::LISTS.contains(&name) {
        let items = cell.split(';').map(str::trim).filter(|item| !item.is_empty());
        items.collect()
    } else {
        cell.into()
    };
    if let Some(system) = name.strip_prefix(EXTERNAL_ID) {
        let ids = row.entry(ours::EXTERNAL_IDS).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(ids) = ids {
            return ids.push(json!({"system": system, "value": value}));
        }
    }
    match name.split_once('.') {
        // of a tie that no cell says anything of, there is none
        Some((tie, _)) if ours::TIES.contains(&tie) && value.is_null() => {
            row.entry(tie).or_insert(Value::Null);
        }
        Some((tie, inner)) if ours::TIES.contains(&tie) => {
            let object = row.entry(tie).or_insert(Value::Null);
            if object.is_null() {
                *object = Map::new().into();
            }
            if let Value::Object(object) = object {
                object.insert(inner.to_owned(), value);
            }
        }
        Some((object, _)) if ours::OBJECTS.contains(&object) => nest(row, name, value),
        _ => {
            row.insert(name.to_owned(), value);
        }
    }
}

/// Puts a value into the object that its name leads to, an object within another at each dot.
fn nest(object: &mut Map<String, Value>, name: &str, value: Value) {
    let Some((first, rest)) = name.split_once('.') else {
        object.insert(name.to_owned(), value);
        return;
    };
    if let Value::Object(inner) = object.entry(first).or_insert_with(|| Value::Object(Map::new())) {
        nest(inner, rest, value);
    }
}

/// Why a file is not read further. The library's own sentence may hold values.
fn broken(error: &::csv::Error) -> String {
    match error.kind() {
        ErrorKind::Io(error) => format!("the file cannot be read further: {error}"),
        ErrorKind::Utf8 { .. } => "the header is not in UTF-8".to_owned(),
        _ => "the file is no CSV".to_owned(),
    }
}

#[cfg(test)]
mod tests;
