//! A pack of the size of UMLS from invented terms: `synthetic_pack OUT [THOUSAND_TERMS]` (5000). Prints how long building
//! and opening take, the memory at its peak, bytes a term, and the time of a lookup.
//!
//! Two terms and a half a concept (see `invented`), a hierarchy of ten children a parent, a cross-reference for every
//! other concept. `synthetic_umls` writes a release in the format of the UMLS instead.
#![allow(clippy::print_stdout, reason = "a program")]

mod invented;

use std::fs;
use std::path::Path;
use std::time::Instant;

use clinlink_model::{Label, System};
use clinlink_vocab::{Pack, PackBuilder, Relation, Source, TermKind};
use invented::Numbers;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments.next().ok_or("usage: synthetic_pack OUT [THOUSAND_TERMS]")?;
    let thousands: u64 = arguments.next().map_or(Ok(5000), |text| text.parse())?;
    let concepts = thousands * 400;
    let (umls, snomed) = (System::from("UMLS"), System::from("SNOMED CT"));
    let mut numbers = Numbers(1);
    let start = Instant::now();
    let mut builder = PackBuilder::new();
    builder.source(Source { name: "synthetic".to_owned(), ..Source::default() });
    for number in 0..concepts {
        let (system, code) = if number % 4 == 3 {
            (&snomed, format!("{number:08}"))
        } else {
            (&umls, format!("C{number:07}"))
        };
        let label = if number % 3 == 0 { Label::Disease } else { Label::Chemical };
        builder.concept(system, &code, &numbers.term(), label);
        for _ in 0..=number % 2 {
            builder.term(&numbers.term(), TermKind::Synonym);
        }
        let above = number / 10;
        if number > 0 && (above % 4 == 3) == (number % 4 == 3) {
            builder.parent(&if number % 4 == 3 { format!("{above:08}") } else { format!("C{above:07}") });
        }
        if number % 2 == 1 && number % 4 != 3 {
            builder.map(&snomed, &format!("{:08}", number / 4 * 4 + 3), Relation::Exact);
        }
    }
    let collected = start.elapsed();
    let manifest = builder.write(Path::new(&out))?;
    println!(
        "collected in {:.1} s, built in {:.1} s",
        collected.as_secs_f32(),
        start.elapsed().as_secs_f32()
    );
    drop(builder);
    let bytes: u64 = manifest.files.values().map(|file| file.bytes).sum();
    let (terms, given) = (manifest.terms, manifest.sources[0].terms);
    println!(
        "{concepts} concepts, {given} terms, {terms} normal forms; {} MB, {} bytes a term",
        bytes / 1_000_000,
        bytes / given
    );
    for (name, file) in &manifest.files {
        println!("    {name:24}{:>10.1} bytes a term", file.bytes as f64 / given as f64);
    }
    if let Ok(status) = fs::read_to_string("/proc/self/status") {
        let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
        println!("peak memory {}", peak.trim_start_matches("VmHWM:").trim());
    }
    let start = Instant::now();
    let pack = Pack::open(Path::new(&out))?;
    println!("opened in {:.2} ms", start.elapsed().as_secs_f32() * 1000.0);
    // Terms that are there, from all over the pack.
    let mut numbers = Numbers(1);
    let sought: Vec<String> = (0..200_000).map(|_| clinlink_vocab::normal_form(&numbers.term())).collect();
    let start = Instant::now();
    let found = sought.iter().filter(|form| pack.terms().get(form.as_str()).is_some()).count();
    let each = start.elapsed().as_secs_f64() * 1e9 / sought.len() as f64;
    println!("{found} of {} terms looked up, {each:.0} ns each", sought.len());
    Ok(())
}
