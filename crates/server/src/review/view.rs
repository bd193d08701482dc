//! A review as the page shows it.

use clinlink_io::{CodeRecord, CodeSetRecord};
use clinlink_model::{Status, System};
use clinlink_vocab::{ConceptId, Fact};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::conflicts::{Conflict, conflicts};
use super::decision::{Axis, CodeKey, Decision, Place};
use super::drg::{self, DrgView, Severity};
use super::event::{Event, SignedCode};
use super::state::{Decided, Principal, State, Teaching, Verdict};
use crate::engine::Engine;
use crate::options::Purpose;

/// What sort of review it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// The only one of its episode.
    Single,
    /// One of two that do not see each other.
    Double,
    /// A lead's, on what two coders decided.
    Adjudication,
}

impl Kind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Double => "double",
            Self::Adjudication => "adjudication",
        }
    }

    pub(crate) fn from_name(name: &str) -> Self {
        match name {
            "double" => Self::Double,
            "adjudication" => Self::Adjudication,
            _ => Self::Single,
        }
    }
}

/// Whether a review can be decided in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ReviewState {
    /// It can.
    Open,
    /// It is signed off.
    Signed,
}

/// A review: the machine's codes and what people decided about them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Review {
    pub(crate) id: String,
    pub(crate) episode: String,
    /// Whose it is; of a single review who decided first, empty before that.
    pub(crate) coder: String,
    pub(crate) kind: Kind,
    pub(crate) state: ReviewState,
    /// Counts how often the episode was signed off and opened again, from 1.
    pub(crate) revision: i64,
    /// What a decision must name: the number of the last event.
    pub(crate) version: i64,
    pub(crate) codes: Vec<ReviewedCode>,
    /// The codes that stand if it is signed off as it is.
    #[serde(rename = "final")]
    pub(crate) standing: Vec<String>,
    pub(crate) conflicts: Vec<Conflict>,
    pub(crate) severity: Severity,
    /// The MS-DRG of the codes that stand; null where it is not asked for: at a desk for studies, and for a visit.
    pub(crate) drg: Option<DrgView>,
    pub(crate) context: Vec<ContextView>,
    pub(crate) teachings: Vec<TeachingView>,
    pub(crate) comments: Vec<Comment>,
    pub(crate) history: Vec<HistoryLine>,
}

/// A code of a review.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ReviewedCode {
    pub(crate) system: String,
    pub(crate) code: String,
    pub(crate) title: String,
    /// `proposed`, `accepted`, `rejected`, `added`, `replaced`.
    pub(crate) decision: &'static str,
    /// `machine`, or `coder` if a coder decided or added it.
    pub(crate) by: &'static str,
    /// The machine's; a code that it has not proposed has `review`.
    #[schema(value_type = String)]
    pub(crate) status: Status,
    pub(crate) score: f64,
    /// Why it is rejected, else the machine's reason.
    pub(crate) reason: String,
    /// The coder's note.
    pub(crate) note: Option<String>,
    pub(crate) replaces: Option<CodeKey>,
    pub(crate) principal: bool,
    pub(crate) in_chart: bool,
    /// `CC`, `MCC`.
    pub(crate) severity: Option<String>,
    pub(crate) evidence: Vec<EvidenceView>,
    pub(crate) rules: Vec<String>,
    /// Structured facts of the chart that speak for or against it, in words.
    pub(crate) facts: Vec<String>,
}

/// Words that support a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct EvidenceView {
    pub(crate) note: String,
    pub(crate) start_char: usize,
    pub(crate) end_char: usize,
    pub(crate) text: String,
}

/// How words are meant, as a coder says.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ContextView {
    pub(crate) note: String,
    pub(crate) start_char: usize,
    pub(crate) end_char: usize,
    pub(crate) axis: Axis,
    pub(crate) value: String,
}

/// What the machine should learn.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct TeachingView {
    /// `synonym`, `abbreviation`.
    pub(crate) kind: &'static str,
    pub(crate) term: String,
    /// What it means: the code's title, or the long form.
    pub(crate) means: String,
    pub(crate) system: Option<String>,
    pub(crate) code: Option<String>,
}

/// A remark.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Comment {
    pub(crate) seq: i64,
    pub(crate) who: String,
    pub(crate) at: String,
    pub(crate) text: String,
    pub(crate) code: Option<CodeKey>,
}

/// A line of the audit trail.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct HistoryLine {
    pub(crate) seq: i64,
    pub(crate) at: String,
    pub(crate) who: String,
    pub(crate) kind: String,
    pub(crate) says: String,
    /// Whether it was taken back.
    pub(crate) undone: bool,
}

/// A review's line in the database.
#[derive(Debug, Clone)]
pub(crate) struct ReviewRow {
    pub(crate) id: String,
    pub(crate) episode: String,
    pub(crate) coder: String,
    pub(crate) kind: Kind,
    pub(crate) revision: i64,
}

/// A code of a review, and whether it stands.
#[derive(Debug, Clone)]
pub(crate) struct Standing<'a> {
    pub(crate) key: CodeKey,
    /// What the machine says of it.
    pub(crate) proposed: Option<&'a CodeRecord>,
    /// What a person decided.
    pub(crate) decided: Option<&'a Decided>,
    /// Words that people picked.
    picked: &'a [Place],
    pub(crate) stands: bool,
}

fn key_of(record: &CodeRecord) -> CodeKey {
    CodeKey { system: record.system.name().to_owned(), code: record.code.clone() }
}

/// Every code of a review: the machine's in their order, then those that people brought in.
pub(crate) fn standing<'a>(state: &'a State, proposal: &'a CodeSetRecord) -> Vec<Standing<'a>> {
    let mut all: Vec<Standing<'a>> = Vec::new();
    for proposed in &proposal.codes {
        let key = key_of(proposed);
        let decided = state.of(&key);
        let stands = decided.map_or(proposed.status == Status::Accepted, |d| d.verdict.stands());
        let picked = decided.map_or(&[][..], |decided| &decided.evidence);
        all.push(Standing { key, proposed: Some(proposed), decided, picked, stands });
    }
    let is_new = |all: &[Standing<'_>], key: &CodeKey| all.iter().all(|known| known.key != *key);
    for decided in &state.decided {
        if is_new(&all, &decided.key) {
            let (picked, stands) = (&decided.evidence[..], decided.verdict.stands());
            all.push(Standing {
                key: decided.key.clone(),
                proposed: None,
                decided: Some(decided),
                picked,
                stands,
            });
        }
    }
    for suggested in &state.suggested {
        if is_new(&all, &suggested.key) {
            let key = suggested.key.clone();
            all.push(Standing {
                key,
                proposed: None,
                decided: None,
                picked: &suggested.evidence,
                stands: false,
            });
        }
    }
    all
}

/// How many codes of a review a person must decide, and how many stand.
pub(crate) fn counts(state: &State, proposal: &CodeSetRecord) -> (usize, usize) {
    let all = standing(state, proposal);
    let open = all.iter().filter(|code| {
        code.decided.is_none() && code.proposed.is_none_or(|proposed| proposed.status == Status::Review)
    });
    (open.count(), all.iter().filter(|code| code.stands).count())
}

/// The principal diagnosis among the codes that stand.
fn principal(state: &State, all: &[Standing<'_>]) -> Option<CodeKey> {
    let first = |code: &&Standing<'_>| code.proposed.is_some_and(|p| p.report.sequence == Some(1));
    let chosen = match &state.principal {
        Principal::Proposed => all.iter().find(first)?.key.clone(),
        Principal::None => return None,
        Principal::Chosen(key) => key.clone(),
    };
    let replaced = match state.of(&chosen).map(|decided| &decided.verdict) {
        Some(Verdict::Replaced { with }) => with.clone(),
        _ => chosen,
    };
    all.iter().find(|code| code.stands && code.key == replaced).map(|code| code.key.clone())
}

/// A review as the page shows it, on the code set that the machine proposed. `text` gives the words at a place.
pub(crate) fn review(
    row: &ReviewRow,
    events: &[Event],
    state: &State,
    proposal: &CodeSetRecord,
    engine: &Engine,
    purpose: Purpose,
    text: &dyn Fn(&Place) -> String,
) -> Review {
    let all = standing(state, proposal);
    let principal = principal(state, &all);
    let codes: Vec<ReviewedCode> = all
        .iter()
        .map(|code| reviewed(code, proposal, principal.as_ref() == Some(&code.key), engine, text))
        .collect();
    let stand: Vec<&CodeKey> = all.iter().filter(|code| code.stands).map(|code| &code.key).collect();
    let standing = stand.iter().map(|key| key.code.clone()).collect();
    let drg = drg::group(&all, principal.as_ref(), engine);
    Review {
        id: row.id.clone(),
        episode: row.episode.clone(),
        coder: row.coder.clone(),
        kind: row.kind,
        state: if state.signed.is_some() { ReviewState::Signed } else { ReviewState::Open },
        revision: row.revision,
        version: state.version,
        standing,
        conflicts: conflicts(engine, &stand, principal.as_ref(), purpose),
        severity: Severity::from(&drg),
        drg: (purpose == Purpose::Billing && drg::is_stay(proposal)).then(|| DrgView::from(&drg)),
        codes,
        context: state.context.iter().map(context_view).collect(),
        teachings: state.teachings.iter().map(|teaching| teaching_view(teaching, engine)).collect(),
        comments: comments(events, state),
        history: events.iter().map(|event| history_line(event, state)).collect(),
    }
}

/// The codes that stand, as they are written down when a review is signed off.
pub(crate) fn signed_codes(state: &State, proposal: &CodeSetRecord, engine: &Engine) -> Vec<SignedCode> {
    let all = standing(state, proposal);
    let principal = principal(state, &all);
    let standing = all.iter().filter(|code| code.stands);
    standing
        .map(|code| SignedCode {
            title: title(code, engine),
            principal: principal.as_ref() == Some(&code.key),
            decided: code.decided.is_some(),
            key: code.key.clone(),
        })
        .collect()
}

/// The concept of a code.
pub(crate) fn concept(engine: &Engine, key: &CodeKey) -> Option<ConceptId> {
    engine.pack.find(&System::from(key.system.as_str()), &key.code)
}

fn title(code: &Standing<'_>, engine: &Engine) -> String {
    let known = || concept(engine, &code.key).map(|id| engine.pack.title(id).to_owned());
    code.proposed.map(|proposed| proposed.title.clone()).or_else(known).unwrap_or_default()
}

fn reviewed(
    code: &Standing<'_>,
    proposal: &CodeSetRecord,
    principal: bool,
    engine: &Engine,
    text: &dyn Fn(&Place) -> String,
) -> ReviewedCode {
    let decision = match code.decided.map(|decided| &decided.verdict) {
        None => "proposed",
        Some(Verdict::Accepted) => "accepted",
        Some(Verdict::Rejected { .. }) => "rejected",
        Some(Verdict::Added) => "added",
        Some(Verdict::Replaced { .. }) => "replaced",
    };
    let (reason, note) = match code.decided.map(|decided| &decided.verdict) {
        Some(Verdict::Rejected { reason, note }) => (reason.says().to_owned(), note.clone()),
        Some(Verdict::Replaced { with }) => (format!("replaced by {}", with.code), None),
        _ => (code.proposed.map(|proposed| proposed.reason.clone()).unwrap_or_default(), None),
    };
    let replaces = code.decided.and_then(|decided| decided.replaces.clone());
    let mut evidence: Vec<EvidenceView> = code.picked.iter().map(|place| picked(place, text)).collect();
    let old = replaces.as_ref().and_then(|old| proposal.codes.iter().find(|known| key_of(known) == *old));
    for piece in code.proposed.iter().chain(&old).flat_map(|known| &known.evidence) {
        let piece = EvidenceView {
            note: piece.note.clone(),
            start_char: piece.at.start_char,
            end_char: piece.at.end_char,
            text: piece.text.clone(),
        };
        if !evidence.contains(&piece) {
            evidence.push(piece);
        }
    }
    let stored = code.proposed.and_then(|proposed| proposed.report.severity.clone());
    let severity = stored.or_else(|| {
        let id = concept(engine, &code.key)?;
        engine.pack.facts(id).find(|(fact, _)| *fact == Fact::Severity).map(|(_, value)| value.to_owned())
    });
    let facts = code.proposed.map(|p| p.facts.iter().map(|fact| fact.says.clone()).collect());
    ReviewedCode {
        title: title(code, engine),
        system: code.key.system.clone(),
        code: code.key.code.clone(),
        decision,
        by: if code.decided.is_some() || code.proposed.is_none() { "coder" } else { "machine" },
        status: code.proposed.map_or(Status::Review, |proposed| proposed.status),
        score: code.proposed.map_or(1.0, |proposed| proposed.score),
        reason,
        note,
        replaces,
        principal,
        in_chart: code.proposed.is_some_and(|proposed| proposed.report.in_chart),
        severity,
        evidence,
        rules: code.proposed.map(|proposed| proposed.rules.clone()).unwrap_or_default(),
        facts: facts.unwrap_or_default(),
    }
}

fn picked(place: &Place, text: &dyn Fn(&Place) -> String) -> EvidenceView {
    let Place { note, start_char, end_char } = place.clone();
    EvidenceView { text: text(place), note, start_char, end_char }
}

fn context_view(change: &super::state::ContextChange) -> ContextView {
    let Place { note, start_char, end_char } = change.place.clone();
    ContextView { note, start_char, end_char, axis: change.axis, value: change.value.clone() }
}

fn teaching_view(teaching: &Teaching, engine: &Engine) -> TeachingView {
    match teaching {
        Teaching::Synonym { term, system, code } => {
            let key = CodeKey { system: system.clone(), code: code.clone() };
            let means = concept(engine, &key).map(|id| engine.pack.title(id).to_owned());
            let (system, code) = (Some(key.system), Some(key.code));
            TeachingView {
                kind: "synonym",
                term: term.clone(),
                means: means.unwrap_or_default(),
                system,
                code,
            }
        }
        Teaching::Abbreviation { term, means } => {
            let (term, means) = (term.clone(), means.clone());
            TeachingView { kind: "abbreviation", term, means, system: None, code: None }
        }
    }
}

fn comments(events: &[Event], state: &State) -> Vec<Comment> {
    let kept = events.iter().filter(|event| !state.undone.contains(&event.seq));
    let comment = |event: &Event| match &event.payload.decision {
        Some(Decision::Comment { text, code }) => Some(Comment {
            seq: event.seq,
            who: event.who.clone(),
            at: event.at.clone(),
            text: text.clone(),
            code: code.clone(),
        }),
        _ => None,
    };
    kept.filter_map(comment).collect()
}

fn history_line(event: &Event, state: &State) -> HistoryLine {
    HistoryLine {
        seq: event.seq,
        at: event.at.clone(),
        who: event.who.clone(),
        kind: event.kind.clone(),
        says: said(event),
        undone: state.undone.contains(&event.seq),
    }
}

/// An event in words.
fn said(event: &Event) -> String {
    let Some(decision) = &event.payload.decision else {
        let reason = event.payload.opening.as_ref().and_then(|opening| opening.reason.as_deref());
        return match (event.kind.as_str(), reason) {
            ("open", Some(reason)) => format!("opened again: {reason}"),
            ("open", None) => "opened".to_owned(),
            _ => "annotated again".to_owned(),
        };
    };
    match decision {
        Decision::Accept { code, .. } => format!("accepted {code}"),
        Decision::Reject { code, reason, .. } => format!("rejected {code}: {}", reason.says()),
        Decision::Replace { code, with, .. } => format!("replaced {code} by {}", with.code),
        Decision::Add { code, .. } => format!("added {code}"),
        Decision::Clear { code, .. } => format!("cleared the decision on {code}"),
        Decision::Context { value, .. } => format!("marked words as {value}"),
        Decision::Synonym { term, code, .. } => format!("taught that “{term}” means {code}"),
        Decision::Abbreviation { short, long } => format!("taught that {short} is short for {long}"),
        Decision::Principal { code: Some(code), .. } => format!("made {code} the principal diagnosis"),
        Decision::Principal { code: None, .. } => "left the principal diagnosis open".to_owned(),
        Decision::Comment { code: Some(key), .. } => format!("commented on {}", key.code),
        Decision::Comment { code: None, .. } => "commented".to_owned(),
        Decision::Undo {} => "took back the last decision".to_owned(),
        Decision::SignOff {} => {
            let codes = event.payload.signed.as_ref().map_or(0, Vec::len);
            format!("signed off with {codes} codes")
        }
    }
}
