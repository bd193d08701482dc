//! What comes out of the desk: training data, codes, the audit trail. Streamed: it may be long.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::caller::Exchange;
use crate::error::{ApiError, ErrorBody};
use crate::extract::Asked;
use crate::log::LoggedEvent;
use crate::training::training_records;

/// Events read at a time.
const PAGE: i64 = 200;
/// Lines that may wait for a slow reader.
const AHEAD: usize = 64;

/// The form of exported codes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// JSON lines.
    #[default]
    Jsonl,
    /// Comma-separated values with a header.
    Csv,
}

/// How codes are exported.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CodesQuery {
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// What coders decided, as training data: one JSON line a note of every signed review, as `clinlink train` takes them
#[utoipa::path(get, path = "/exports/decisions", tag = "exports",
    responses((status = 200, body = String, content_type = "application/x-ndjson"),
        (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn decisions(State(app): State<App>, _caller: Exchange) -> Result<Response, ApiError> {
    let (send, body) = stream();
    tokio::spawn(async move {
        let mut seq = 0;
        while let Ok(events) = app.database.sign_offs(seq, PAGE).await {
            let Some(last) = events.last() else { return };
            seq = last.event.seq;
            for event in &events {
                let Ok(records) = training_records(&app, event).await else {
                    // A stream that breaks off is seen to be incomplete; one that ends is not.
                    let _ = send.send(Err(Broken)).await;
                    return;
                };
                for record in &records {
                    if send.send(Ok(line(record))).await.is_err() {
                        return;
                    }
                }
            }
        }
        let _ = send.send(Err(Broken)).await;
    });
    Ok(answer("application/x-ndjson", body))
}

/// The codes of every sign-off, one a line
#[utoipa::path(get, path = "/exports/codes", tag = "exports", params(CodesQuery),
    responses((status = 200, content((String = "application/x-ndjson"), (String = "text/csv"))),
        (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn codes(
    State(app): State<App>,
    _caller: Exchange,
    Asked(CodesQuery { format }): Asked<CodesQuery>,
) -> Result<Response, ApiError> {
    let (send, body) = stream();
    tokio::spawn(async move {
        if format == Format::Csv {
            let header = format!("{}\n", COLUMNS.join(","));
            if send.send(Ok(header.into())).await.is_err() {
                return;
            }
        }
        let mut seq = 0;
        while let Ok(events) = app.database.sign_offs(seq, PAGE).await {
            let Some(last) = events.last() else { return };
            seq = last.event.seq;
            for row in events.iter().flat_map(code_rows) {
                let text = if format == Format::Csv { csv(&row) } else { line(&row) };
                if send.send(Ok(text)).await.is_err() {
                    return;
                }
            }
        }
        let _ = send.send(Err(Broken)).await;
    });
    let kind = if format == Format::Csv { "text/csv; charset=utf-8" } else { "application/x-ndjson" };
    Ok(answer(kind, body))
}

/// The audit trail: who did what when on which engine, one event a line
#[utoipa::path(get, path = "/exports/log", tag = "exports",
    responses((status = 200, body = String, content_type = "application/x-ndjson"),
        (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn log(State(app): State<App>, _caller: Exchange) -> Result<Response, ApiError> {
    let (send, body) = stream();
    tokio::spawn(async move {
        let mut seq = 0;
        while let Ok(events) = app.database.log(seq, PAGE).await {
            let Some(last) = events.last() else { return };
            seq = last.event.seq;
            for logged in &events {
                if send.send(Ok(line(&log_row(logged)))).await.is_err() {
                    return;
                }
            }
        }
        let _ = send.send(Err(Broken)).await;
    });
    Ok(answer("application/x-ndjson", body))
}

/// The database failed in the middle of a stream.
#[derive(Debug, thiserror::Error)]
#[error("the export broke off")]
struct Broken;

type Lines = mpsc::Sender<Result<Bytes, Broken>>;

fn stream() -> (Lines, Body) {
    let (send, receive) = mpsc::channel(AHEAD);
    (send, Body::from_stream(ReceiverStream::new(receive)))
}

fn answer(kind: &'static str, body: Body) -> Response {
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}

fn line(value: &Value) -> Bytes {
    format!("{value}\n").into()
}

fn log_row(logged: &LoggedEvent) -> Value {
    let event = &logged.event;
    json!({
        "seq": event.seq,
        "at": event.at,
        "who": event.who,
        "episode": logged.episode,
        "review": logged.review,
        "version": event.version,
        "kind": event.kind,
        "payload": event.payload,
        "engine": logged.engine,
    })
}

const COLUMNS: [&str; 10] =
    ["episode", "review", "coder", "signed_at", "system", "code", "title", "principal", "decided", "engine"];

/// The codes of a sign-off.
fn code_rows(logged: &LoggedEvent) -> Vec<Value> {
    let signed = logged.event.payload.signed.iter().flatten();
    let row = |code: &crate::review::SignedCode| {
        json!({
            "episode": logged.episode,
            "review": logged.review,
            "coder": logged.event.who,
            "signed_at": logged.event.at,
            "system": code.key.system,
            "code": code.key.code,
            "title": code.title,
            "principal": code.principal,
            "decided": code.decided,
            "engine": logged.engine,
        })
    };
    signed.map(row).collect()
}

/// A line of CSV. A cell that a spreadsheet would take for a formula is kept text by an apostrophe.
fn csv(row: &Value) -> Bytes {
    let cell = |column: &&str| {
        let mut text = match &row[*column] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
            text.insert(0, '\'');
        }
        if text.contains(['"', ',', '\n', '\r']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text
        }
    };
    let cells: Vec<String> = COLUMNS.iter().map(cell).collect();
    format!("{}\n", cells.join(",")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_of_csv_is_never_a_formula_nor_two_cells() {
        let row = json!({"episode": "=1+1", "title": "a, \"b\"", "principal": true});
        let text = String::from_utf8(csv(&row).to_vec()).unwrap();
        assert!(text.starts_with("'=1+1,"), "{text}");
        assert!(text.contains("\"a, \"\"b\"\"\",true,"), "{text}");
    }
}
