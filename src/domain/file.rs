//! Files that people send: what they may be called, which types are taken, and what they are by their content. What a file
//! says of itself, its name and its type, is never believed.

use std::collections::VecDeque;

use backdesk_entity::enums::FileType;

use super::{mistake::Mistake, text};

/// Before the name of a picture that is kept here, as users' records have it. No address begins so.
pub const STORED: &str = "stored:";

/// Characters of a name at most.
const NAME: usize = 200;
/// Bytes from the beginning that are looked at. Readers of PDF look for its sign in the first 1024.
const HEAD: usize = 4096;
/// Bytes from the end that are looked at: as far as readers of ZIP look for its directory.
const TAIL: usize = 22 + u16::MAX as usize;

/// Every type that is taken, with its media type, the ending of its name, and what the library knows it by.
const TYPES: [(FileType, &str, &str, &str); 5] = [
    (FileType::Pdf, "application/pdf", "pdf", "pdf"),
    (FileType::Png, "image/png", "png", "png"),
    (FileType::Jpeg, "image/jpeg", "jpg", "jpg"),
    (FileType::Webp, "image/webp", "webp", "webp"),
    (FileType::Heic, "image/heic", "heic", "heif"),
];

/// The type of that media type, as clients name it.
///
/// # Errors
/// When it is none that is taken; of a picture, when pages cannot show it everywhere.
pub fn parse_type(media_type: &str, is_picture: bool) -> Result<FileType, Mistake> {
    let wanted = media_type.trim().to_ascii_lowercase();
    let found = TYPES.iter().find(|(_, name, ..)| *name == wanted).map(|(file_type, ..)| *file_type);
    match found {
        Some(FileType::Pdf | FileType::Heic) | None if is_picture => {
            Err(Mistake::new("A picture is one of image/png, image/jpeg and image/webp."))
        }
        Some(found) => Ok(found),
        None => Err(Mistake::new(
            "Send one of application/pdf, image/png, image/jpeg, image/webp and image/heic.",
        )),
    }
}

/// Its media type.
pub fn media_type(file_type: FileType) -> &'static str {
    row(file_type).1
}

/// The ending of the names of its files.
pub fn extension(file_type: FileType) -> &'static str {
    row(file_type).2
}

/// The type of that number.
pub fn of_number(number: u8) -> Option<FileType> {
    TYPES.iter().map(|(file_type, ..)| *file_type).find(|file_type| *file_type as i16 == i16::from(number))
}

fn row(file_type: FileType) -> &'static (FileType, &'static str, &'static str, &'static str) {
    TYPES.iter().find(|(known, ..)| *known == file_type).unwrap_or(&TYPES[0])
}

/// The name of a file. It names nothing in the storage, but whoever fetches the file may keep it under it.
///
/// # Errors
/// When it is no single line, or could lead to another folder.
pub fn parse_name(name: &str) -> Result<String, Mistake> {
    let name = text::clean_line(name, NAME)?;
    if name.contains(['/', '\\', ':']) || name.starts_with('.') {
        return Err(Mistake::new(
            "Give the name alone, without folders: no slash, no colon, no dot in front.",
        ));
    }
    Ok(name)
}

/// A SHA-256 in hexadecimal, as `sha256sum` prints it.
///
/// # Errors
/// When it is none.
pub fn parse_sha256(text: &str) -> Result<String, Mistake> {
    let digest = text.trim().to_ascii_lowercase();
    match digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        true => Ok(digest),
        false => Err(Mistake::new("Write the SHA-256 as 64 hexadecimal digits.")),
    }
}

/// Looks at a file while it goes by.
#[derive(Debug, Default)]
pub struct Look {
    head: Vec<u8>,
    tail: VecDeque<u8>,
}

impl Look {
    /// The next bytes of the file.
    pub fn at(&mut self, bytes: &[u8]) {
        let room = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..room]);
        self.tail.extend(&bytes[bytes.len().saturating_sub(TAIL)..]);
        self.tail.drain(..self.tail.len().saturating_sub(TAIL));
    }

    /// What the file is. None when it is none of the types that are taken, or could pass for another as well.
    pub fn verdict(mut self) -> Option<FileType> {
        let begins_as = |file_type| match file_type {
            FileType::Pdf => self.head.starts_with(b"%PDF-"),
            FileType::Png => self.head.starts_with(b"\x89PNG\r\n\x1a\n"),
            FileType::Webp => self.head.starts_with(b"RIFF"),
            FileType::Jpeg | FileType::Heic => true,
        };
        let mut seen = TYPES.iter().filter(|(.., known)| infer::is(&self.head, known));
        let (Some((file_type, ..)), None) = (seen.next(), seen.next()) else { return None };
        let is_another = holds_markup(&self.head) || ends_as_zip(self.tail.make_contiguous());
        (begins_as(*file_type) && !is_another).then_some(*file_type)
    }
}

/// Whether a browser that guesses could take the file for a page.
fn holds_markup(head: &[u8]) -> bool {
    const SIGNS: [&[u8]; 5] = [b"<!doctype", b"<html", b"<script", b"<svg", b"<iframe"];
    let head = head.to_ascii_lowercase();
    SIGNS.iter().any(|sign| head.windows(sign.len()).any(|window| window == *sign))
}

/// Whether the file ends as an archive does, which may begin with anything: an end of its directory whose comment, of the
/// length that it says, is the end of the file.
fn ends_as_zip(tail: &[u8]) -> bool {
    tail.windows(22).enumerate().any(|(at, end)| {
        end.starts_with(b"PK\x05\x06")
            && at + 22 + usize::from(u16::from_le_bytes([end[20], end[21]])) == tail.len()
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    const PDF: &[u8] = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n";

    fn verdict(bytes: &[u8]) -> Option<FileType> {
        let mut look = Look::default();
        look.at(bytes);
        look.verdict()
    }

    #[test]
    fn a_file_is_what_it_holds() {
        for (bytes, file_type) in [
            (PNG, FileType::Png),
            (PDF, FileType::Pdf),
            (b"\xff\xd8\xff\xe0\0\x10JFIF\0", FileType::Jpeg),
            (b"RIFF\x24\0\0\0WEBPVP8 ", FileType::Webp),
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", FileType::Heic),
        ] {
            assert_eq!(verdict(bytes), Some(file_type));
        }
    }

    #[test]
    fn what_is_none_of_them_is_refused() {
        for bytes in [
            &b""[..],
            b"hello",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
            b"<!DOCTYPE html><p>",
            b"MZ\x90\0",
            b"PK\x03\x04",
            b"GIF89a",
            b"\x89PNG",
            b"%PD",
        ] {
            assert_eq!(verdict(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn what_could_pass_for_another_is_refused() {
        let zip = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x02\0hi";
        for (bytes, other) in
            [(PNG, PDF), (PNG, b"<ScRiPt>alert(1)</script>"), (PDF, b"<html>"), (PDF, zip), (b"hi", PDF)]
        {
            assert_eq!(verdict(&[bytes, other].concat()), None, "{bytes:?} and {other:?}");
        }
        // the sign of an archive alone is none
        assert_eq!(verdict(&[PNG, &zip[..zip.len() - 1]].concat()), Some(FileType::Png));
    }

    #[test]
    fn names_lead_nowhere() {
        assert_eq!(parse_name(" Ada's passport, 2.pdf "), Ok("Ada's passport, 2.pdf".into()));
        for name in
            ["", "../a.pdf", "a/b", "a\\b", "C:a", "..", ".", ".ssh", "a\0b", "a\nb", "a\u{202e}fdp.exe"]
        {
            assert!(parse_name(name).is_err(), "{name:?}");
        }
        assert!(parse_name(&"a".repeat(201)).is_err());
    }

    #[test]
    fn types_are_named_as_media_types() {
        for (file_type, name, ..) in TYPES {
            assert_eq!(parse_type(&name.to_uppercase(), false), Ok(file_type));
            assert_eq!(of_number(file_type as u8), Some(file_type));
        }
        assert!(parse_type("image/svg+xml", false).is_err());
        assert!(parse_type("application/pdf", true).is_err() && parse_type("image/png", true).is_ok());
        assert_eq!(of_number(5), None);
    }

    proptest! {
        #[test]
        fn a_verdict_does_not_depend_on_how_the_bytes_come(
            start in prop::sample::select(vec![PNG, PDF, b"hi"]),
            rest in prop::collection::vec(any::<u8>(), 0..5000),
            cut in 1..700_usize,
        ) {
            let whole = [start, &rest].concat();
            let mut look = Look::default();
            whole.chunks(cut).for_each(|chunk| look.at(chunk));
            prop_assert_eq!(look.verdict(), verdict(&whole));
        }
    }
}
