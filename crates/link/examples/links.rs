//! Prints what a pack has for some words, and what the linker makes of them:
//!
//! ```text
//! cargo run -p clinlink-link --example links -- PACK "renal cyst" fever
//! ```
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

use std::path::Path;
use std::sync::Arc;

use clinlink_link::{LinkerConfig, PackLinker};
use clinlink_model::Label;
use clinlink_vocab::{Pack, normal_form};

fn main() {
    let mut args = std::env::args().skip(1);
    let pack = Arc::new(Pack::open(Path::new(&args.next().unwrap())).unwrap());
    let linker = PackLinker::new(Arc::clone(&pack), LinkerConfig::default());
    for text in args {
        let form = normal_form(&text);
        println!("{text} ({form})");
        if let Some(value) = pack.terms().get(&form) {
            for posting in pack.postings(value) {
                let concept = pack.concept(posting.concept);
                println!(
                    "  {:?} {} {} {:?} {}",
                    posting.kind, concept.system, concept.code, concept.label, concept.title
                );
            }
        }
        for link in linker.candidates(&text, None, Label::Other) {
            println!(
                "  -> {:.2} {} {} {} {}",
                link.score,
                link.via.name(),
                link.system,
                link.code,
                link.title
            );
        }
    }
}
