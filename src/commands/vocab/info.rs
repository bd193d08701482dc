//! `clinlink vocab info` and `verify`

use std::io::Write;

use clinlink_vocab::{Manifest, Pack, Source};

use crate::output::Output;

pub fn verify(pack: &Pack) -> anyhow::Result<()> {
    pack.verify()?;
    let manifest = pack.manifest();
    let bytes: u64 = manifest.files.values().map(|file| file.bytes).sum();
    let mut out = Output::open(None)?;
    writeln!(
        out,
        "version {}: {} files, {bytes} bytes, all as written",
        manifest.version,
        manifest.files.len()
    )?;
    out.finish()
}

pub fn info(pack: &Pack, json: bool, verify: bool) -> anyhow::Result<()> {
    if verify {
        pack.verify()?;
    }
    let manifest = pack.manifest();
    let mut out = Output::open(None)?;
    if json {
        serde_json::to_writer_pretty(&mut out, manifest)?;
        writeln!(out)?;
    } else {
        print_info(manifest, &mut out)?;
    }
    out.finish()
}

fn print_info(manifest: &Manifest, out: &mut impl Write) -> std::io::Result<()> {
    let bytes: u64 = manifest.files.values().map(|file| file.bytes).sum();
    writeln!(out, "version {}, format {}, {} MB", manifest.version, manifest.format, bytes / 1_000_000)?;
    writeln!(
        out,
        "{} terms, {} postings, {} bytes a posting; {} pairs of concepts with a cross-reference\n",
        manifest.terms,
        manifest.postings,
        bytes / manifest.postings.max(1),
        manifest.maps
    )?;
    for system in &manifest.systems {
        writeln!(out, "{:<12}{:>9} concepts", system.system, system.concepts)?;
    }
    for source in &manifest.sources {
        print_source(source, out)?;
    }
    Ok(())
}

fn print_source(source: &Source, out: &mut impl Write) -> std::io::Result<()> {
    // A file given by hand has neither package nor version.
    let name = format!("{} {} {}", source.name, source.package, source.version);
    writeln!(out, "\n{}", name.trim_end())?;
    let Source { concepts, terms, maps, notes, facts, .. } = source;
    writeln!(out, "  {concepts} concepts, {terms} terms, {maps} maps, {notes} notes, {facts} facts")?;
    for (count, what) in [
        (source.unknown_targets, "maps to codes that their system does not have here: another release"),
        (source.foreign_targets, "maps to systems that the pack does not hold"),
        (source.skipped, "records that could not be read and were skipped"),
    ] {
        if count > 0 {
            writeln!(out, "  {count} {what}")?;
        }
    }
    writeln!(out, "  licence: {}\n  {}", source.licence, source.notice)
}
