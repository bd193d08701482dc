use std::collections::BTreeMap;
use std::sync::Arc;

use clinlink_model::{Label, Via};
use clinlink_vocab::{ConceptId, normal_form};

use super::alike::Wordings;
use super::model::LinkModel;
use crate::hits::Hits;
use crate::part::head;
use crate::query::Query;
use crate::reduce::wordings;
use crate::score;
use crate::source::{Knowledge, Need, Source};
use crate::words::Words;

/// What the model has seen of a mention's words.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// The concepts that the words were linked to, with the number of notes.
    linked: Vec<(ConceptId, u32)>,
    /// How many words of the mention stand around those that were seen.
    pub(crate) around: usize,
    /// How like the mention's words are to those that were seen: 1 if they are the same.
    pub(crate) like: f32,
}

impl Seen {
    /// In how many notes the words were linked to this concept, and to others.
    pub(crate) fn of(&self, id: ConceptId) -> (u32, u32) {
        let all: u32 = self.linked.iter().map(|(_, notes)| notes).sum();
        let own = self.linked.iter().find(|(known, _)| *known == id).map_or(0, |&(_, notes)| notes);
        (own, all - own)
    }
}

/// Concepts that such words were linked to in the notes that the model was learnt from.
pub(crate) struct Learned {
    model: Arc<LinkModel>,
    wordings: Wordings,
}

impl Source for Learned {
    fn need(&self) -> Need {
        Need::Always
    }

    fn find(&self, query: &Query<'_>, with: &Knowledge, hits: &mut Hits) {
        let whole = forms(query, with).iter().find_map(|form| self.model.linked(form));
        if let Some(linked) = whole {
            hits.seen = self.add(linked, (0, 1.0), score::LEARNED, with, hits);
            return;
        }
        // Below the threshold, so that the rules are asked for what nobody has seen as a whole.
        let way = with.config.threshold / 2.0;
        if let Some((linked, around)) = self.inside(query) {
            hits.seen = self.add(linked, (around, 1.0), way, with, hits);
        }
        if let Some((linked, like)) = self.alike(query) {
            hits.alike = self.add(linked, (0, like), way * like, with, hits);
        }
    }
}

impl Learned {
    pub(crate) fn new(model: Arc<LinkModel>) -> Self {
        Self { wordings: Wordings::of(&model), model }
    }

    /// Adds the concepts that words were linked to. `way` is the score of a concept that they were always linked to.
    fn add(
        &self,
        linked: &BTreeMap<String, u32>,
        (around, like): (usize, f32),
        way: f32,
        with: &Knowledge,
        hits: &mut Hits,
    ) -> Seen {
        let known = linked
            .iter()
            .filter_map(|(code, &notes)| Some((with.pack.find(self.model.system(), code)?, notes)));
        let seen = Seen { linked: known.collect(), around, like };
        for &(id, _) in &seen.linked {
            let (own, others) = seen.of(id);
            hits.add(id, way * own as f32 / (own + others) as f32, Via::Learned);
        }
        seen
    }

    /// The words most like the mention's that were seen. Names of chemicals that are alike are names of different ones.
    fn alike(&self, query: &Query<'_>) -> Option<(&BTreeMap<String, u32>, f32)> {
        if query.label == Label::Chemical {
            return None;
        }
        let (form, like) = self.wordings.nearest(&normal_form(query.full()))?;
        Some((self.model.linked(form)?, like))
    }

    /// The longest row of words inside the mention that holds its head and was seen, with the number of words around it.
    fn inside(&self, query: &Query<'_>) -> Option<(&BTreeMap<String, u32>, usize)> {
        let words = Words::of(query.full());
        let count = words.len();
        if count < 2 {
            return None;
        }
        let head = head(&words);
        let mut rows: Vec<(usize, usize)> =
            (0..=head).flat_map(|start| (head + 1..=count).map(move |end| (start, end))).collect();
        rows.sort_by_key(|&(start, end)| (count - (end - start), start));
        rows.into_iter().find_map(|(start, end)| {
            Some((self.model.linked(words.forms(start..end))?, count - (end - start)))
        })
    }
}

/// The normal forms under which the mention's words may have been seen, closest first. What the note itself writes out
/// is not looked up as an abbreviation: other notes mean something else by it.
fn forms(query: &Query<'_>, with: &Knowledge) -> Vec<String> {
    let mut forms = Vec::new();
    if !query.defined {
        forms.push(normal_form(query.text));
    }
    if let Some(long) = query.long {
        forms.push(normal_form(long));
    }
    let words: Vec<String> = normal_form(query.full()).split(' ').map(str::to_owned).collect();
    forms.extend(wordings(&words, &with.lexicon).map(|words| words.join(" ")));
    forms
}
