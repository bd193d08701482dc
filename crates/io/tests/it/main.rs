//! Tests of the readers and writers through their public interface.

mod copies;
mod corpora;
mod drg;
mod episode;
mod page;
mod reading;
mod records;
mod shared_corpora;
mod terminal;
