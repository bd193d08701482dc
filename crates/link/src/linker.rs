use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

use clinlink_model::{Candidate, Expansion, Label, Layout, Linker, Mention, Note, System, Via};
use clinlink_vocab::{ConceptId, Pack};

use crate::broader::Broader;
use crate::config::LinkerConfig;
use crate::coordination::Coordination;
use crate::crosswalk::{mapped, references};
use crate::dense::Dense;
use crate::disorder::GeneralDisorder;
use crate::full_text::FullText;
use crate::hits::{Hit, Hits, candidate, compatible, order};
use crate::learned::{Features, Learned, LinkModel, LinkedNote, Surroundings, features};
use crate::lexicon::Lexicon;
use crate::look_up::LookUp;
use crate::memory::Memory;
use crate::part::Part;
use crate::predicate::Predicate;
use crate::query::{Query, Wording};
use crate::reduce::Reduced;
use crate::respell::Respelt;
use crate::score;
use crate::source::{Knowledge, Need, Source};
use crate::subdivision::Subdivision;

/// A concept takes part in cross-references if it scores within this of the best one.
const NEAR_BEST: f32 = 0.05;

/// Links mentions to the concepts of a pack.
pub struct PackLinker {
    pub(crate) with: Knowledge,
    /// Labels that concepts of the systems asked for have: mentions of other labels are not looked for.
    labels: Vec<Label>,
    /// Where candidates come from, in the order in which they are asked.
    sources: Vec<Box<dyn Source>>,
    pub(crate) model: Option<Arc<LinkModel>>,
    /// What was found for wordings that were asked for before; none where what is asked together changes the last bits of a
    /// score.
    memory: Option<Memory>,
}

impl PackLinker {
    /// A linker to the concepts of `pack`.
    pub fn new(pack: Arc<Pack>, config: LinkerConfig) -> Self {
        let mut sources: Vec<Box<dyn Source>> =
            vec![Box::new(LookUp), Box::new(Predicate), Box::new(Reduced)];
        if config.search {
            sources.push(Box::new(Respelt));
            sources.push(Box::new(Coordination));
            sources.push(Box::new(FullText));
            sources.push(Box::new(GeneralDisorder));
            sources.push(Box::new(Broader));
        }
        if config.part {
            sources.push(Box::new(Part));
        }
        sources.push(Box::new(Subdivision));
        let is_linked = |label: &Label| {
            let mut concepts = config.systems.iter().flat_map(|system| pack.concepts(system));
            concepts.any(|id| compatible(*label, pack.label_of(id)))
        };
        let labels = Label::ALL.into_iter().filter(is_linked).collect();
        let with = Knowledge { pack, lexicon: Arc::new(Lexicon::embedded()), config };
        Self { labels, with, sources, model: None, memory: Some(Memory::default()) }
    }

    /// The same with what was learnt from linked mentions.
    #[must_use]
    pub fn with_model(mut self, model: Arc<LinkModel>) -> Self {
        self.sources.insert(0, Box::new(Learned::new(Arc::clone(&model))));
        self.model = Some(model);
        self
    }

    /// The same linker with terms that mean what the mention says. They are looked for before terms inside the mention,
    /// which are more general.
    #[must_use]
    pub fn with_dense(mut self, dense: Dense) -> Self {
        let at = self.sources.len() - 1 - usize::from(self.with.config.part);
        self.sources.insert(at, Box::new(dense));
        self.memory = None;
        self
    }

    /// The candidates for the words `text` of a mention of label `label`, best first. `long` is the same words with
    /// abbreviations replaced by their long forms, if there are any.
    pub fn candidates(&self, text: &str, long: Option<&str>, label: Label) -> Vec<Candidate> {
        let hits = self.find(&[Query { text, long, defined: false, label, is_other: false }]);
        let best = hits.iter().flat_map(|hits| self.best(hits, &Surroundings::default()));
        best.map(|hit| candidate(&self.with.pack, hit)).collect()
    }

    /// What the sources find for each mention. A source is asked for all of them at once, since some are faster so.
    fn find(&self, queries: &[Query<'_>]) -> Vec<Hits> {
        let hits = |query: &Query<'_>| Hits::new(&self.with, query.full(), query.label);
        let mut all: Vec<Hits> = queries.iter().map(hits).collect();
        for source in &self.sources {
            let is_asked = |query: &Query<'_>| !query.is_other && self.labels.contains(&query.label);
            let asked = queries.iter().zip(&mut all).filter(|(query, _)| is_asked(query));
            let asked = asked.filter(|(_, hits)| match source.need() {
                Need::Always => true,
                Need::Unreached => self.with.unreached(hits).next().is_some(),
                Need::Nil => self.with.is_nil(hits),
            });
            let mut asked: Vec<(&Query<'_>, &mut Hits)> = asked.collect();
            source.find_all(&mut asked, &self.with);
            for (_, hits) in asked {
                self.cross(hits);
            }
        }
        all
    }

    /// For each system that is not reached: the concepts that the best ones of the other systems refer to. ICD-9-CM is reached
    /// from the best codes of ICD-10-CM too, however well other systems know the words: CMS maps every code.
    fn cross(&self, hits: &mut Hits) {
        let ranked = hits.ranked();
        let Some(best) = ranked.first().map(|hit| hit.score) else { return };
        if best < self.with.config.threshold {
            return;
        }
        let unreached: Vec<_> = self.with.unreached(hits).cloned().collect();
        let by_words: Vec<Hit> = ranked.into_iter().filter(|hit| hit.via != Via::Crosswalk).collect();
        let is_code = |hit: &&Hit| *self.with.pack.system_of(hit.id) == System::ICD10CM;
        let best_code = by_words.iter().find(is_code).map_or(best, |hit| hit.score);
        let by = (&*self.with.pack, &*self.with.lexicon);
        let from: Vec<OnceCell<Vec<ConceptId>>> = vec![OnceCell::new(); by_words.len()];
        for system in &unreached {
            for (hit, from) in by_words.iter().zip(&from) {
                let best = if *system == System::ICD9CM && is_code(&hit) { best_code } else { best };
                if hit.score < best - NEAR_BEST {
                    continue;
                }
                let from = from.get_or_init(|| mapped(by, hit.id));
                for (id, relation) in references(by, (hit.id, from), system, hits) {
                    hits.add_reference(hit.id, id, hit.score * score::relation(relation));
                }
            }
        }
    }

    /// What is good enough for each thing that the mention names, of the systems asked for, best first.
    pub(crate) fn best(&self, hits: &Hits, around: &Surroundings<'_>) -> Vec<Hit> {
        let mut kept: Vec<Hit> = Vec::new();
        for system in &self.with.config.systems {
            let least = self.least(system);
            let mut of_each: HashMap<u8, usize> = HashMap::new();
            kept.extend(self.ranked(hits, system, around).into_iter().filter(|hit| {
                let count = of_each.entry(hit.conjunct).or_default();
                *count += usize::from(hit.score >= least);
                hit.score >= least && *count <= self.with.config.candidates
            }));
        }
        kept.sort_by(|a, b| order(&self.with.pack, a, b));
        kept
    }

    /// The least score of a candidate of a system.
    pub(crate) fn least(&self, system: &System) -> f32 {
        let config = &self.with.config;
        if self.weights_for(system).is_some() { config.probability } else { config.threshold }
    }

    /// All that was found of a system, best first, scored by the model if it knows the system.
    pub(crate) fn ranked(&self, hits: &Hits, system: &System, around: &Surroundings<'_>) -> Vec<Hit> {
        let mut ranked = hits.of_system(system);
        if let Some((model, weights)) = self.weights_for(system) {
            let best = best_rule(&ranked);
            for hit in &mut ranked {
                let features = features(&self.with.pack, model, hits, hit, best, around);
                hit.score = weights.probability(&features) as f32;
            }
            ranked.sort_by(|a, b| order(&self.with.pack, a, b));
        }
        ranked
    }

    pub(crate) fn weights_for(&self, system: &System) -> Option<(&LinkModel, &clinlink_model::Logistic)> {
        let model = self.model.as_deref().filter(|model| model.system() == system)?;
        Some((model, model.weights()?))
    }

    /// What is found for each mention.
    pub(crate) fn find_all(
        &self,
        (note, layout): (&Note, &Layout),
        mentions: &[Mention],
        expansions: &[Expansion],
    ) -> NoteHits<'_> {
        let by = (&*self.with.pack, &*self.with.lexicon);
        let wordings: Vec<Wording> =
            mentions.iter().map(|mention| Wording::of((note, layout), mention, expansions, by)).collect();
        let mut known: HashMap<&Wording, usize> = HashMap::new();
        let (mut distinct, mut of_mention) = (Vec::new(), Vec::with_capacity(mentions.len()));
        for wording in &wordings {
            of_mention.push(*known.entry(wording).or_insert_with(|| {
                distinct.push(wording);
                distinct.len() - 1
            }));
        }
        let find = |new: &[&Wording]| {
            let queries: Vec<Query<'_>> = new.iter().map(|wording| wording.query()).collect();
            self.find(&queries)
        };
        let hits = match &self.memory {
            Some(memory) => memory.of(&distinct, find),
            None => find(&distinct).into_iter().map(Arc::new).collect(),
        };
        let around = self.surroundings((note, layout), mentions, &of_mention, &hits);
        NoteHits { hits, around, of_mention }
    }

    /// What stands around each wording, if a model asks for it. `of_mention` are the wordings of the mentions.
    fn surroundings(
        &self,
        place: (&Note, &Layout),
        mentions: &[Mention],
        of_mention: &[usize],
        hits: &[Arc<Hits>],
    ) -> Vec<Surroundings<'_>> {
        let Some(model) = &self.model else { return vec![Surroundings::default(); hits.len()] };
        let tops: Vec<Option<&str>> = hits.iter().map(|hits| self.top(hits, model.system())).collect();
        let of_wording = |own: usize| {
            let spans = mentions.iter().zip(of_mention).filter(|&(_, &wording)| wording == own);
            let others = tops.iter().enumerate().filter(|&(at, _)| at != own).filter_map(|(_, top)| *top);
            Surroundings::of(place, spans.map(|(mention, _)| mention.span), others.collect())
        };
        (0..hits.len()).map(of_wording).collect()
    }

    /// The code of the best concept of a system by the rules and by what was seen.
    fn top(&self, hits: &Hits, system: &System) -> Option<&str> {
        let best = hits.of_system(system).into_iter().next()?;
        (best.score >= self.with.config.threshold).then(|| self.with.pack.code(best.id))
    }

    /// The features of the candidates of each mention that has a concept, and whether they are right. The note must not be
    /// one that the model's counts were learnt from.
    pub(crate) fn observe(&self, linked: &LinkedNote) -> Vec<Vec<(Features, bool)>> {
        let Some(model) = &self.model else { return Vec::new() };
        let note = &linked.note;
        let mentions: Vec<Mention> =
            note.mentions.iter().map(|annotated| annotated.mention.clone()).collect();
        let found = self.find_all((&note.note, &note.layout), &mentions, &note.expansions);
        let mut examples = Vec::new();
        for (at, right) in linked.concepts.iter().enumerate().filter(|(_, right)| !right.is_empty()) {
            let hits = found.of(at);
            let around = found.around(at);
            let ranked = hits.of_system(model.system());
            let best = best_rule(&ranked);
            let candidates = ranked.iter().map(|hit| {
                let is_right = right.iter().any(|code| code == self.with.pack.code(hit.id));
                (features(&self.with.pack, model, hits, hit, best, around), is_right)
            });
            examples.push(candidates.collect());
        }
        examples
    }
}

/// The best score of the rules.
pub(crate) fn best_rule(hits: &[Hit]) -> f32 {
    hits.iter().map(|hit| hit.rule).fold(0.0, f32::max)
}

/// What was found for the mentions of a note.
pub(crate) struct NoteHits<'p> {
    /// For each distinct wording.
    hits: Vec<Arc<Hits>>,
    /// What stands around each wording.
    around: Vec<Surroundings<'p>>,
    /// The wording of each mention.
    of_mention: Vec<usize>,
}

impl<'p> NoteHits<'p> {
    /// What was found for a mention.
    pub(crate) fn of(&self, mention: usize) -> &Hits {
        &self.hits[self.of_mention[mention]]
    }

    /// What stands around a mention, and around others of the same wording.
    pub(crate) fn around(&self, mention: usize) -> &Surroundings<'p> {
        &self.around[self.of_mention[mention]]
    }
}

impl Linker for PackLinker {
    fn link(
        &self,
        note: &Note,
        layout: &Layout,
        mentions: &[Mention],
        expansions: &[Expansion],
    ) -> Vec<Vec<Candidate>> {
        let found = self.find_all((note, layout), mentions, expansions);
        let mut links: Vec<Option<Vec<Candidate>>> = vec![None; found.hits.len()];
        (0..mentions.len())
            .map(|mention| {
                let link = || {
                    let best = self.best(found.of(mention), found.around(mention));
                    best.into_iter().map(|hit| candidate(&self.with.pack, hit)).collect()
                };
                links[found.of_mention[mention]].get_or_insert_with(link).clone()
            })
            .collect()
    }
}
