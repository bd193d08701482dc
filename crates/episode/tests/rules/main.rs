//! Every rule of the coder: cases that set it off, and cases that must not.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::similar_names)]

mod admission;
mod assertion;
mod audit;
mod births;
mod combinations;
mod copies;
mod detail;
mod details;
mod drg;
mod drugs;
mod every_rule;
mod excludes;
mod external;
mod facts;
mod history;
mod learned;
mod neoplasms;
mod own_words;
mod patient;
mod pregnancies;
mod procedures;
mod purpose;
mod sequelae;
mod sequence;
mod several;
mod sources;
mod status;
mod support;
mod symptoms;
mod tables;
