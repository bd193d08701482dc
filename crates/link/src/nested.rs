use std::sync::Arc;

use clinlink_model::{Layout, Mention, Note, TagError, Tagger};
use clinlink_vocab::Pack;

use crate::dictionary::Dictionary;

/// The mentions of a tagger, and the pack's terms inside them: of `aspiration pneumonia`, `pneumonia` too. For those who look
/// for all that a text names; codes come from the outer mentions.
pub struct Nested {
    tagger: Arc<dyn Tagger>,
    dictionary: Dictionary,
}

impl Nested {
    /// Adds the terms of `pack` to the mentions of `tagger`.
    pub fn new(tagger: Arc<dyn Tagger>, pack: Arc<Pack>) -> Self {
        Self { tagger, dictionary: Dictionary::new(pack) }
    }
}

impl Tagger for Nested {
    fn tag(&self, batch: &[(&Note, &Layout)]) -> Result<Vec<Vec<Mention>>, TagError> {
        let tagged = self.tagger.tag(batch)?;
        let with_inner = |((note, _), outer): (&(&Note, &Layout), Vec<Mention>)| {
            let mut all = Vec::with_capacity(outer.len());
            for mention in outer {
                let inner = self.dictionary.inside(note, &mention);
                all.push(mention);
                all.extend(inner);
            }
            all
        };
        Ok(batch.iter().zip(tagged).map(with_inner).collect())
    }
}
