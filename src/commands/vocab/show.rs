//! `clinlink vocab show`

use std::io::Write;

use clap::Args;
use clinlink_vocab::TermKind;

use super::PackName;
use super::concept::{
    ConceptRecord, MapRecord, TermRecord, concept_record, note_name, origin_name, relation_name,
};
use crate::home::Home;
use crate::output::Output;

#[derive(Args)]
pub struct ShowArgs {
    /// Codes; SYSTEM:CODE for a code of one system only. Case and the point of ICD may be left out
    #[arg(required = true)]
    code: Vec<String>,
    #[command(flatten)]
    pack: PackName,
    /// Show whole lists (terms, facts, cross-references, children) and the variants that rules made of terms
    #[arg(long)]
    all: bool,
    /// Print one JSON object a concept
    #[arg(long)]
    json: bool,
}

/// Lines shown of a long list without `--all`.
const SHOWN: usize = 12;

pub fn run(args: &ShowArgs, home: &Home) -> anyhow::Result<()> {
    let pack = args.pack.open(home)?;
    let mut out = Output::open(None)?;
    let mut first = true;
    for code in &args.code {
        for id in super::concepts(&pack, code)? {
            let record = concept_record(&pack, id);
            if args.json {
                serde_json::to_writer(&mut out, &record)?;
                writeln!(out)?;
                continue;
            }
            if !first {
                writeln!(out)?;
            }
            first = false;
            print(&record, args.all, &mut out)?;
        }
    }
    out.finish()
}

fn print(record: &ConceptRecord<'_>, all: bool, out: &mut impl Write) -> std::io::Result<()> {
    let reportable = if record.billable { "" } else { "  (not reportable)" };
    writeln!(out, "{} {}  {}{reportable}", record.system, record.code, record.title)?;
    for (depth, above) in record.path.iter().enumerate() {
        line(out, if depth == 0 { "under" } else { "" }, &format!("{} {}", above.code, above.title))?;
    }
    for (number, parent) in record.other_parents.iter().enumerate() {
        line(out, if number == 0 { "and under" } else { "" }, &format!("{} {}", parent.code, parent.title))?;
    }
    let own = |term: &&TermRecord<'_>| !term.made;
    list(out, "terms", record.terms.iter().filter(own).map(term), all)?;
    if all {
        list(out, "variants", record.terms.iter().filter(|term| term.made).map(term), true)?;
    }
    let mut name = "";
    for note in &record.notes {
        let next = note_name(note.kind);
        let at = if note.at == record.code { String::new() } else { format!("  (at {})", note.at) };
        line(out, if name == next { "" } else { next }, &format!("{}{at}", note.text))?;
        name = next;
    }
    for same in record.facts.chunk_by(|a, b| a.fact == b.fact) {
        // The name as it stands in JSON.
        let name = serde_json::to_value(same[0].fact).ok();
        let name = name.as_ref().and_then(|name| name.as_str()).unwrap_or_default().replace('_', " ");
        list(out, &name, same.iter().map(|fact| fact.value.to_owned()), all)?;
    }
    list(out, "maps to", record.maps.iter().map(map), all)?;
    let children = record.children.iter().map(|child| format!("{} {}", child.code, child.title));
    list(out, "above", children, all)
}

fn term(term: &TermRecord<'_>) -> String {
    let kind = match term.kind {
        TermKind::Title | TermKind::Synonym => "",
        TermKind::Index => ", index",
        TermKind::Related => ", related",
    };
    format!("{}  ({}{kind})", term.text, term.source)
}

fn map(map: &MapRecord<'_>) -> String {
    let mut said = format!("{} {} {}  ({}", map.system, map.code, map.title, relation_name(map.relation));
    for more in [origin_name(map.origin), map.detail].iter().filter(|more| !more.is_empty()) {
        said.push_str(", ");
        said.push_str(more);
    }
    said.push(')');
    said
}

fn list(
    out: &mut impl Write,
    name: &str,
    lines: impl Iterator<Item = String>,
    all: bool,
) -> std::io::Result<()> {
    let lines: Vec<String> = lines.collect();
    let shown = if all { lines.len() } else { lines.len().min(SHOWN) };
    for (number, text) in lines[..shown].iter().enumerate() {
        line(out, if number == 0 { name } else { "" }, text)?;
    }
    if shown < lines.len() {
        line(out, "", &format!("… {} more (--all)", lines.len() - shown))?;
    }
    Ok(())
}

fn line(out: &mut impl Write, name: &str, text: &str) -> std::io::Result<()> {
    writeln!(out, "    {name:<16}{text}")
}
