use clinlink_encoder::{EncoderError, sha256_of};
use clinlink_model::{Label, Span};
use serde_json::json;

use super::{Data, Document};

/// The SHA-256 of what a run starts from (`base`, the base's version), learns from and is judged on. Of the gazetteer it has
/// what it finds in the documents: all that training sees of it.
pub(super) fn fingerprint(base: &str, data: &Data) -> Result<String, EncoderError> {
    let mut parts = vec![base.to_owned()];
    for document in data.train.iter().chain(data.dev) {
        let Document { note, mentions, annotated, share } = document;
        let layout = data.segmenter.segment(note);
        let found = data.gazetteer.as_ref().map(|gazetteer| gazetteer.tag(&[(note, &layout)])).transpose();
        let found = found.map_err(|e| EncoderError::Run { cause: e.cause })?;
        let hints = found.into_iter().flatten().flatten().map(|mention| (mention.span, mention.label));
        let (gold, hints) = (places(mentions.iter().copied()), places(hints));
        parts.push(json!([note.id(), note.text(), gold, annotated, share, hints]).to_string());
    }
    Ok(sha256_of(parts.iter().map(String::as_bytes)))
}

fn places(mentions: impl Iterator<Item = (Span, Label)>) -> Vec<(usize, usize, Label)> {
    mentions.map(|(span, label)| (span.start(), span.end(), label)).collect()
}
