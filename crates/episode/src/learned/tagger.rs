use std::sync::Arc;

use clinlink_model::{Label, Layout, Mention, MentionSource, Note, System, TagError, Tagger};

use super::model::CoderModel;

/// Marks the words that a model has learnt as evidence: the longest at each word, from left to right, within a
/// sentence.
pub struct LearnedTagger {
    model: Arc<CoderModel>,
}

impl LearnedTagger {
    /// A tagger of the terms of `model`.
    pub fn new(model: Arc<CoderModel>) -> Self {
        Self { model }
    }

    fn mentions(&self, note: &Note, layout: &Layout) -> Vec<Mention> {
        let is_procedure = self.model.system == System::ICD10PCS;
        let label = if is_procedure { Label::Procedure } else { Label::Disease };
        let mut mentions: Vec<Mention> = Vec::new();
        for sentence in &layout.sentences {
            let text = &note[sentence.span];
            let mut found = self.model.terms_in(text);
            found.retain(|(_, form)| self.model.proposed(form).next().is_some());
            found.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
            let mut end = 0;
            for (range, _) in found {
                if range.start < end {
                    continue;
                }
                end = range.end;
                let span = note.span_of(&text[range]);
                mentions.push(Mention { span, label, score: 0.8, by: MentionSource::Dictionary });
            }
        }
        mentions
    }
}

impl Tagger for LearnedTagger {
    fn tag(&self, batch: &[(&Note, &Layout)]) -> Result<Vec<Vec<Mention>>, TagError> {
        Ok(batch.iter().map(|(note, layout)| self.mentions(note, layout)).collect())
    }
}
