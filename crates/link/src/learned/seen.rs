use std::collections::BTreeMap;
use std::sync::Arc;

use clinlink_model::Via;
use clinlink_vocab::{ConceptId, normal_form};

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
pub(crate) struct Learned(pub(crate) Arc<LinkModel>);

impl Source for Learned {
    fn need(&self) -> Need {
        Need::Always
    }

    fn find(&self, query: &Query<'_>, with: &Knowledge, hits: &mut Hits<'_>) {
        let whole = forms(query, with).iter().find_map(|form| Some((self.0.linked(form)?, 0)));
        let Some((linked, around)) = whole.or_else(|| self.inside(query)) else { return };
        let known =
            linked.iter().filter_map(|(code, &notes)| Some((with.pack.find(self.0.system(), code)?, notes)));
        let seen = Seen { linked: known.collect(), around };
        // Below the threshold, so that the rules are asked for what nobody has seen as a whole.
        let way = if around == 0 { score::LEARNED } else { with.config.threshold / 2.0 };
        for &(id, _) in &seen.linked {
            let (own, others) = seen.of(id);
            hits.add(id, way * own as f32 / (own + others) as f32, Via::Learned);
        }
        hits.seen = seen;
    }
}

impl Learned {
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
        rows.into_iter()
            .find_map(|(start, end)| Some((self.0.linked(words.forms(start..end))?, count - (end - start))))
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
