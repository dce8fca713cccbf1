//! Values and rules, pure: no I/O, no clock, no random. What a text must look like, which step a life may take.
//! The vocabularies that the rules speak of come from the entities.

pub mod activity;
pub mod bank;
pub mod birth_date;
pub mod code;
pub mod coming_day;
pub mod country;
pub mod creditor_identifier;
pub mod device;
pub mod document;
pub mod email;
pub mod fees;
pub mod file;
pub mod group;
pub mod guessing;
pub mod kyc;
pub mod language;
pub mod lead;
pub mod link;
pub mod list;
pub mod mistake;
pub mod money;
pub mod past_day;
pub mod percent;
pub mod phone;
pub mod policy;
pub mod problem;
pub mod staff;
pub mod status;
pub mod text;
pub mod ties;
pub mod time_zone;
pub mod user;
pub mod vat_number;
