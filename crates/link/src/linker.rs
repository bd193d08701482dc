use std::collections::HashMap;
use std::sync::Arc;

use clinlink_model::{Candidate, Expansion, Label, Layout, Linker, Mention, Note, Via};
use clinlink_vocab::Pack;

use crate::config::LinkerConfig;
use crate::coordination::Coordination;
use crate::dense::Dense;
use crate::full_text::FullText;
use crate::hits::{Hit, Hits, candidate};
use crate::lexicon::Lexicon;
use crate::look_up::LookUp;
use crate::part::Part;
use crate::query::{Query, expanded};
use crate::reduce::Reduced;
use crate::respell::Respelt;
use crate::score;
use crate::source::{Knowledge, Need, Source};

/// A concept takes part in cross-references if it scores within this of the best one.
const NEAR_BEST: f32 = 0.05;

/// Links mentions to the concepts of a pack.
pub struct PackLinker {
    with: Knowledge,
    /// Where candidates come from, in the order in which they are asked.
    sources: Vec<Box<dyn Source>>,
}

impl PackLinker {
    /// A linker to the concepts of `pack`.
    pub fn new(pack: Arc<Pack>, config: LinkerConfig) -> Self {
        let mut sources: Vec<Box<dyn Source>> = vec![Box::new(LookUp), Box::new(Reduced)];
        if config.search {
            sources.extend([
                Box::new(Respelt) as Box<dyn Source>,
                Box::new(Coordination),
                Box::new(FullText),
            ]);
        }
        if config.part {
            sources.push(Box::new(Part));
        }
        Self { with: Knowledge { pack, lexicon: Lexicon::embedded(), config }, sources }
    }

    /// The same linker with terms that mean what the mention says. They are looked for before terms inside the mention,
    /// which are more general.
    #[must_use]
    pub fn with_dense(mut self, dense: Dense) -> Self {
        let at = self.sources.len() - usize::from(self.with.config.part);
        self.sources.insert(at, Box::new(dense));
        self
    }

    /// The candidates for the words `text` of a mention of label `label`, best first. `long` is the same words with
    /// abbreviations replaced by their long forms, if there are any.
    pub fn candidates(&self, text: &str, long: Option<&str>, label: Label) -> Vec<Candidate> {
        let query = Query { text, long, label };
        let mut hits = Hits::new(&self.with.pack, &self.with.lexicon, query.full(), label);
        for source in &self.sources {
            let wanted = match source.need() {
                Need::Always => true,
                Need::Unreached => self.with.unreached(&hits).next().is_some(),
                Need::Nil => self.with.is_nil(&hits),
            };
            if wanted {
                source.find(&query, &self.with, &mut hits);
                self.cross(&mut hits);
            }
        }
        self.best(&hits)
    }

    /// For each system that is not reached: the concepts that the best ones of the other systems refer to.
    fn cross(&self, hits: &mut Hits<'_>) {
        let ranked = hits.ranked();
        let Some(best) = ranked.first().map(|hit| hit.score) else { return };
        if best < self.with.config.threshold {
            return;
        }
        let unreached: Vec<_> = self.with.unreached(hits).cloned().collect();
        let near = ranked.iter().filter(|hit| hit.via != Via::Crosswalk && hit.score >= best - NEAR_BEST);
        for hit in near {
            for system in &unreached {
                for (id, relation) in self.with.pack.map_to(hit.id, system) {
                    hits.add(id, hit.score * score::relation(relation), Via::Crosswalk);
                }
            }
        }
    }

    /// What is good enough, of the systems asked for, best first.
    fn best(&self, hits: &Hits<'_>) -> Vec<Candidate> {
        let mut kept: Vec<Hit> = Vec::new();
        for system in &self.with.config.systems {
            let good =
                hits.of_system(system).into_iter().filter(|hit| hit.score >= self.with.config.threshold);
            kept.extend(good.take(self.with.config.candidates));
        }
        kept.sort_by(|a, b| crate::hits::order(&self.with.pack, a, b));
        kept.into_iter().map(|hit| candidate(&self.with.pack, hit)).collect()
    }
}

impl Linker for PackLinker {
    fn link(
        &self,
        note: &Note,
        _layout: &Layout,
        mentions: &[Mention],
        expansions: &[Expansion],
    ) -> Vec<Vec<Candidate>> {
        // The same words mean the same within a note; nothing is kept from one note to the next.
        let mut seen: HashMap<(String, Option<String>, Label), Vec<Candidate>> = HashMap::new();
        let mut links = Vec::with_capacity(mentions.len());
        for mention in mentions {
            let text = &note[mention.span];
            let key = (text.to_owned(), expanded(note, mention, expansions), mention.label);
            let found = seen
                .entry(key)
                .or_insert_with_key(|(text, long, label)| self.candidates(text, long.as_deref(), *label));
            links.push(found.clone());
        }
        links
    }
}
