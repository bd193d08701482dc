//! A code set as a table for the terminal.
//!
//! ```text
//! Episode stay-1: 2 notes; ICD-10-CM codes: 1 accepted, 0 to review, 1 rejected
//!
//! ACCEPTED ──────────────────────────────────────────────────────────────────────────
//! E11.9    0.93  Type 2 diabetes mellitus without complications
//!       “type 2 diabetes”  affirmed, recent  past medical history · 2024-03-01_admission
//!
//! REJECTED ──────────────────────────────────────────────────────────────────────────
//! J18.9    0.88  Pneumonia, unspecified organism
//!       why: negated
//!       rule: negated (III)
//!       “pneumonia”        negated, recent   impression · 2024-03-02_chest-x-ray
//! ```

use std::io::Write;

use clinlink_model::{CodeEntry, CodeSet, Episode, Evidence, Status};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::code_set_record::check;
use crate::wording;
use crate::write_error::WriteError;

/// How many pieces of evidence of a code are shown.
const SHOWN: usize = 3;
/// Longest quote, in columns of the terminal.
const QUOTE: usize = 60;
/// Quotes and contexts are aligned in columns of at most this width; what is longer only shifts its own line.
const QUOTE_COLUMN: usize = 28;
const CONTEXT_COLUMN: usize = 18;
/// Column at which evidence starts.
const INDENT: usize = 6;
/// No table is narrower than this.
const NARROWEST: usize = 60;

/// Writes the codes of an episode for people, in lines of at most `width` columns (60 at least): for a bill the MS-DRG,
/// then accepted in the order in which they are reported, to review, rejected; each with its title, why, by which rules, what a bill or the chart says of it, the first three pieces of evidence with how they are meant and
/// where they stand. White space in quotes is shown as one space and long quotes are cut.
///
/// # Errors
/// If `out` refuses, or the evidence is not of this episode.
pub fn write_table(
    codes: &CodeSet,
    episode: &Episode,
    out: &mut impl Write,
    width: usize,
) -> Result<(), WriteError> {
    check(codes, episode)?;
    let table = Table::new(codes, episode, width.max(NARROWEST));
    writeln!(out, "{}", cut(&table.heading(), table.width))?;
    if let Some((heading, lines)) = wording::drg(codes) {
        writeln!(out, "\n{}", cut(&heading, table.width))?;
        for line in lines.iter().flat_map(|line| wrapped(line, table.width - INDENT)) {
            writeln!(out, "{:INDENT$}{line}", "")?;
        }
    }
    for status in [Status::Accepted, Status::Review, Status::Rejected] {
        let group = wording::group(codes, status);
        if group.is_empty() {
            continue;
        }
        let name = wording::status(status).to_uppercase();
        let rule = "─".repeat(table.width - name.width() - 1);
        writeln!(out, "\n{name} {rule}")?;
        for entry in group {
            table.write_entry(entry, out)?;
        }
    }
    Ok(())
}

struct Table<'a> {
    codes: &'a CodeSet,
    episode: &'a Episode,
    width: usize,
    /// Whether all codes are of one system, which the heading then names.
    one_system: bool,
    code_width: usize,
    quote_width: usize,
    context_width: usize,
}

impl<'a> Table<'a> {
    fn new(codes: &'a CodeSet, episode: &'a Episode, width: usize) -> Self {
        let one_system = codes.codes.windows(2).all(|pair| pair[0].system == pair[1].system);
        let mut table =
            Self { codes, episode, width, one_system, code_width: 0, quote_width: 0, context_width: 0 };
        table.code_width = codes.codes.iter().map(|c| table.code(c).width()).max().unwrap_or(0);
        let shown = || codes.codes.iter().flat_map(|c| c.evidence.iter().take(SHOWN));
        let contexts = shown().map(|e| wording::context(e.assertion.as_ref()).width());
        table.quote_width = widest(shown().map(|e| table.quote(e).width()), QUOTE_COLUMN);
        table.context_width = widest(contexts, CONTEXT_COLUMN);
        table
    }

    fn heading(&self) -> String {
        let number = |status| self.codes.codes.iter().filter(|c| c.status == status).count();
        let system = match self.codes.codes.first() {
            Some(first) if self.one_system => format!("{} codes", first.system),
            _ => "codes".to_owned(),
        };
        format!(
            "Episode {}: {}; {system}: {} accepted, {} to review, {} rejected",
            wording::one_line(&self.codes.episode),
            wording::count(self.episode.notes.len(), "note"),
            number(Status::Accepted),
            number(Status::Review),
            number(Status::Rejected),
        )
    }

    fn write_entry(&self, entry: &CodeEntry, out: &mut impl Write) -> Result<(), WriteError> {
        let code = padded(&self.code(entry), self.code_width);
        let title = wording::one_line(&entry.title);
        let line = format!("{code}  {}  {title}", wording::score(entry.score));
        writeln!(out, "{}", cut(&line, self.width))?;
        let reason = wording::one_line(&entry.reason);
        if !reason.is_empty() {
            let lines = wrapped(&reason, self.width - INDENT - "why: ".len());
            for (i, line) in lines.iter().enumerate() {
                writeln!(out, "{:INDENT$}{}{line}", "", if i == 0 { "why: " } else { "     " })?;
            }
        }
        let rules = wording::rules(self.codes, entry);
        if !rules.is_empty() {
            for (i, line) in wrapped(&rules, self.width - INDENT - "rule: ".len()).iter().enumerate() {
                writeln!(out, "{:INDENT$}{}{line}", "", if i == 0 { "rule: " } else { "      " })?;
            }
        }
        for line in wording::report(self.codes, self.episode, entry) {
            for line in wrapped(&line, self.width - INDENT) {
                writeln!(out, "{:INDENT$}{line}", "")?;
            }
        }
        for evidence in entry.evidence.iter().take(SHOWN) {
            self.write_evidence(evidence, out)?;
        }
        if entry.evidence.len() > SHOWN {
            writeln!(out, "{:INDENT$}+{} more", "", entry.evidence.len() - SHOWN)?;
        }
        Ok(())
    }

    fn write_evidence(&self, evidence: &Evidence, out: &mut impl Write) -> Result<(), WriteError> {
        let quote = padded(&self.quote(evidence), self.quote_width);
        let context = padded(&wording::context(evidence.assertion.as_ref()), self.context_width);
        let note = &self.episode.notes[evidence.note].note;
        let mut place = wording::place(&self.codes.episode, note, evidence.section);
        if let Some(copied) = wording::copied_from(self.codes, self.episode, evidence) {
            place = format!("{place} ({copied})");
        }
        let room = self.width - INDENT;
        // What has no room on the line goes below: first the place, then how it is meant.
        let mut lines = vec![format!("{quote}  {context}  {place}")];
        if lines[0].width() > room {
            lines = vec![format!("{quote}  {}", context.trim_end()), format!("  {place}")];
        }
        if lines[0].width() > room {
            lines = vec![quote, format!("  {context}"), format!("  {place}")];
        }
        for line in lines {
            writeln!(out, "{:INDENT$}{}", "", cut(line.trim_end(), room))?;
        }
        Ok(())
    }

    fn code(&self, entry: &CodeEntry) -> String {
        let code = wording::one_line(&entry.code);
        if self.one_system { code } else { format!("{} {code}", entry.system) }
    }

    fn quote(&self, evidence: &Evidence) -> String {
        let text = wording::one_line(&self.episode.notes[evidence.note].note[evidence.span]);
        format!("“{}”", cut(&text, QUOTE - 2))
    }
}

/// The greatest of the widths that are not over `limit`.
fn widest(widths: impl Iterator<Item = usize>, limit: usize) -> usize {
    widths.filter(|width| *width <= limit).max().unwrap_or(0)
}

/// `text`, or as much of its start as fits into `width` columns with an ellipsis.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut used = 1;
    let start = text.chars().take_while(|&c| {
        used += c.width().unwrap_or(0);
        used <= width
    });
    let start: String = start.collect();
    format!("{}…", start.trim_end())
}

fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// Lines of at most `width` columns, broken between words; a longer word is cut.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ').map(|word| cut(word, width)) {
        let last = lines.len() - 1;
        if lines[last].is_empty() {
            lines[last] = word;
        } else if lines[last].width() + 1 + word.width() <= width {
            lines[last].push(' ');
            lines[last].push_str(&word);
        } else {
            lines.push(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("chest pain", 10, "chest pain")]
    #[case("chest pain", 9, "chest pa…")]
    #[case("chest pain", 7, "chest…")]
    #[case("µµµµ", 3, "µµ…")]
    #[case("日本語", 5, "日本…")]
    #[case("日本語", 4, "日…")]
    fn cuts_by_columns(#[case] text: &str, #[case] width: usize, #[case] expected: &str) {
        assert_eq!(cut(text, width), expected);
    }

    #[rstest]
    #[case("a bb ccc", 4, &["a bb", "ccc"])]
    #[case("abcdefgh ij", 5, &["abcd…", "ij"])]
    #[case("", 5, &[""])]
    fn wraps_between_words(#[case] text: &str, #[case] width: usize, #[case] expected: &[&str]) {
        assert_eq!(wrapped(text, width), expected);
    }
}
