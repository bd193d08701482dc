//! Annotating and coding for programs: notes in, records out, nothing stored.
//!
//! As many calls are at work at a time as the server has cores; as many again and more may wait; what comes beyond that is
//! refused at once with 429, so that a caller knows to come again and the others' answers stay quick. So is who calls more often
//! than the desk's limit for each user.

use std::collections::HashSet;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use clinlink_io::{
    AnnotatedRecord, CodeSetRecord, FailureRecord, Input, RecordFault, Schema, read_json_note,
};
use clinlink_pipeline::{Episodes, NoteFailure};
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;

use crate::app::App;
use crate::caller::Anyone;
use crate::engine::Engine;
use crate::error::{ApiError, ErrorBody};
use crate::extract::bytes_error;

/// Lines that may wait for a slow reader.
const AHEAD: usize = 16;
/// Notes annotated at a time of a stream.
const BATCH: usize = 8;

/// A record, or why there is none.
#[derive(Serialize)]
#[serde(untagged)]
enum Outcome {
    Note(Box<AnnotatedRecord>),
    Codes(Box<CodeSetRecord>),
    Failure(FailureRecord),
}

/// What a call makes of notes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Task {
    Annotate,
    Code,
}

impl Task {
    const fn schema(self) -> Schema {
        match self {
            Self::Annotate => Schema::Annotate,
            Self::Code => Schema::Code,
        }
    }
}

/// Annotate notes: one `clinlink/annotate/1` a note, in their order. JSON lines are answered line by line
#[utoipa::path(post, path = "/annotate", tag = "machines",
    request_body(content((Vec<serde_json::Value> = "application/json"), (String = "application/x-ndjson"))),
    responses((status = 200, content((Vec<serde_json::Value> = "application/json"), (String = "application/x-ndjson"))),
        (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn annotate(
    State(app): State<App>,
    caller: Anyone,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    call(&app, &caller.user.name, Task::Annotate, &headers, body).await
}

/// Code episodes: one `clinlink/code/1` an episode. Notes without an episode are each their own
#[utoipa::path(post, path = "/code", tag = "machines",
    request_body(content((Vec<serde_json::Value> = "application/json"), (String = "application/x-ndjson"))),
    responses((status = 200, content((Vec<serde_json::Value> = "application/json"), (String = "application/x-ndjson"))),
        (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn code(
    State(app): State<App>,
    caller: Anyone,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    call(&app, &caller.user.name, Task::Code, &headers, body).await
}

async fn call(
    app: &App,
    user: &str,
    task: Task,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let body = body.map_err(|rejection| bytes_error(&rejection, app.options.body_mib))?;
    app.limits.count(user).inspect_err(|_| app.metrics.refused())?;
    let Ok(admitted) = Arc::clone(&app.admitted).try_acquire_owned() else {
        app.metrics.refused();
        return Err(ApiError::Busy(1));
    };
    let objects = objects(headers, &body)?;
    let working = Arc::clone(&app.working).acquire_owned().await;
    let permits = (admitted, working.map_err(|_| ApiError::Stopping)?);
    let engine = app.engine();
    let (send, receive) = mpsc::channel(AHEAD);
    let lines = is_lines(headers);
    spawn_blocking(move || {
        work(&engine, task, &objects, &send);
        drop(permits);
    });
    if lines {
        let stream = ReceiverStream::new(receive).map(|outcome| line(&outcome));
        let kind = [(header::CONTENT_TYPE, "application/x-ndjson")];
        return Ok((kind, Body::from_stream(stream)).into_response());
    }
    let outcomes: Vec<Outcome> = ReceiverStream::new(receive).collect().await;
    Ok(axum::Json(outcomes).into_response())
}

fn line(outcome: &Outcome) -> Result<Bytes, serde_json::Error> {
    let mut line = serde_json::to_vec(outcome)?;
    line.push(b'\n');
    Ok(line.into())
}

/// Takes notes through the engine and sends the results as they come. Ends early if nobody listens any more.
fn work(engine: &Engine, task: Task, objects: &[(usize, Vec<u8>)], send: &mpsc::Sender<Outcome>) {
    let schema = task.schema();
    let mut episodes = Episodes::default();
    let mut failed = Vec::new();
    let mut seen = HashSet::new();
    for batch in objects.chunks(BATCH) {
        let mut inputs = Vec::with_capacity(batch.len());
        for (line, object) in batch {
            match read_json_note(object) {
                Ok(note) if seen.insert(note.id().to_owned()) => inputs.push(Input { note, given: None }),
                Ok(note) => {
                    let fault = RecordFault::DuplicateId.to_string();
                    failed.push(unread(schema, *line, Some(note.id().to_owned()), &fault));
                }
                Err((id, fault)) => failed.push(unread(schema, *line, id, &fault.to_string())),
            }
        }
        for failure in failed.drain(..) {
            if send.blocking_send(Outcome::Failure(failure)).is_err() {
                return;
            }
        }
        for annotated in engine.annotate(inputs) {
            let outcome = match annotated {
                Err(failure) => Some(told(schema, &failure)),
                Ok(annotated) if task == Task::Annotate => {
                    Some(Outcome::Note(Box::new(AnnotatedRecord::from(&annotated))))
                }
                Ok(annotated) => episodes.add(annotated).map(|mut episode| coded(engine, &mut episode)),
            };
            if outcome.is_some_and(|outcome| send.blocking_send(outcome).is_err()) {
                return;
            }
        }
    }
    for mut episode in episodes.finish() {
        if send.blocking_send(coded(engine, &mut episode)).is_err() {
            return;
        }
    }
}

fn coded(engine: &Engine, episode: &mut clinlink_model::Episode) -> Outcome {
    match engine.code(episode) {
        Ok(codes) => Outcome::Codes(Box::new(codes)),
        Err(failure) => told(Schema::Code, &failure),
    }
}

fn told(schema: Schema, failure: &NoteFailure) -> Outcome {
    Outcome::Failure(FailureRecord::new(schema, &failure.note, &failure.cause))
}

fn unread(schema: Schema, line: usize, id: Option<String>, fault: &str) -> FailureRecord {
    let mut record = FailureRecord::new(schema, "", fault);
    (record.note, record.line) = (id, Some(line as u64));
    record
}

/// Whether a body is JSON lines.
fn is_lines(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    ["application/x-ndjson", "application/jsonl", "application/x-jsonlines"].contains(&kind)
}

/// The objects of a body of JSON lines, of an array, or of one object, each with its line or place from 1.
pub(crate) fn objects(headers: &HeaderMap, body: &Bytes) -> Result<Vec<(usize, Vec<u8>)>, ApiError> {
    if is_lines(headers) {
        let lines = body.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).enumerate();
        let objects = lines.filter(|(_, line)| !line.is_empty()).map(|(at, line)| (at + 1, line.to_owned()));
        return Ok(objects.collect());
    }
    let broken =
        |_| ApiError::Invalid("the body is neither a JSON object nor an array of objects".to_owned());
    let trimmed = body.trim_ascii_start();
    if trimmed.starts_with(b"{") {
        return Ok(vec![(1, trimmed.to_owned())]);
    }
    // As they are written: ids may be numbers of any length.
    let objects: Vec<&RawValue> = serde_json::from_slice(trimmed).map_err(broken)?;
    let objects = objects.into_iter().enumerate();
    Ok(objects.map(|(at, object)| (at + 1, object.get().as_bytes().to_owned())).collect())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::lines("application/x-ndjson", "{\"a\":1}\n\n {\"b\":2}\r\n", &[(1, "{\"a\":1}"), (3, "{\"b\":2}")])]
    #[case::array("application/json", "[{\"a\":1}, {\"b\":2}]", &[(1, "{\"a\":1}"), (2, "{\"b\":2}")])]
    #[case::one("application/json", " {\"a\":1}", &[(1, "{\"a\":1}")])]
    fn a_body_is_taken_apart(#[case] kind: &str, #[case] body: &str, #[case] expected: &[(usize, &str)]) {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, kind.parse().unwrap());
        let found = objects(&headers, &Bytes::from(body.to_owned())).unwrap();
        let found: Vec<(usize, &str)> =
            found.iter().map(|(at, object)| (*at, std::str::from_utf8(object).unwrap())).collect();
        assert_eq!(found, expected);
    }
}
