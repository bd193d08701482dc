//! A pipeline.toml becomes running stages.
