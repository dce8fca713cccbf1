//! Walks through a list, page by page, either way.

use serde_json::{Value, json};

use super::{Answer, Person, property::USERS};

/// Which way a list is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Forward,
    Backward,
}

/// A list that is read page by page.
pub(crate) struct Walk<'a> {
    viewer: &'a Person,
    /// `where`, `search` and `orderBy`.
    list: Value,
    way: Way,
    size: usize,
    cursor: Option<String>,
}

/// One page.
#[derive(Debug)]
pub(crate) struct Leaf {
    pub(crate) ids: Vec<String>,
    pub(crate) answer: Answer,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(viewer: &'a Person, list: Value, way: Way, size: usize) -> Self {
        Self { viewer, list, way, size, cursor: None }
    }

    /// Turns round: the walk goes on from here the other way.
    pub(crate) fn from(mut self, cursor: Option<String>) -> Self {
        self.cursor = cursor;
        self
    }

    /// The next page.
    pub(crate) async fn page(&mut self) -> Leaf {
        let (count, cursor) = match self.way {
            Way::Forward => ("first", "after"),
            Way::Backward => ("last", "before"),
        };
        let mut arguments = self.list.clone();
        arguments[count] = json!(self.size);
        arguments[cursor] = json!(self.cursor);
        let answer = self.viewer.ask_with(USERS, arguments).await;
        let ids = answer.column("users.edges", "node.id");
        let ids = ids.iter().map(|id| id.as_str().expect("an id").to_owned()).collect();
        let leaf = Leaf { ids, answer };
        let end = match self.way {
            Way::Forward => "endCursor",
            Way::Backward => "startCursor",
        };
        self.cursor = leaf.cursor(end).or(self.cursor.take());
        leaf
    }

    /// Whether the page says that more follows on the way.
    pub(crate) fn goes_on(&self, leaf: &Leaf) -> bool {
        leaf.says(match self.way {
            Way::Forward => "hasNextPage",
            Way::Backward => "hasPreviousPage",
        })
    }

    /// All pages to the end, each handed to `look`; the ids in the order of the list.
    pub(crate) async fn until_the_end(mut self, mut look: impl AsyncFnMut(&Leaf)) -> Vec<String> {
        let mut pages = Vec::new();
        loop {
            let leaf = self.page().await;
            look(&leaf).await;
            let more = self.goes_on(&leaf);
            pages.push(leaf.ids);
            assert!(pages.len() < 1000, "the walk does not end");
            if !more {
                break;
            }
        }
        if self.way == Way::Backward {
            pages.reverse();
        }
        pages.concat()
    }
}

impl Leaf {
    /// What `pageInfo` says.
    pub(crate) fn says(&self, field: &str) -> bool {
        self.answer.data(&format!("users.pageInfo.{field}")).as_bool().expect("yes or no")
    }

    /// A cursor of `pageInfo`.
    pub(crate) fn cursor(&self, field: &str) -> Option<String> {
        let cursor = self.answer.data(&format!("users.pageInfo.{field}"));
        cursor.as_str().map(str::to_owned)
    }
}
