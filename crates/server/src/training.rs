//! Signed reviews as training data.
//!
//! One record a note: `codes` and `evidence` as `clinlink train coder` takes them, `mentions` with `ids` as `clinlink
//! train ranker` takes them, what was refused with the reason, what was taught, and where all of it comes from.

use clinlink_model::Label;
use serde_json::{Value, json};

use crate::app::App;
use crate::error::ApiError;
use crate::log::LoggedEvent;
use crate::review::{CodeKey, EvidenceView, Review, ReviewedCode, concept};

/// The records of a review that was signed off by this event.
pub(crate) async fn training_records(app: &App, signed: &LoggedEvent) -> Result<Vec<Value>, ApiError> {
    let head = app.database.episode(&signed.episode).await?;
    let reviews = app.database.reviews(&signed.episode).await?;
    let row = reviews.into_iter().map(|(row, _)| row).find(|row| row.id == signed.review);
    let row = row.ok_or(ApiError::Internal("a signed review is gone"))?;
    let loaded = app.load(head, row).await?;
    let review = app.view(&loaded).await?;
    let notes = app.database.notes(&signed.episode).await?;
    let record = |stored: &crate::episodes::StoredNote| {
        let note = &stored.note;
        let (stand, refused): (Vec<_>, Vec<_>) = review.codes.iter().partition(|code| stands(&review, code));
        let here = |piece: &&EvidenceView| piece.note == note.id();
        let supported = |code: &&&ReviewedCode| code.evidence.iter().any(|piece| here(&piece));
        let codes: Vec<&str> = stand.iter().filter(supported).map(|code| code.code.as_str()).collect();
        let mut evidence = Vec::new();
        let mut mentions = Vec::new();
        for code in &stand {
            for piece in code.evidence.iter().filter(here) {
                evidence.push(json!({"code": code.code, "start": piece.start_char, "end": piece.end_char}));
                mentions.push(json!({
                    "start": piece.start_char, "end": piece.end_char, "text": piece.text, "label": label(app, code),
                    "ids": [format!("{}:{}", code.system, code.code)],
                }));
            }
        }
        let decided = refused.iter().filter(|code| matches!(code.decision, "rejected" | "replaced"));
        let rejected: Vec<Value> = decided
            .map(|code| {
                let pieces = code.evidence.iter().filter(here);
                let places: Vec<Value> = pieces
                    .map(
                        |piece| json!({"start": piece.start_char, "end": piece.end_char, "text": piece.text}),
                    )
                    .collect();
                json!({"system": code.system, "code": code.code, "decision": code.decision,
                       "label": label(app, code), "reason": code.reason, "note": code.note, "evidence": places})
            })
            .collect();
        let context: Vec<_> = review.context.iter().filter(|change| change.note == note.id()).collect();
        json!({
            "id": note.id(),
            "episode": signed.episode,
            "type": note.kind,
            "date": note.date,
            "text": note.text(),
            "codes": codes,
            "evidence": evidence,
            "mentions": mentions,
            "rejected": rejected,
            "context": context,
            "teachings": review.teachings,
            "provenance": {
                "review": signed.review,
                "kind": review.kind,
                "revision": review.revision,
                "coder": signed.event.who,
                "signed_at": signed.event.at,
                "engine": signed.engine,
                "seq": signed.event.seq,
            },
        })
    };
    Ok(notes.iter().map(record).collect())
}

/// The name of what the words for a code are.
fn label(app: &App, code: &ReviewedCode) -> &'static str {
    let key = CodeKey { system: code.system.clone(), code: code.code.clone() };
    let engine = app.engine();
    concept(&engine, &key).map_or(Label::Disease, |id| engine.pack.concept(id).label).name()
}

fn stands(review: &Review, code: &ReviewedCode) -> bool {
    matches!(code.decision, "accepted" | "added")
        || (code.decision == "proposed" && review.standing.contains(&code.code))
}
