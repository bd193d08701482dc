//! A soft gazetteer: where a dictionary finds a term, the token types of its pieces tell the model.
//!
//! The model's config.json names the types, `"token_types": ["none", "B-disease", "I-disease", …]`, and their embeddings
//! are BERT's own for token types. So the files stay those of a plain BERT, and a model without the field gets type 0
//! for every piece, as ever. A match is a hint: the model may follow it or not, and works without any.
//!
//! Example: in `no evidence of renal failure` a dictionary that knows `renal failure` gives the pieces of `renal`
//! the type `B-disease`, those of `failure` `I-disease`, and all others `none`.

use std::path::Path;

use clinlink_encoder::{EncoderError, Piece};
use clinlink_model::{Label, Span};
use serde_json::Value;

use crate::pieces::words;

/// The field of config.json.
pub(crate) const FIELD: &str = "token_types";

/// The labels whose dictionary matches a model sees, in the order of its token types; empty for a model that sees none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct MatchTypes(Vec<Label>);

impl MatchTypes {
    /// One pair of types for every label.
    pub fn all() -> Self {
        Self(Label::ALL.to_vec())
    }

    /// Reads the names in config.json (`path`), of which there must be as many as the model has `types`.
    pub fn read(names: Option<&Value>, types: i64, path: &Path) -> Result<Self, EncoderError> {
        let Some(names) = names else { return Ok(Self::default()) };
        let names: Vec<&str> = names.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let labels = names.iter().skip(1).step_by(2).filter_map(|name| Label::from_name(name.get(2..)?));
        let found = Self(labels.collect());
        if found.names() != names || usize::try_from(types) != Ok(names.len()) {
            return Err(EncoderError::NotSupported {
                path: path.to_owned(),
                field: FIELD,
                found: names.join(", "),
                expected: "none, then B- and I- of clinlink's labels, type_vocab_size names in all",
            });
        }
        Ok(found)
    }

    /// The names of the types, in the order of their numbers.
    pub fn names(&self) -> Vec<String> {
        let pairs = self.0.iter().flat_map(|label| ["B", "I"].map(|part| format!("{part}-{}", label.name())));
        std::iter::once("none".to_owned()).chain(pairs).collect()
    }

    /// Whether the model sees no matches.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The token type of each piece of a note, whose matches are in text order and without overlap. A word belongs to
    /// a match if they share a byte.
    pub fn of(&self, pieces: &[Piece], matches: &[(Span, Label)]) -> Vec<u8> {
        let mut out = Vec::with_capacity(pieces.len());
        let mut rest = matches;
        // The match that the word before belonged to.
        let mut open = None;
        for (pieces, word) in words(pieces) {
            while let [first, after @ ..] = rest
                && first.0.end() <= word.start
            {
                rest = after;
            }
            let here = rest.first().filter(|(span, _)| span.start() < word.end);
            let number = here.map_or(0, |&(span, label)| self.number(label, open == Some(span)));
            out.resize(out.len() + pieces.len(), number);
            open = here.map(|&(span, _)| span);
        }
        out
    }

    fn number(&self, label: Label, inside: bool) -> u8 {
        let at = self.0.iter().position(|&known| known == label);
        at.map_or(0, |at| u8::try_from(1 + 2 * at + usize::from(inside)).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use clinlink_encoder::int;
    use clinlink_model::Note;
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    /// The types of the words of `text`, one piece a word, with the `matches` at these words of the text.
    fn types(text: &str, matches: &[(&str, Label)]) -> Vec<u8> {
        let note = Note::new("n", text).unwrap();
        let start = |part: &str| part.as_ptr() as usize - note.text().as_ptr() as usize;
        let pieces: Vec<Piece> = note
            .text()
            .split(' ')
            .map(|word| Piece {
                id: 1,
                start: start(word) as u32,
                end: (start(word) + word.len()) as u32,
                first: true,
            })
            .collect();
        let spans: Vec<(Span, Label)> = matches
            .iter()
            .map(|&(words, label)| {
                let at = note.text().find(words).unwrap();
                (note.span(at..at + words.len()).unwrap(), label)
            })
            .collect();
        MatchTypes::all().of(&pieces, &spans)
    }

    #[rstest]
    #[case::none("no fever", &[], &[0, 0])]
    #[case::one("no renal failure now", &[("renal failure", Label::Disease)], &[0, 1, 2, 0])]
    #[case::two_together("heparin rash", &[("heparin", Label::Chemical), ("rash", Label::Disease)], &[3, 1])]
    #[case::two_of_a_kind("rash cough", &[("rash", Label::Disease), ("cough", Label::Disease)], &[1, 1])]
    #[case::part_of_a_word("post-rash cough", &[("rash", Label::Disease)], &[1, 0])]
    fn words_of_matches(#[case] text: &str, #[case] matches: &[(&str, Label)], #[case] expected: &[u8]) {
        assert_eq!(types(text, matches), expected);
    }

    #[test]
    fn every_piece_of_a_word_has_its_type() {
        let note = Note::new("n", "dyspnea").unwrap();
        let pieces =
            [(0, 3, true), (3, 7, false)].map(|(start, end, first)| Piece { id: 1, start, end, first });
        let span = note.span(0..7).unwrap();
        assert_eq!(MatchTypes::all().of(&pieces, &[(span, Label::Disease)]), [1, 1]);
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        let all = MatchTypes::all();
        let types = int(all.names().len());
        let names = json!(all.names());
        assert_eq!(MatchTypes::read(Some(&names), types, Path::new("")).unwrap(), all);
        assert!(MatchTypes::read(None, 2, Path::new("")).unwrap().is_empty());
    }

    #[rstest]
    #[case::other_number(json!(["none", "B-disease", "I-disease"]), 2)]
    #[case::other_order(json!(["none", "I-disease", "B-disease"]), 3)]
    #[case::other_names(json!(["none", "B-moon", "I-moon"]), 3)]
    #[case::no_list(json!("none"), 1)]
    fn other_names_are_refused(#[case] names: Value, #[case] types: i64) {
        let error = MatchTypes::read(Some(&names), types, Path::new("config.json")).unwrap_err();
        assert!(error.to_string().contains("config.json") && error.to_string().contains(FIELD), "{error}");
    }
}
