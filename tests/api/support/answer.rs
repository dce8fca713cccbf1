//! An answer of the server, and the ways a test asks it.

use axum::http::{HeaderMap, StatusCode};
use serde_json::Value;

/// What the server said.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// `data` and `errors`.
    pub(crate) body: Value,
    /// What stands beside them.
    pub(crate) extensions: Value,
    /// The body as it came.
    pub(crate) raw: String,
}

impl Answer {
    /// The value at a dotted path below `data`, such as `users.nodes.0.id`. Fails when the answer has errors.
    #[track_caller]
    pub(crate) fn data(&self, path: &str) -> Value {
        assert!(self.body.get("errors").is_none(), "the answer has errors: {}", self.body);
        let pointer = format!("/data/{}", path.replace('.', "/"));
        self.body.pointer(&pointer).unwrap_or_else(|| panic!("no {path} in {}", self.body)).clone()
    }

    /// The text at a path.
    #[track_caller]
    pub(crate) fn text(&self, path: &str) -> String {
        let value = self.data(path);
        value.as_str().unwrap_or_else(|| panic!("{path} is {value}")).to_owned()
    }

    /// The values that a list of objects has in one of their fields.
    #[track_caller]
    pub(crate) fn column(&self, list: &str, field: &str) -> Vec<Value> {
        let list = self.data(list);
        let pointer = format!("/{}", field.replace('.', "/"));
        let rows = list.as_array().expect("a list");
        rows.iter()
            .map(|row| row.pointer(&pointer).unwrap_or_else(|| panic!("no {field} in {row}")).clone())
            .collect()
    }

    /// The code of the first top-level error; none when there is none.
    pub(crate) fn code(&self) -> Option<&str> {
        self.body.pointer("/errors/0/extensions/code")?.as_str()
    }

    /// The problems in the payload of a mutation, as `CODE at.the.field`.
    #[track_caller]
    pub(crate) fn problems(&self, mutation: &str) -> Vec<String> {
        let problems = self.data(&format!("{mutation}.errors"));
        let text = |problem: &Value| {
            let steps =
                problem["field"].as_array().expect("field").iter().map(|step| step.as_str().expect("a step"));
            format!("{} {}", problem["code"].as_str().expect("code"), steps.collect::<Vec<_>>().join("."))
        };
        problems.as_array().expect("errors").iter().map(text).collect()
    }
}
