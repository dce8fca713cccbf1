//! Shapes as people read them.

use std::{
    collections::BTreeSet,
    fmt::{self, Display, Formatter},
};

use super::shape::{Part, Reach, Shape, Sort, Tested, Work, word};

/// Characters of a shape that are written: a filter may have fifty tests, and the first few tell which it is.
const WRITTEN: usize = 1_000;

/// The query as people read it, without the list.
impl Display for Shape {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut clauses = vec![
            match self.work {
                Work::Page => "page",
                Work::NumberedPage => "page by number",
                Work::Beyond => "what is behind a page",
                Work::Count => "count",
                Work::Facet => "facet",
            }
            .to_owned(),
        ];
        match self.reach {
            Reach::Everything => {}
            Reach::Account(_) => clauses.push("of one account".to_owned()),
            Reach::Accounts => clauses.push("of some accounts".to_owned()),
            Reach::Leads => clauses.push("of leads".to_owned()),
        }
        if !self.filter.is_everything() {
            clauses.push(format!("where {}", self.filter));
        }
        if self.search.is_some() {
            clauses.push("search".to_owned());
        }
        if !self.order.is_empty() {
            let keys: Vec<String> = self.order.iter().map(Sort::to_string).collect();
            clauses.push(format!("order by {}", keys.join(", ")));
        }
        let text = clauses.join(" ");
        match text.char_indices().nth(WRITTEN) {
            Some((at, _)) => write!(f, "{}…", &text[..at]),
            None => f.write_str(&text),
        }
    }
}

impl Display for Part {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let joined = |parts: &BTreeSet<Self>, word: &str| {
            parts.iter().map(Self::to_string).collect::<Vec<_>>().join(word)
        };
        match self {
            Self::All(parts) if parts.is_empty() => f.write_str("(everything)"),
            Self::Any(parts) if parts.is_empty() => f.write_str("(nothing)"),
            Self::All(parts) => f.write_str(&joined(parts, " and ")),
            Self::Any(parts) => write!(f, "({})", joined(parts, " or ")),
            Self::Is(Tested { attribute, operator, negated, .. }) => {
                write!(f, "{}{attribute} {}", if *negated { "not " } else { "" }, word(operator))
            }
        }
    }
}

impl Display for Sort {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.field)?;
        f.write_str(if self.descends { " desc" } else { "" })?;
        f.write_str(if self.nulls_first { " nulls first" } else { "" })
    }
}
