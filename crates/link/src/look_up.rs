use clinlink_model::{System, Via};
use clinlink_vocab::{Pack, Posting, TermKind, normal_form};

use crate::gate::Gate;
use crate::hits::Hits;
use crate::query::Query;
use crate::score;
use crate::source::{Knowledge, Need, Source};

/// Terms that are the mention. Where the long form is a term, the short form does not count: an abbreviation in a
/// vocabulary is one of many senses, the expansion is the one that the note has.
pub(crate) struct LookUp;

impl Source for LookUp {
    fn need(&self) -> Need {
        Need::Always
    }

    fn find(&self, query: &Query<'_>, with: &Knowledge, hits: &mut Hits) {
        if let Some(long) = query.long {
            let written = normal_form(long);
            add(&written, None, (score::ABBREVIATION, Via::Abbreviation), with, hits);
            // `Coronary arterty diease (CAD)` is what our table has, misspelt.
            let is_meant = |known: &&String| is_misspelt(&written, known, &with.pack);
            if query.defined
                && with.is_nil(hits)
                && let Some(known) = with.lexicon.short_forms.get(query.text).filter(is_meant)
            {
                add(known, None, (score::ABBREVIATION, Via::Abbreviation), with, hits);
            }
            // Where our lexicon reads the whole mention as something that no vocabulary has, the vocabulary's short form is
            // another thing: `TTP` that is tender to palpation is no purpura, and a `PCP` no phencyclidine.
            let is_short = !query.defined && !query.text.contains(char::is_whitespace);
            if is_short && !with.lexicon.senses.contains_key(query.text) {
                add_listed(query.text, with, hits);
            }
            if is_short || !with.is_nil(hits) {
                return;
            }
        }
        let form = normal_form(query.text);
        add(&form, Some(query), (score::NORMAL, Via::Normal), with, hits);
        if let Some(disease) = with.lexicon.eponyms.get(&form).filter(|_| with.is_nil(hits)) {
            add(disease, None, (score::ABBREVIATION, Via::Abbreviation), with, hits);
        }
    }
}

/// Whether words are others with at most two letters wrong in each.
fn is_misspelt(words: &str, others: &str, pack: &Pack) -> bool {
    let is_near = |(word, other): (&str, &str)| {
        let near = || pack.near_words(word, 2).unwrap_or_default();
        word == other || near().iter().any(|(near, _)| near == other)
    };
    words.split(' ').count() == others.split(' ').count()
        && words.split(' ').zip(others.split(' ')).all(is_near)
}

/// Adds the codes of an abbreviation of one sense that is listed itself, where its long form has none: `MOGAD`.
fn add_listed(text: &str, with: &Knowledge, hits: &mut Hits) {
    let system = &System::ICD10CM;
    let Some(value) = with.pack.terms().get(normal_form(text)) else { return };
    if hits.reach_by_words(system, with.config.threshold) {
        return;
    }
    let is_listed = |posting: &Posting| {
        posting.kind == TermKind::Index
            && with.pack.system_of(posting.concept) == system
            && with.pack.is_surface(posting.concept, text)
    };
    hits.add_term(with.pack.postings(value).filter(is_listed), score::EXACT, Via::Exact);
}

fn add(
    form: &str,
    as_written: Option<&Query<'_>>,
    (way, via): (f32, Via),
    with: &Knowledge,
    hits: &mut Hits,
) {
    let Some(value) = with.pack.terms().get(form) else { return };
    let gate = Gate { pack: &with.pack, lexicon: &with.lexicon };
    for posting in with.pack.postings(value) {
        let is_other = |query: &Query<'_>| {
            gate.is_lower_acronym(query.text, form, posting)
                || gate.is_misread(query.text, form, posting)
                || gate.is_other_sense(query.text, posting)
                || !query.defined && gate.is_ambiguous(query.text, value, posting)
        };
        if as_written.is_some_and(is_other) {
            continue;
        }
        let exact = as_written.is_some_and(|query| with.pack.is_surface(posting.concept, query.text));
        let (way, via) = if exact { (score::EXACT, Via::Exact) } else { (way, via) };
        hits.add_term(std::iter::once(posting), way, via);
    }
}
