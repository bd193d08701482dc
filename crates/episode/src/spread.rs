//! Where a malignancy has spread to (Official Guidelines I.C.2.b).
//!
//! `Metastatic breast cancer to bone and liver` is C50.919 with C79.51 and C78.7; `metastatic prostate cancer` C61 and C79.9, a
//! spread of which nobody says where to. The words of a spread stand in `vocab/rules/neoplasms.toml`; which code a site has,
//! the terms of the pack say (`metastasis to liver`).

use std::collections::BTreeSet;

use clinlink_model::{AnnotatedNote, Span};
use clinlink_vocab::{ConceptId, normal_form};

use crate::assess::Ground;
use crate::claim::{Claim, Rulebook};
use crate::detail::{Resolution, Told};
use crate::neoplasm::Neoplasms;
use crate::rules;
use crate::said::Said;
use crate::side::Side;
use crate::tables::any_prefix;
use crate::words::{Word, affirmed, has, starts, words_of};

/// A site has at most this many words: `para aortic lymph nodes`.
const MOST_WORDS: usize = 4;

/// What the words of a note's primary tumors, which are among its claims, say of their spread.
pub(crate) fn told(note: &AnnotatedNote, claims: &[Claim], with: &Rulebook<'_>) -> Vec<Claim> {
    let table = &with.tables.neoplasms;
    let is_primary = |claim: &&Claim| {
        let past = matches!(claim.ground, Ground::Historical | Ground::HistorySection);
        claim.said.link.is_some() && !past && any_prefix(&table.primary, with.pack.code(claim.said.id))
    };
    let (mut told, mut known) = (Vec::new(), BTreeSet::new());
    for claim in claims.iter().filter(is_primary) {
        let sites = sites(claim, note, with);
        if sites.is_empty() && has(&words_of(&note.note[claim.said.span], 0), &table.spread) {
            let unknown = with.pack.find(&with.config.system, &table.secondary);
            let said = unknown.map(|id| Said::new(id, Some(rules::SPREAD), claim.said.span, None));
            told.extend(said.map(|said| Claim { said, ..claim.clone() }));
        }
        for (found, span) in sites {
            if known.insert((found.id, span)) {
                let said = Said::new(found.id, found.rule, span, None);
                let mut claim = Claim { said, ..claim.clone() };
                claim.evidence.span = span;
                told.push(claim);
            }
        }
    }
    told
}

/// The codes of the sites that a sentence says behind a tumor, each with the words from the tumor or the cue to the site.
fn sites(claim: &Claim, note: &AnnotatedNote, with: &Rulebook<'_>) -> Vec<(Resolution, Span)> {
    let table = &with.tables.neoplasms;
    let own = claim.said.span;
    let Some(sentence) = note.layout.sentence_of(own) else { return Vec::new() };
    let words = words_of(&note.note[sentence.span], sentence.span.start());
    let first = words.iter().take_while(|word| word.start < own.start()).count();
    let behind = words.iter().take_while(|word| word.start < own.end()).count();
    // `Metastatic colon cancer` goes on with `to the liver`.
    let goes_on =
        has(&words[first..behind], &table.spread) && words.get(behind).is_some_and(|word| word.form == "to");
    let cues = affirmed(&words[behind..], &table.spread_to).map(|at| behind + at);
    let cue_end = |at: usize| {
        let lengths = table.spread_to.iter().filter_map(|phrase| starts(&words[at..], phrase));
        at + lengths.max().unwrap_or(0)
    };
    let begun = goes_on.then_some((first, behind + 1)).into_iter();
    let begun = begun.chain(cues.map(|at| (at, cue_end(at))));
    let lists = begun.flat_map(|(start, at)| {
        let list = List { words: &words, table, with };
        list.sites(at).into_iter().map(move |site| (start, site))
    });
    lists
        .filter_map(|(start, (found, last))| {
            Some((found, note.note.span(words[start].start..words[last].end).ok()?))
        })
        .collect()
}

/// The sentence in which sites are listed.
struct List<'a> {
    words: &'a [Word],
    table: &'a Neoplasms,
    with: &'a Rulebook<'a>,
}

impl List<'_> {
    /// The sites of the list that begins at a word, each with its last word.
    fn sites(&self, mut at: usize) -> Vec<(Resolution, usize)> {
        let mut sites = Vec::new();
        while let Some((found, behind)) = self.site(at) {
            sites.push((found, behind - 1));
            let Some(next) = self.words.get(behind) else { break };
            let joined = matches!(next.form.as_str(), "and" | "or");
            // A comma, a slash: something stands between two words that is no space.
            let apart = next.start - self.words[behind - 1].end > 1;
            if !joined && !apart {
                break;
            }
            at = behind + usize::from(joined);
        }
        sites
    }

    /// The code of the site that begins at a word, and the word behind it.
    fn site(&self, mut at: usize) -> Option<(Resolution, usize)> {
        let mut side = None;
        while let Some(word) = self.words.get(at).filter(|word| self.table.before_site.contains(&word.form)) {
            side = Side::named(&word.form).or(side);
            at += 1;
        }
        let most = self.words.len().min(at + MOST_WORDS);
        (at + 1..=most).rev().find_map(|behind| {
            let forms: Vec<&str> = self.words[at..behind].iter().map(|word| word.form.as_str()).collect();
            let id = self.secondary(&forms.join(" "))?;
            let found = self.with.resolved.get(self.with.pack, id, Told { side, ..Told::default() });
            let rule = found.rule.filter(|rule| *rule == rules::NOT_BILLABLE).unwrap_or(rules::SPREAD_TO);
            Some((Resolution { id: found.id, rule: Some(rule) }, behind))
        })
    }

    /// The secondary malignancy of a site by the terms of the pack.
    fn secondary(&self, site: &str) -> Option<ConceptId> {
        let pack = self.with.pack;
        let value = pack.terms().get(normal_form(&format!("metastasis to {site}")))?;
        let mut concepts = pack.postings(value).map(|posting| posting.concept);
        concepts.find(|id| {
            *pack.system_of(*id) == self.with.config.system
                && any_prefix(&self.table.secondaries, pack.code(*id))
        })
    }
}
