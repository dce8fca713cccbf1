//! Who is told when something is wrong. Whoever keeps staff says who they are.

use crate::store::error::StoreError;

/// Somebody who gets letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receiver {
    /// The e-mail address.
    pub to: String,
    /// The language that they read (BCP 47).
    pub language: String,
}

/// Those who are told of incidents.
#[async_trait::async_trait]
pub trait Receivers: Send + Sync {
    /// Who they are now. As long as there is nobody, incidents wait to be told.
    async fn of_incidents(&self) -> Result<Vec<Receiver>, StoreError>;
}

/// Nobody: incidents wait to be told.
#[derive(Debug, Clone, Copy)]
pub struct Nobody;

#[async_trait::async_trait]
impl Receivers for Nobody {
    async fn of_incidents(&self) -> Result<Vec<Receiver>, StoreError> {
        Ok(Vec::new())
    }
}
