use std::collections::HashMap;
use std::sync::Arc;

use clinlink_model::{
    Candidate, Expansion, ExpansionSource, Label, Layout, Linker, Mention, Note, System, Via,
};
use clinlink_vocab::{Pack, normal_form};

use crate::config::LinkerConfig;
use crate::hits::{Hit, Hits, candidate};
use crate::lexicon::Lexicon;
use crate::likeness::likeness;
use crate::reduce::reductions;
use crate::score;
use crate::walk::Walker;
use crate::words::Words;

/// How many concepts full-text search is asked for before they are compared with the mention.
const SEARCHED: usize = 24;
/// A concept takes part in cross-references if it scores within this of the best one.
const NEAR_BEST: f32 = 0.05;

/// Links mentions to the concepts of a pack.
pub struct PackLinker {
    pack: Arc<Pack>,
    config: LinkerConfig,
    lexicon: Lexicon,
}

impl PackLinker {
    /// A linker to the concepts of `pack`.
    pub fn new(pack: Arc<Pack>, config: LinkerConfig) -> Self {
        Self { pack, config, lexicon: Lexicon::embedded() }
    }

    /// The candidates for the words `text` of a mention of label `label`, best first. `long` is the same words with
    /// abbreviations replaced by their long forms, if there are any.
    pub fn candidates(&self, text: &str, long: Option<&str>, label: Label) -> Vec<Candidate> {
        let mut hits = Hits::new(&self.pack, &self.lexicon, long.unwrap_or(text), label);
        self.look_up(text, long, &mut hits);
        self.cross(&mut hits);
        let full = long.unwrap_or(text);
        if self.unreached(&hits).next().is_some() {
            self.reduce(full, &mut hits);
            self.cross(&mut hits);
        }
        if self.config.search && hits.is_nil(self.config.threshold) {
            self.search(full, label, &mut hits);
            self.cross(&mut hits);
        }
        self.best(&hits)
    }

    /// The systems without a candidate that is good enough.
    fn unreached<'s>(&'s self, hits: &'s Hits<'_>) -> impl Iterator<Item = &'s System> {
        self.config.systems.iter().filter(|system| !hits.reach(system, self.config.threshold))
    }

    /// Terms that are the mention. Where the long form is a term, the short form does not count: an abbreviation
    /// in a vocabulary is one of many senses, the expansion is the one that the note has.
    fn look_up(&self, text: &str, long: Option<&str>, hits: &mut Hits<'_>) {
        if let Some(long) = long {
            self.add_form(&normal_form(long), None, score::ABBREVIATION, Via::Abbreviation, hits);
            if !hits.is_nil(self.config.threshold) {
                return;
            }
        }
        self.add_form(&normal_form(text), Some(text), score::NORMAL, Via::Normal, hits);
    }

    fn add_form(&self, form: &str, surface: Option<&str>, way: f32, via: Via, hits: &mut Hits<'_>) {
        let Some(value) = self.pack.terms().get(form) else { return };
        for posting in self.pack.postings(value) {
            let exact = surface.is_some_and(|text| self.pack.is_surface(posting.concept, text));
            let (way, via) = if exact { (score::EXACT, Via::Exact) } else { (way, via) };
            hits.add_term(std::iter::once(posting), way, via);
        }
    }

    /// Terms that are the mention without words that do not decide, in any order.
    fn reduce(&self, text: &str, hits: &mut Hits<'_>) {
        let walker = Walker::new(self.pack.terms(), &self.lexicon);
        let all = Words::joined(text);
        let mut found = Vec::new();
        for reduction in reductions(&all, &self.lexicon) {
            let words = Words::given(reduction.words.iter().map(String::as_str));
            walker.terms_at(&words, 0, &mut found);
            for term in found.iter().filter(|term| term.end == words.len()) {
                let lost = reduction.dropped + term.passed + term.varied;
                let way = score::reduced(lost, reduction.reordered);
                hits.add_term(self.pack.postings(term.value), way, Via::Search);
            }
            if self.unreached(hits).next().is_none() {
                return;
            }
        }
    }

    /// Terms that full-text search finds and that are like enough to the mention.
    fn search(&self, text: &str, label: Label, hits: &mut Hits<'_>) {
        let form = normal_form(text);
        let label = (label != Label::Other).then_some(label);
        // An index that cannot be read is found when the pack is opened; here it means no candidates.
        let Ok(found) = self.pack.search(&form, label, SEARCHED) else { return };
        for (id, _) in found {
            for (term, kind) in self.pack.terms_of(id) {
                let like = likeness(&form, &normal_form(term), &self.lexicon);
                hits.add(id, like * score::SEARCH * score::kind(kind), Via::Search);
            }
        }
    }

    /// For each system that is not reached: the concepts that the best ones of the other systems refer to.
    fn cross(&self, hits: &mut Hits<'_>) {
        let ranked = hits.ranked();
        let Some(best) = ranked.first().map(|hit| hit.score) else { return };
        if best < self.config.threshold {
            return;
        }
        let unreached: Vec<_> = self.unreached(hits).cloned().collect();
        let near = ranked.iter().filter(|hit| hit.via != Via::Crosswalk && hit.score >= best - NEAR_BEST);
        for hit in near {
            for system in &unreached {
                for (id, relation) in self.pack.map_to(hit.id, system) {
                    hits.add(id, hit.score * score::relation(relation), Via::Crosswalk);
                }
            }
        }
    }

    /// What is good enough, of the systems asked for, best first.
    fn best(&self, hits: &Hits<'_>) -> Vec<Candidate> {
        let mut kept: Vec<Hit> = Vec::new();
        for system in &self.config.systems {
            let good = hits.of_system(system).into_iter().filter(|hit| hit.score >= self.config.threshold);
            kept.extend(good.take(self.config.candidates));
        }
        kept.sort_by(|a, b| crate::hits::order(&self.pack, a, b));
        kept.into_iter().map(|hit| candidate(&self.pack, hit)).collect()
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

/// The mention's words with every abbreviation in them replaced by its long form; `None` if there is none.
fn expanded(note: &Note, mention: &Mention, expansions: &[Expansion]) -> Option<String> {
    let mut inside: Vec<&Expansion> = expansions.iter().filter(|e| mention.span.contains(e.short)).collect();
    inside.sort_by_key(|e| (e.short.start(), e.source == ExpansionSource::Lexicon));
    let (mut long, mut at) = (String::new(), mention.span.start());
    for expansion in &inside {
        if expansion.short.start() < at {
            continue;
        }
        long.push_str(&note.text()[at..expansion.short.start()]);
        long.push_str(&expansion.long);
        at = expansion.short.end();
    }
    long.push_str(&note.text()[at..mention.span.end()]);
    (!inside.is_empty()).then_some(long)
}
