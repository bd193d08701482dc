//! How contexts, sections, quotes and scores are put in words for people: on the terminal and on the page.

use clinlink_model::{
    Assertion, Certainty, CodeEntry, CodeSet, DrgReport, DrgSource, Episode, Evidence, Experiencer, Note,
    Polarity, Purpose, SectionKind, Status, Temporality, Weighs,
};

/// The status as a heading.
pub(crate) fn status(status: Status) -> &'static str {
    match status {
        Status::Accepted => "Accepted",
        Status::Review => "To review",
        Status::Rejected => "Rejected",
    }
}

/// The name of a status in the page's style sheet.
pub(crate) fn class(status: Status) -> &'static str {
    match status {
        Status::Accepted => "accepted",
        Status::Review => "review",
        Status::Rejected => "rejected",
    }
}

/// Polarity and temporality, with certainty and experiencer where they are not plain:
/// "affirmed, recent"; "affirmed, possible, recent"; "negated, historical, family".
pub(crate) fn context(assertion: Option<&Assertion>) -> String {
    let Some(assertion) = assertion else { return "not assessed".to_owned() };
    let mut words = vec![match assertion.polarity {
        Polarity::Affirmed => "affirmed",
        Polarity::Negated => "negated",
    }];
    match assertion.certainty {
        Certainty::Certain => {}
        Certainty::Probable => words.push("probable"),
        Certainty::Possible => words.push("possible"),
    }
    words.push(match assertion.temporality {
        Temporality::Recent => "recent",
        Temporality::Historical => "historical",
        Temporality::Hypothetical => "hypothetical",
    });
    match assertion.experiencer {
        Experiencer::Patient => {}
        Experiencer::Family => words.push("family"),
        Experiencer::Other => words.push("of another person"),
    }
    words.join(", ")
}

/// The codes of a status for a reader: the accepted ones in the order in which they are reported, the principal diagnosis
/// first, the others best first.
pub(crate) fn group(codes: &CodeSet, status: Status) -> Vec<&CodeEntry> {
    let mut group: Vec<&CodeEntry> = codes.codes.iter().filter(|entry| entry.status == status).collect();
    group.sort_by_key(|entry| entry.report.sequence.unwrap_or(usize::MAX));
    group
}

/// What is reported of a code, one line each: why it is the principal diagnosis, whether the chart had it, what speaks for
/// or against it in the chart; for a bill, whether it was present on admission, its severity and what else it needs.
pub(crate) fn report(codes: &CodeSet, episode: &Episode, entry: &CodeEntry) -> Vec<String> {
    let report = &entry.report;
    let billing = codes.purpose == Some(Purpose::Billing);
    let mut lines: Vec<String> =
        report.principal.iter().map(|why| format!("principal diagnosis: {why}")).collect();
    if billing {
        let known = report.present_on_admission.iter();
        lines
            .extend(known.map(|poa| format!("present on admission: {} ({})", poa.indicator.name(), poa.why)));
        lines.extend(report.severity.iter().map(|severity| format!("severity: {severity}")));
        lines.extend(report.remarks.iter().map(|remark| format!("needs: {remark}")));
    }
    if report.in_chart {
        lines.push("in the chart already".to_owned());
    }
    lines.extend(entry.facts.iter().map(|fact| {
        let verb = match fact.weighs {
            Weighs::For => "for",
            Weighs::Against => "against",
        };
        let note = episode.notes.get(fact.note);
        let note = note.map_or_else(String::new, |note| note_name(&codes.episode, &note.note));
        one_line(&format!("{verb}: {} · {note}", fact.says))
    }));
    lines
}

/// The MS-DRG of a code set and what moves it: a heading, and a line for each thing that is to be said; `None` for a code
/// set that was not made for the bill of a stay.
pub(crate) fn drg(codes: &CodeSet) -> Option<(String, Vec<String>)> {
    let report = codes.drg.as_ref()?;
    let severity = report.severity.words();
    let Some(drg) = &report.drg else {
        return Some((format!("MS-DRG not known, {severity}"), drg_lines(report)));
    };
    let weight = drg.weight.map(|weight| format!(", weight {weight:.4}")).unwrap_or_default();
    let mdc = if drg.mdc.is_empty() { String::new() } else { format!(", MDC {}", drg.mdc) };
    let heading = format!("MS-DRG {}  {}", drg.code, one_line(&drg.title));
    let source = report.source.map_or("", DrgSource::name);
    let mut lines = vec![format!("{severity}{weight}{mdc}, {}; source: {source}", drg.kind)];
    lines.extend(drg_lines(report));
    Some((heading, lines))
}

fn drg_lines(report: &DrgReport) -> Vec<String> {
    let accepted = report.secondary.iter().map(|effect| {
        format!("{} ({}): {}", effect.code, effect.level.name(), report.says_of_accepted(effect))
    });
    let suggested = report.what_if.iter().map(|effect| {
        format!("to review, {} ({}): {}", effect.code, effect.level.name(), report.says_of_suggested(effect))
    });
    accepted.chain(suggested).chain(report.reasons.iter().cloned()).map(|line| one_line(&line)).collect()
}

/// The rules that decided about a code, with their sections of the Official Guidelines: `uncertain (IV.H), finding-alone
/// (III.B)`. That something is plainly said is no news.
pub(crate) fn rules(codes: &CodeSet, entry: &CodeEntry) -> String {
    const PLAIN: &str = "affirmed";
    let named = |id: &String| match codes.rules.iter().find(|rule| rule.id == *id) {
        Some(rule) if !rule.section.is_empty() => format!("{id} ({})", rule.section),
        _ => id.clone(),
    };
    let rules: Vec<String> = entry.rules.iter().filter(|id| *id != PLAIN).map(named).collect();
    rules.join(", ")
}

/// The section in words; `None` where no header says what it is.
pub(crate) fn section(kind: SectionKind) -> Option<String> {
    (kind != SectionKind::Unknown).then(|| kind.name().replace('_', " "))
}

/// Words of a note on one line: every run of white space as one space, control characters left out.
pub(crate) fn one_line(text: &str) -> String {
    let visible: String = text.chars().filter(|c| c.is_whitespace() || !c.is_control()).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A score with two decimals.
pub(crate) fn score(score: f32) -> String {
    format!("{score:.2}")
}

/// "1 note", "2 notes".
pub(crate) fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// The note's id, without the episode's name before it.
pub(crate) fn note_name(episode: &str, note: &Note) -> String {
    let below = note.id().strip_prefix(episode).and_then(|rest| rest.strip_prefix('/'));
    one_line(below.filter(|name| !name.is_empty()).unwrap_or(note.id()))
}

/// Section and note: "impression · 2024-03-02_chest-x-ray".
pub(crate) fn place(episode: &str, note: &Note, kind: SectionKind) -> String {
    let note = note_name(episode, note);
    section(kind).map_or_else(|| note.clone(), |section| format!("{section} · {note}"))
}

/// Of which note evidence is a copy: "copied from 2024-03-01_admission".
pub(crate) fn copied_from(codes: &CodeSet, episode: &Episode, evidence: &Evidence) -> Option<String> {
    let first = &episode.notes.get(evidence.repeats?.note)?.note;
    Some(format!("copied from {}", note_name(&codes.episode, first)))
}

/// The cue words with the rules that they set off: "no (negated.no)".
pub(crate) fn cues(note: &Note, assertion: Option<&Assertion>) -> Vec<String> {
    let cues = assertion.map_or(&[][..], |a| &a.cues);
    cues.iter().map(|cue| format!("{} ({})", one_line(&note[cue.span]), cue.rule)).collect()
}
