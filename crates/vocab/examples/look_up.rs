//! What a pack knows of texts: `look_up PACK TEXT…`. Prints the concepts that each text names with their terms' kinds
//! and their codes in ICD-10-CM, else the best found by search.
#![allow(clippy::print_stdout, reason = "a program")]

use std::path::Path;

use clinlink_model::System;
use clinlink_vocab::{ConceptId, Pack, normal_form};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let pack = Pack::open(Path::new(&arguments.next().ok_or("usage: look_up PACK TEXT...")?))?;
    for text in arguments {
        println!("{text}");
        if let Some(value) = pack.terms().get(normal_form(&text)) {
            for posting in pack.postings(value) {
                print(&pack, posting.concept, &format!("{:?}", posting.kind));
            }
        } else {
            for (concept, score) in pack.search(&text, None, 5)? {
                print(&pack, concept, &format!("search {score:.2}"));
            }
        }
    }
    Ok(())
}

fn print(pack: &Pack, id: ConceptId, how: &str) {
    let concept = pack.concept(id);
    println!("    {:10} {:12} {} ({how})", concept.system, concept.code, concept.title);
    for (target, relation) in pack.map_to(id, &System::ICD10CM) {
        let target = pack.concept(target);
        println!("        {relation:?} {} {}", target.code, target.title);
    }
}
