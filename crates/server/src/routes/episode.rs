//! An episode: its notes, the proposed codes, its reviews.

use axum::Json;
use axum::extract::State;
use clinlink_io::{AnnotatedRecord, AssertionRecord, CodeSetRecord};
use clinlink_pipeline::ExplainedMention;
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::caller::Reviewer;
use crate::desk::visible;
use crate::engine::{span_of, with_known_mentions};
use crate::episodes::State as EpisodeState;
use crate::error::{ApiError, ErrorBody};
use crate::extract::{Asked, At};
use crate::review::{Kind, Place, Review, ReviewRow, ReviewState};

/// Which review to show.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct EpisodeQuery {
    /// A review's id; one's own, or the newest, if it is left out.
    review: Option<String>,
}

/// An episode.
#[derive(Serialize, ToSchema)]
pub(crate) struct EpisodeView {
    id: String,
    state: EpisodeState,
    patient: Option<String>,
    assigned: Vec<String>,
    /// What annotated it; `null` before it is annotated.
    engine: Option<EngineView>,
    notes: Vec<NoteView>,
    /// As proposed, `clinlink/code/1`; `null` before it is annotated.
    #[schema(value_type = Option<Object>)]
    codes: Option<CodeSetRecord>,
    reviews: Vec<ReviewLine>,
    /// The review that is asked for; `null` if there is none that the caller may see.
    review: Option<Review>,
}

/// Versions of what annotates.
#[derive(Serialize, ToSchema)]
pub(crate) struct EngineView {
    pub(crate) id: String,
    pub(crate) pack: String,
    pub(crate) pipeline: String,
    pub(crate) model: String,
}

/// A note.
#[derive(Serialize, ToSchema)]
struct NoteView {
    id: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    date: Option<String>,
    /// As it came in.
    text: String,
    /// `clinlink/annotate/1`; `null` before it is annotated.
    #[schema(value_type = Option<Object>)]
    record: Option<AnnotatedRecord>,
}

/// A review in a list.
#[derive(Serialize, ToSchema)]
struct ReviewLine {
    id: String,
    coder: String,
    kind: Kind,
    state: ReviewState,
    version: i64,
    revision: i64,
}

/// An episode with its notes, the proposed codes and a review
#[utoipa::path(get, path = "/episodes/{id}", tag = "episode", params(("id" = String, Path), EpisodeQuery),
    responses((status = 200, body = EpisodeView), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn get(
    State(app): State<App>,
    caller: Reviewer,
    At(id): At<String>,
    Asked(asked): Asked<EpisodeQuery>,
) -> Result<Json<EpisodeView>, ApiError> {
    let user = caller.user;
    let head = app.episode_for(&user, &id).await?;
    let notes = app.database.notes(&id).await?;
    let (codes, engine) = match &head.proposal {
        Some(proposal) => {
            let proposal = app.database.proposal(proposal).await?;
            (Some(proposal.codes.clone()), Some(engine_view(&app, proposal.engine.clone()).await?))
        }
        None => (None, None),
    };
    let seen = visible(&user, &head, app.database.reviews(&id).await?);
    let mut lines = Vec::with_capacity(seen.len());
    for (row, state) in &seen {
        lines.push(line(&app, row, *state).await?);
    }
    let own = seen.iter().rev().find(|(row, _)| row.kind != Kind::Double || row.coder == user.name);
    let chosen = match (asked.review, own.or(seen.last())) {
        (Some(review), _) => Some(app.review_for(&user, &id, &review).await?),
        (None, Some((row, _))) => Some(app.load(head.clone(), row.clone()).await?),
        (None, None) => None,
    };
    let review = match &chosen {
        Some(loaded) => Some(app.view(loaded).await?),
        None => None,
    };
    let note = |stored: crate::episodes::StoredNote| NoteView {
        id: stored.note.id().to_owned(),
        kind: stored.note.kind.clone(),
        date: stored.note.date.clone(),
        text: stored.note.text().to_owned(),
        record: stored.record,
    };
    Ok(Json(EpisodeView {
        id,
        state: head.state,
        patient: head.patient,
        assigned: head.assigned,
        engine,
        notes: notes.into_iter().map(note).collect(),
        codes,
        reviews: lines,
        review,
    }))
}

async fn line(app: &App, row: &ReviewRow, state: ReviewState) -> Result<ReviewLine, ApiError> {
    let version = app.database.version(&row.id).await?;
    let ReviewRow { id, coder, kind, revision, .. } = row.clone();
    Ok(ReviewLine { id, coder, kind, state, version, revision })
}

async fn engine_view(app: &App, id: String) -> Result<EngineView, ApiError> {
    let (pack, pipeline, model) =
        app.database.engine(&id).await?.ok_or(ApiError::Internal("an engine is not known"))?;
    Ok(EngineView { id, pack, pipeline, model })
}

/// Words of a note.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CandidateQuery {
    /// The note's id.
    note: String,
    /// First character, from 0.
    start_char: usize,
    /// The character after the last one.
    end_char: usize,
}

/// What words may stand for.
#[derive(Serialize, ToSchema)]
pub(crate) struct CandidatesView {
    mention: MentionView,
    candidates: Vec<CandidateView>,
}

/// The mention at these words, or the words themselves if they are none.
#[derive(Serialize, ToSchema)]
struct MentionView {
    text: String,
    label: String,
    start_char: usize,
    end_char: usize,
    /// The words with abbreviations written out.
    long: Option<String>,
    /// How it is meant, as in `clinlink/annotate/1`; `null` for words that no stage has assessed.
    #[schema(value_type = Option<Object>)]
    assertion: Option<AssertionRecord>,
}

/// A concept that words may stand for.
#[derive(Serialize, ToSchema)]
struct CandidateView {
    system: String,
    code: String,
    title: String,
    score: f32,
    via: String,
    /// Why it won or lost.
    verdict: String,
    signs: Vec<SignView>,
    /// Whether it is among the links.
    chosen: bool,
}

/// Something that speaks for or against a candidate.
#[derive(Serialize, ToSchema)]
struct SignView {
    name: String,
    value: f64,
    /// What it does to the score.
    weight: f64,
    /// How: `factor` of the score, `addition` to it, or `log_odds`, an addition to the log odds of a model.
    by: &'static str,
}

/// What words of a note may stand for, and why
#[utoipa::path(get, path = "/episodes/{id}/candidates", tag = "episode",
    params(("id" = String, Path), CandidateQuery),
    responses((status = 200, body = CandidatesView), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn candidates(
    State(app): State<App>,
    caller: Reviewer,
    At(id): At<String>,
    Asked(asked): Asked<CandidateQuery>,
) -> Result<Json<CandidatesView>, ApiError> {
    app.episode_for(&caller.user, &id).await?;
    let notes = app.database.notes(&id).await?;
    let stored = notes.into_iter().find(|stored| stored.note.id() == asked.note);
    let stored = stored.ok_or(ApiError::NotFound("the episode has no such note"))?;
    let record = stored.record.ok_or_else(|| ApiError::Conflict("it is not annotated yet".to_owned()))?;
    let place = Place { note: asked.note, start_char: asked.start_char, end_char: asked.end_char };
    let span = span_of(&stored.note, &place)
        .ok_or_else(|| ApiError::Invalid("these are no words of the note".to_owned()))?;
    let engine = app.engine();
    let input = with_known_mentions(stored.note, &record, &[]);
    let text = input.note.text().to_owned();
    let explained = spawn_blocking(move || engine.explain(input, span)).await;
    let explained = explained.map_err(|_| ApiError::Internal("linking broke off"))?;
    let explained = explained.map_err(|failure| ApiError::Invalid(failure.to_string()))?;
    Ok(Json(candidates_view(&text, &record, explained)))
}

fn candidates_view(text: &str, record: &AnnotatedRecord, explained: ExplainedMention) -> CandidatesView {
    let (start, end) = (explained.mention.span.start(), explained.mention.span.end());
    let known = record.mentions.iter().find(|known| (known.at.start, known.at.end) == (start, end));
    let (start_char, end_char) = crate::desk::chars(text, start, end);
    let candidates = explained.explanation.candidates.into_iter().map(|candidate| CandidateView {
        system: candidate.system,
        code: candidate.code,
        title: candidate.title,
        score: candidate.score,
        via: candidate.via.to_owned(),
        verdict: candidate.verdict,
        signs: candidate
            .signs
            .into_iter()
            .map(|sign| SignView {
                name: sign.name,
                value: sign.value,
                weight: sign.effect,
                by: sign.by.name(),
            })
            .collect(),
        chosen: candidate.kept,
    });
    CandidatesView {
        candidates: candidates.collect(),
        mention: MentionView {
            text: explained.text,
            label: explained.mention.label.name().to_owned(),
            start_char,
            end_char,
            long: explained.explanation.long,
            assertion: known.and_then(|known| known.assertion.clone()),
        },
    }
}
