//! The work list: episodes come in, are assigned and taken.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use clinlink_io::read_json_note;
use clinlink_model::Note;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::caller::{Exchange, Leader, Reviewer};
use crate::episodes::{EpisodeItem, Filter, Order, State as EpisodeState};
use crate::error::{ApiError, ErrorBody};
use crate::extract::{Asked, At, JsonBody, bytes_error};
use crate::log::MACHINE;
use crate::review::{Kind, ReviewState};
use crate::role::Role;
use crate::routes::machines::objects;

/// Episodes given at most at a time.
const MOST: i64 = 500;

/// What the work list is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct WorkListQuery {
    /// Only episodes in this state.
    state: Option<EpisodeState>,
    /// `me`, `none`, or a coder's name.
    assigned: Option<String>,
    /// Part of the id or of the patient's identifier.
    q: Option<String>,
    #[serde(default)]
    #[param(inline)]
    order: Order,
    /// How many at most; 100 if it is left out.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<i64>,
    #[param(minimum = 0)]
    offset: Option<i64>,
}

/// The work list.
#[derive(Serialize, ToSchema)]
pub(crate) struct WorkList {
    /// How many episodes there are in all.
    total: i64,
    items: Vec<EpisodeItem>,
    progress: Progress,
}

/// How far annotating has come: episodes of the whole desk by state. Those in review and signed count as ready.
#[derive(Default, Serialize, ToSchema)]
struct Progress {
    queued: i64,
    annotating: i64,
    ready: i64,
    failed: i64,
}

/// The work list: a coder's own and what is nobody's; a lead's is everything
#[utoipa::path(get, path = "/episodes", tag = "work list", params(WorkListQuery),
    responses((status = 200, body = WorkList), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn get(
    State(app): State<App>,
    caller: Reviewer,
    Asked(asked): Asked<WorkListQuery>,
) -> Result<Json<WorkList>, ApiError> {
    let (limit, offset) = (asked.limit.unwrap_or(100), asked.offset.unwrap_or(0));
    if !(1..=MOST).contains(&limit) || offset < 0 {
        return Err(ApiError::Invalid(format!("limit is 1 to {MOST}, offset 0 or more")));
    }
    let assigned = asked.assigned.map(|assigned| match assigned.as_str() {
        "me" => caller.user.name.clone(),
        "none" => String::new(),
        _ => assigned,
    });
    let seen_by = (!caller.user.role.leads()).then(|| caller.user.name.clone());
    let q = asked.q.unwrap_or_default();
    if q.len() > 200 || q.contains('\0') || assigned.as_ref().is_some_and(|name| name.contains('\0')) {
        return Err(ApiError::Invalid("no id holds this".to_owned()));
    }
    let filter = Filter { state: asked.state, assigned, seen_by, q, order: asked.order, limit, offset };
    let (total, items) = app.database.episodes(&filter).await?;
    let mut progress = Progress::default();
    for (state, count) in app.database.states().await? {
        match state.as_str() {
            "queued" => progress.queued += count,
            "annotating" => progress.annotating += count,
            "failed" => progress.failed += count,
            _ => progress.ready += count,
        }
    }
    Ok(Json(WorkList { total, items, progress }))
}

/// What became of an import.
#[derive(Serialize, ToSchema)]
pub(crate) struct Imported {
    /// Episodes that were queued.
    episodes: usize,
    /// Their notes.
    notes: usize,
    /// What could not be taken.
    failed: Vec<FailedLine>,
}

/// A note or episode that could not be taken.
#[derive(Serialize, ToSchema)]
pub(crate) struct FailedLine {
    /// The line, or the place in the array, from 1.
    line: usize,
    error: String,
}

/// Import notes, as JSON lines or an array of what `crates/io/SCHEMA.md` calls a note; they are annotated in the background
#[utoipa::path(post, path = "/episodes", tag = "work list",
    request_body(content((Vec<serde_json::Value> = "application/json"), (String = "application/x-ndjson"))),
    responses((status = 200, body = Imported), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn post(
    State(app): State<App>,
    _caller: Exchange,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Imported>, ApiError> {
    let body = body.map_err(|rejection| bytes_error(&rejection, app.options.body_mib))?;
    let mut failed = Vec::new();
    let mut notes: Vec<(usize, Note)> = Vec::new();
    for (line, object) in objects(&headers, &body)? {
        match read_json_note(&object) {
            Ok(note) => notes.push((line, note)),
            Err((_, fault)) => failed.push(FailedLine { line, error: fault.to_string() }),
        }
    }
    let imported = app.import(notes, &mut failed).await?;
    failed.sort_by_key(|fault| fault.line);
    Ok(Json(Imported { episodes: imported.0, notes: imported.1, failed }))
}

impl App {
    /// Imports notes, each with its line, and queues their episodes. What cannot be taken goes to `failed`. Returns how
    /// many episodes and notes were taken.
    async fn import(
        &self,
        notes: Vec<(usize, Note)>,
        failed: &mut Vec<FailedLine>,
    ) -> Result<(usize, usize), ApiError> {
        let lines: BTreeMap<String, usize> = {
            let first = |(line, note): &(usize, Note)| (episode_of(note), *line);
            notes.iter().rev().map(first).collect()
        };
        let mut seen = HashSet::new();
        let mut kept = Vec::new();
        for (line, note) in notes {
            if note.text().contains('\0') || note.id().contains('\0') {
                failed.push(FailedLine { line, error: "the note holds a NUL character".to_owned() });
            } else if seen.insert(note.id().to_owned()) {
                kept.push(note);
            } else {
                failed.push(FailedLine { line, error: "an earlier note has the same id".to_owned() });
            }
        }
        let outcome = self.database.import_notes(kept).await?;
        for id in outcome.refused {
            let line = lines.get(&id).copied().unwrap_or_default();
            failed.push(FailedLine { line, error: "there is an episode of this id already".to_owned() });
        }
        self.wake.notify_one();
        Ok((outcome.episodes, outcome.notes))
    }
}

fn episode_of(note: &Note) -> String {
    note.episode.clone().unwrap_or_else(|| note.id().to_owned())
}

/// Who shall code an episode.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Assignment {
    /// Nobody, one, or two for double coding.
    #[schema(max_items = 4)]
    coders: Vec<String>,
}

/// Assign an episode; two names or more mean that each codes it without seeing the other's work
#[utoipa::path(post, path = "/episodes/{id}/assign", tag = "work list", params(("id" = String, Path)),
    request_body = Assignment,
    responses((status = 204), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn assign(
    State(app): State<App>,
    _caller: Leader,
    At(id): At<String>,
    JsonBody(Assignment { coders }): JsonBody<Assignment>,
) -> Result<StatusCode, ApiError> {
    let coders: BTreeSet<String> = coders.into_iter().collect();
    if coders.len() > 4 {
        return Err(ApiError::Invalid("at most four coders".to_owned()));
    }
    for coder in &coders {
        let user = app.database.user(coder).await?;
        if !user.is_some_and(|user| user.active && user.role != Role::Service) {
            return Err(ApiError::Invalid("there is no such coder".to_owned()));
        }
    }
    let mut head = app.database.episode(&id).await?;
    let reviews = app.database.reviews(&id).await?;
    let other_way = |kind| if coders.len() > 1 { kind == Kind::Single } else { kind == Kind::Double };
    for (row, state) in reviews.iter().filter(|(row, _)| other_way(row.kind)) {
        let events = app.database.events(&row.id).await?;
        if *state == ReviewState::Signed || events.iter().any(|event| event.who != MACHINE) {
            return Err(ApiError::Conflict("its review has begun; it stays single or double".to_owned()));
        }
    }
    let engine = match &head.proposal {
        Some(proposal) => app.database.proposal(proposal).await?.engine.clone(),
        None => String::new(),
    };
    let mut write = app.database.write().await?;
    sqlx::query("DELETE FROM assignments WHERE episode = $1").bind(&id).execute(&mut *write.tx).await?;
    for coder in &coders {
        sqlx::query("INSERT INTO assignments (episode, coder) VALUES ($1, $2)")
            .bind(&id)
            .bind(coder)
            .execute(&mut *write.tx)
            .await?;
    }
    head.assigned = coders.into_iter().collect();
    if let Some(proposal) = head.proposal.clone() {
        write.settle_reviews(&head, &proposal, &engine, None).await?;
    }
    write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take an episode that nobody has
#[utoipa::path(post, path = "/episodes/{id}/claim", tag = "work list", params(("id" = String, Path)),
    responses((status = 204), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn claim(
    State(app): State<App>,
    caller: Reviewer,
    At(id): At<String>,
) -> Result<StatusCode, ApiError> {
    app.database.episode(&id).await?;
    let mut write = app.database.write().await?;
    // Of two who claim it at once the second finds the first.
    write.lock(&id).await?;
    let done = sqlx::query(
        "INSERT INTO assignments (episode, coder) SELECT $1, $2 \
         WHERE NOT EXISTS (SELECT 1 FROM assignments WHERE episode = $1)",
    )
    .bind(&id)
    .bind(&caller.user.name)
    .execute(&mut *write.tx)
    .await?;
    write.commit().await?;
    if done.rows_affected() == 0 && !app.database.episode(&id).await?.assigned.contains(&caller.user.name) {
        return Err(ApiError::Conflict("somebody has it already".to_owned()));
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Annotate an episode again with the engine of now; decisions stay
#[utoipa::path(post, path = "/episodes/{id}/requeue", tag = "work list", params(("id" = String, Path)),
    responses((status = 204), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn requeue(
    State(app): State<App>,
    _caller: Leader,
    At(id): At<String>,
) -> Result<StatusCode, ApiError> {
    app.database.episode(&id).await?;
    let mut write = app.database.write().await?;
    let done = sqlx::query(
        "UPDATE episodes SET state = 'queued' WHERE id = $1 AND state IN ('ready', 'in_review', 'failed', 'queued')",
    )
    .bind(&id)
    .execute(&mut *write.tx)
    .await?;
    write.commit().await?;
    if done.rows_affected() == 0 {
        return Err(ApiError::Conflict("it is signed off or being annotated".to_owned()));
    }
    app.wake.notify_one();
    Ok(StatusCode::NO_CONTENT)
}
