//! Looking codes up.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use clinlink_model::System;
use clinlink_vocab::{ConceptId, Fact, NoteKind, Pack, TermKind, normal_form};
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::caller::Anyone;
use crate::error::{ApiError, ErrorBody};
use crate::extract::{Asked, At};

/// Concepts given at most.
const MOST: usize = 100;
/// Characters of a query at most.
const MOST_QUERY: usize = 200;
/// Synonyms and children shown of a concept at most.
const SHOWN: usize = 500;

/// The code systems of the pack
#[utoipa::path(get, path = "/vocabulary/systems", tag = "vocabulary",
    responses((status = 200, body = Vec<String>), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn systems(State(app): State<App>, _caller: Anyone) -> Json<Vec<String>> {
    Json(app.engine().pack.systems().map(|system| system.name().to_owned()).collect())
}

/// What to look for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SearchQuery {
    /// Words of a term, or a code.
    q: String,
    /// Concepts of this system only.
    system: Option<String>,
    /// How many at most; 20 if it is left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
}

/// What was found.
#[derive(Serialize, ToSchema)]
pub(crate) struct Found {
    items: Vec<FoundConcept>,
}

/// A concept that was found.
#[derive(Serialize, ToSchema)]
struct FoundConcept {
    system: String,
    code: String,
    title: String,
    /// The term that has the words.
    term: String,
    billable: bool,
    score: f32,
}

/// Look for concepts by words of their terms or by a code
#[utoipa::path(get, path = "/vocabulary/search", tag = "vocabulary", params(SearchQuery),
    responses((status = 200, body = Found), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn search(
    State(app): State<App>,
    _caller: Anyone,
    Asked(asked): Asked<SearchQuery>,
) -> Result<Json<Found>, ApiError> {
    let limit = asked.limit.unwrap_or(20);
    if !(1..=MOST).contains(&limit) || asked.q.chars().count() > MOST_QUERY {
        return Err(ApiError::Invalid(format!(
            "limit is 1 to {MOST}, q has at most {MOST_QUERY} characters"
        )));
    }
    let pack = Arc::clone(&app.engine().pack);
    let system = asked.system.filter(|name| !name.is_empty()).map(|name| {
        let known = pack.system(&name).cloned();
        known.ok_or_else(|| ApiError::Invalid("the vocabulary has no such system".to_owned()))
    });
    let system = system.transpose()?;
    let found = spawn_blocking(move || found(&pack, &asked.q, system.as_ref(), limit)).await;
    let found = found.map_err(|_| ApiError::Internal("searching broke off"))?;
    let items = found.ok_or(ApiError::Internal("the vocabulary cannot be searched"))?;
    Ok(Json(Found { items }))
}

/// Concepts with that code, then with that term, then by full text; of equals what may be reported first.
fn found(pack: &Pack, q: &str, system: Option<&System>, limit: usize) -> Option<Vec<FoundConcept>> {
    let normal = normal_form(q);
    let words: Vec<&str> = normal.split(' ').collect();
    let by_code = pack.by_code(q).into_iter().map(|id| (id, 1.0));
    let value = pack.terms().get(&normal);
    let by_term =
        value.into_iter().flat_map(|value| pack.postings(value)).map(|posting| (posting.concept, 1.0));
    let by_words = pack.search(&normal, None, limit.saturating_mul(8)).ok()?;
    let best = by_words.first().map_or(1.0, |(_, score)| score.max(f32::EPSILON));
    let by_words = by_words.into_iter().map(|(id, score)| (id, 0.99 * score / best));
    let mut items: Vec<(ConceptId, f32)> = Vec::new();
    for (id, score) in by_code.chain(by_term).chain(by_words) {
        let wanted = system.is_none_or(|system| pack.system_of(id) == system);
        if wanted && items.len() < limit && !items.iter().any(|(known, _)| *known == id) {
            items.push((id, score));
        }
    }
    let item = |(id, score): (ConceptId, f32)| {
        let concept = pack.concept(id);
        FoundConcept {
            system: concept.system.name().to_owned(),
            code: concept.code.to_owned(),
            title: concept.title.to_owned(),
            term: term(pack, id, &words).to_owned(),
            billable: concept.billable,
            score,
        }
    };
    Some(items.into_iter().map(item).collect())
}

/// The term of a concept that has most of the words, the title among equals.
fn term<'p>(pack: &'p Pack, id: ConceptId, words: &[&str]) -> &'p str {
    let shared = |text: &str| {
        let normal = normal_form(text);
        words.iter().filter(|word| normal.split(' ').any(|other| other.starts_with(**word))).count()
    };
    let title = pack.title(id);
    let mut best = (shared(title), title);
    for (text, kind) in pack.terms_of(id).take(200) {
        let count = if kind == TermKind::Title { 0 } else { shared(text) };
        if count > best.0 {
            best = (count, text);
        }
    }
    best.1
}

/// All that a coder needs to know of a code.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConceptView {
    system: String,
    code: String,
    title: String,
    billable: bool,
    /// `CC`, `MCC`.
    severity: Option<String>,
    synonyms: Vec<String>,
    /// The nearest first.
    parents: Vec<Above>,
    children: Vec<Below>,
    /// Its own and those of what stands above it, which hold for it too.
    notes: Vec<TabularNote>,
}

/// What stands above a code.
#[derive(Serialize, ToSchema)]
struct Above {
    code: String,
    title: String,
}

/// What stands below a code.
#[derive(Serialize, ToSchema)]
struct Below {
    code: String,
    title: String,
    billable: bool,
}

/// A note of the tabular list.
#[derive(Serialize, ToSchema)]
struct TabularNote {
    /// `includes`, `excludes1`, `excludes2`, `code-first`, `use-additional`, `code-also`, `seventh-character`.
    kind: &'static str,
    text: String,
    /// The code at which it stands.
    at: String,
}

const NOTES: [(NoteKind, &str); 7] = [
    (NoteKind::Includes, "includes"),
    (NoteKind::Excludes1, "excludes1"),
    (NoteKind::Excludes2, "excludes2"),
    (NoteKind::CodeFirst, "code-first"),
    (NoteKind::UseAdditional, "use-additional"),
    (NoteKind::CodeAlso, "code-also"),
    (NoteKind::SeventhCharacter, "seventh-character"),
];

/// A code with its synonyms, what stands above and below it, and the notes of the tabular list
#[utoipa::path(get, path = "/vocabulary/{system}/{code}", tag = "vocabulary",
    params(("system" = String, Path), ("code" = String, Path)),
    responses((status = 200, body = ConceptView), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn concept(
    State(app): State<App>,
    _caller: Anyone,
    At((system, code)): At<(String, String)>,
) -> Result<Json<ConceptView>, ApiError> {
    let engine = app.engine();
    let pack = &engine.pack;
    let system = pack.system(&system).ok_or(ApiError::NotFound("the vocabulary has no such system"))?;
    let id = pack.in_system(system, &code).ok_or(ApiError::NotFound("the vocabulary has no such code"))?;
    let concept = pack.concept(id);
    let above: Vec<ConceptId> = pack.ancestors(id).collect();
    let own = pack.surfaces(id).filter(|surface| !surface.made && surface.text != concept.title);
    let mut synonyms: Vec<String> = own.map(|surface| surface.text.to_owned()).take(SHOWN).collect();
    synonyms.dedup();
    let mut notes = Vec::new();
    for (kind, name) in NOTES {
        for at in std::iter::once(id).chain(above.iter().copied()) {
            let code = pack.code(at);
            let note = |text: &str| TabularNote { kind: name, text: text.to_owned(), at: code.to_owned() };
            notes.extend(pack.notes(at, kind).map(note));
        }
    }
    let severity = pack.facts(id).find(|(fact, _)| *fact == Fact::Severity);
    let named = |id: &ConceptId| {
        let concept = pack.concept(*id);
        Above { code: concept.code.to_owned(), title: concept.title.to_owned() }
    };
    let child = |id: ConceptId| {
        let concept = pack.concept(id);
        let (code, title) = (concept.code.to_owned(), concept.title.to_owned());
        Below { code, title, billable: concept.billable }
    };
    Ok(Json(ConceptView {
        system: concept.system.name().to_owned(),
        code: concept.code.to_owned(),
        title: concept.title.to_owned(),
        billable: concept.billable,
        severity: severity.map(|(_, value)| value.to_owned()),
        synonyms,
        parents: above.iter().map(named).collect(),
        children: pack.children(id).take(SHOWN).map(child).collect(),
        notes,
    }))
}
