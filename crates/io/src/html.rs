//! A code set as one self-contained page: codes on the left, notes with the evidence marked on the right.
//!
//! The page loads nothing: style and script are part of it, and its content security policy forbids the rest.
//! It can be read without the script, which only adds jumping, highlighting and tooltips.

mod notes;

use std::io::{self, Write};

use askama::Template;
use clinlink_model::{CodeEntry, CodeSet, Episode, Evidence, Status};

use self::notes::{NoteView, note_views};
use crate::code_set_record::check;
use crate::wording;
use crate::write_error::WriteError;

/// Writes the codes of an episode with its notes as one HTML page. The notes' text is unaltered but for what
/// HTML escapes; browsers show CRLF as a line break.
///
/// # Errors
/// If `out` refuses, or the evidence is not of this episode.
pub fn write_html(codes: &CodeSet, episode: &Episode, out: &mut impl Write) -> Result<(), WriteError> {
    check(codes, episode)?;
    let numbered = numbered(codes);
    let (notes, targets) = note_views(&numbered, codes, episode);
    let page = Page {
        episode: &codes.episode,
        drg: wording::drg(codes),
        notes,
        groups: [Status::Accepted, Status::Review, Status::Rejected]
            .into_iter()
            .map(|status| group(status, &numbered, &targets, codes, episode))
            .collect(),
    };
    let html = page.render().map_err(io::Error::other)?;
    Ok(out.write_all(html.as_bytes())?)
}

/// A piece of evidence and its code. Its place in the list is its number on the page.
struct Numbered<'a> {
    entry: &'a CodeEntry,
    evidence: &'a Evidence,
}

fn numbered(codes: &CodeSet) -> Vec<Numbered<'_>> {
    let all = codes.codes.iter().flat_map(|entry| entry.evidence.iter().map(move |e| (entry, e)));
    all.map(|(entry, evidence)| Numbered { entry, evidence }).collect()
}

#[derive(Template)]
#[template(path = "episode.html")]
struct Page<'a> {
    episode: &'a str,
    /// The MS-DRG, and what is to be said of it.
    drg: Option<(String, Vec<String>)>,
    groups: Vec<GroupView<'a>>,
    notes: Vec<NoteView<'a>>,
}

/// The codes of one status.
struct GroupView<'a> {
    name: &'static str,
    class: &'static str,
    codes: Vec<CodeView<'a>>,
}

struct CodeView<'a> {
    entry: &'a CodeEntry,
    score: String,
    /// The score in percent, for the bar.
    percent: String,
    evidence: Vec<EvidenceView>,
    rules: Vec<RuleView<'a>>,
    /// What is reported of it, one line each.
    report: Vec<String>,
}

struct RuleView<'a> {
    id: &'a str,
    /// What it does, and its section of the Official Guidelines.
    tip: String,
}

struct EvidenceView {
    number: usize,
    /// The id of the element that the words start in; empty if there are no words.
    target: String,
    quote: String,
    context: String,
    place: String,
    /// The place that it repeats, in words and as the id of its element; empty if it is no copy.
    copied_from: String,
    first: String,
    /// The cue words with their rules: `no (negated.pre.no)`.
    cues: Vec<String>,
}

fn group<'a>(
    status: Status,
    numbered: &[Numbered<'a>],
    targets: &[String],
    codes: &'a CodeSet,
    episode: &Episode,
) -> GroupView<'a> {
    let entries = wording::group(codes, status);
    let code = |entry: &'a CodeEntry| {
        let own = numbered.iter().enumerate().filter(|(_, n)| std::ptr::eq(n.entry, entry));
        CodeView {
            entry,
            score: wording::score(entry.score),
            percent: format!("{:.0}", entry.score.clamp(0.0, 1.0) * 100.0),
            evidence: own
                .map(|(i, n)| {
                    let first = first_target(n, numbered, targets);
                    EvidenceView { first, ..evidence(i, &targets[i], n.evidence, codes, episode) }
                })
                .collect(),
            report: wording::report(codes, episode, entry),
            rules: entry.rules.iter().map(|id| rule(id, codes)).collect(),
        }
    };
    GroupView {
        name: wording::status(status),
        class: wording::class(status),
        codes: entries.into_iter().map(code).collect(),
    }
}

fn rule<'a>(id: &'a str, codes: &CodeSet) -> RuleView<'a> {
    let known = codes.rules.iter().find(|rule| rule.id == id);
    let tip = known.map_or_else(String::new, |rule| match rule.section.as_str() {
        "" => rule.says.clone(),
        section => format!("{} (Official Guidelines {section})", rule.says),
    });
    RuleView { id, tip }
}

fn evidence(
    number: usize,
    target: &str,
    evidence: &Evidence,
    codes: &CodeSet,
    episode: &Episode,
) -> EvidenceView {
    let note = &episode.notes[evidence.note].note;
    EvidenceView {
        number,
        target: target.to_owned(),
        quote: wording::one_line(&note[evidence.span]),
        context: wording::context(evidence.assertion.as_ref()),
        place: wording::place(&codes.episode, note, evidence.section),
        copied_from: wording::copied_from(codes, episode, evidence).unwrap_or_default(),
        first: String::new(),
        cues: wording::cues(note, evidence.assertion.as_ref()),
    }
}

/// The id of the element of the evidence that `copy` repeats.
fn first_target(copy: &Numbered<'_>, numbered: &[Numbered<'_>], targets: &[String]) -> String {
    let first = copy.evidence.repeats.and_then(|place| {
        numbered.iter().position(|n| {
            std::ptr::eq(n.entry, copy.entry)
                && (n.evidence.note, n.evidence.span) == (place.note, place.span)
        })
    });
    first.map(|number| targets[number].clone()).unwrap_or_default()
}
