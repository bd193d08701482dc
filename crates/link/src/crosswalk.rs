//! Which concepts of another system a mention may be taken to over cross-references.
//!
//! A map is of a concept, and a mention is one of many ways to name it. So a reference is left out where it says more than the
//! mention did: over a code for all the rest (`wound`, under `Other injury of unspecified body region`, is no bone
//! fracture), to a course or type that only the code has (`diabetic`, under type 2 diabetes, is no `Type II diabetes
//! mellitus`), to its being inborn (`hyperlipidemia` is no `familial hyperlipidemia`), and to a site that nobody named (`polyp` is no `Polyp of female genital tract`).
//!
//! Codes of several categories are what a disease brings about: only one that is named alike is its own.
//!
//! Ontologies refer to what is only related (`hydrarthrosis` has the MeSH number of all effusions), so that a finding leads
//! to a rare disease which has it, or a disease to one of its signs. A concept of theirs, unless a code itself refers to it, is
//! therefore kept only if one of its terms says no word that neither the mention nor a term of the concept that refers to it
//! says; two disease ontologies that hold each other's concepts to be the same are believed. So is a MeSH heading that has
//! words of the mention and is known by a name alone to a code for many things; of several headings those named so are kept, if
//! there are any.

use std::cell::OnceCell;

use clinlink_model::System;
use clinlink_vocab::{ConceptId, MapOrigin, Pack, Relation, TermKind, deciding_words, normal_words};

use crate::hits::Hits;
use crate::lexicon::Lexicon;
use crate::qualifier::{is_scale, is_sort};
use crate::title::{added_words, is_residual, same};

/// The concepts whose maps are those of a concept. Maps are of codes, so a category also refers to what its unspecified code
/// does: the one whose title says no more.
pub(crate) fn mapped((pack, lexicon): (&Pack, &Lexicon), id: ConceptId) -> Vec<ConceptId> {
    let mut from = vec![id];
    if *pack.system_of(id) == System::ICD10CM && !pack.is_billable(id) {
        let said = forms(pack.title(id));
        let same = |code: &ConceptId| added_words(pack.title(*code), &said, lexicon) == 0;
        from.extend(pack.children(id).filter(same));
    }
    from
}

/// The concepts of `system` that a concept refers to, by way of those that are [`mapped`], and that say no more than the
/// mention, whose hits are `hits`.
pub(crate) fn references(
    (pack, lexicon): (&Pack, &Lexicon),
    (id, mapped): (ConceptId, &[ConceptId]),
    system: &System,
    hits: &Hits,
) -> Vec<(ConceptId, Relation)> {
    let is_code = *pack.system_of(id) == System::ICD10CM;
    let mut all = Vec::new();
    for &from in mapped {
        // ICD-9-CM has the same rests, and every code is mapped to it.
        let is_kept = |to: ConceptId| *system == System::ICD9CM || !is_over_a_rest(pack, from, to);
        all.extend(pack.map_to(from, system).into_iter().filter(|&(to, _)| is_kept(to)));
    }
    if *system == System::ICD9CM || all.is_empty() {
        return all;
    }
    let is_rest = is_code && is_residual(pack.title(id)) && hits.added(id) > 0;
    let adds = |to: ConceptId| {
        let title = forms(pack.title(to));
        let sorts = || sorts(&title).any(|word| !hits.says(word));
        is_code && sorts() || *system == System::ICD10CM && adds_place((pack, lexicon), id, &title, hits)
    };
    all.retain(|&(to, _)| !is_rest && !adds(to));
    if !is_code && *system == System::ICD10CM && is_of_many(pack, &all) {
        let known: Vec<String> = pack.terms_of(id).flat_map(|(term, _)| forms(term)).collect();
        let is_named = |title: &str| {
            let words = deciding_words(title);
            words.iter().any(|word| hits.says(word) || known.iter().any(|other| same(word, other, lexicon)))
        };
        all.retain(|&(to, _)| is_named(pack.title(to)));
    }
    if ONTOLOGIES.contains(system) {
        let adds_origin = |to: ConceptId| {
            let title = forms(pack.title(to));
            let mut origins = title.iter().filter(|word| is_origin(word) && !hits.says(word)).peekable();
            origins.peek().is_some() && {
                let known: Vec<String> = pack.terms_of(id).flat_map(|(term, _)| forms(term)).collect();
                origins.any(|origin| !known.contains(origin))
            }
        };
        all.retain(|&(to, _)| !adds_origin(to));
    }
    let known = OnceCell::new();
    let is_named = |to: ConceptId| {
        let known = || known.get_or_init(|| pack.terms_of(id).flat_map(|(term, _)| forms(term)).collect());
        is_named_alike((pack, lexicon), to, known, hits)
    };
    if ONTOLOGIES.contains(system) {
        let is_only = all.len() == 1;
        all.retain(|&(to, relation)| {
            let is_stated = || mapped.iter().any(|&from| pack.maps(from).any(|(target, _)| target == to));
            let is_same = relation == Relation::Exact && is_of_diseases(pack, id) && is_of_diseases(pack, to);
            is_code && is_only && is_stated() || is_same || is_named(to)
        });
    } else if *system == System::MESH {
        // The names of a code for many things are theirs, too: only its title is its own.
        let title = OnceCell::new();
        let own = || title.get_or_init(|| forms(pack.title(id)));
        let is_told = |to: ConceptId| {
            if is_code { is_named_alike((pack, lexicon), to, own, hits) } else { is_named(to) }
        };
        // MeSH has tumours under their site: `Pituitary Neoplasms` are adenomas, too.
        let is_narrower = |to: ConceptId| {
            let title = pack.title(to);
            !title.ends_with(" Neoplasms")
                && hits.share_words(&forms(title))
                && is_of_lump(pack, to)
                && !is_told(to)
        };
        all.retain(|&(to, _)| !is_narrower(to));
        // The pack has few names of MeSH's, so what is called otherwise may be the same.
        let is_same =
            |&(to, relation): &(ConceptId, Relation)| relation != Relation::Narrower && is_named(to);
        if all.iter().any(is_same) {
            all.retain(is_same);
        }
    }
    all
}

/// A code with names of more concepts than this is one for many things.
const MOST_SORTS: usize = 3;

/// Whether a concept is known by a name alone to a code that is one for many things: that of `lung cancer` is also that of
/// `Small Cell Lung Carcinoma`.
fn is_of_lump(pack: &Pack, id: ConceptId) -> bool {
    let is_lump = |code: ConceptId| {
        let sorts = pack.maps(code).filter(|&(_, relation)| relation == Relation::Narrower);
        *pack.system_of(code) == System::ICD10CM && sorts.count() > MOST_SORTS
    };
    pack.cross_references(id).any(|known| known.origin == MapOrigin::SharedName && is_lump(known.target))
}

/// Whether a word says that somebody was born with it: `hyperlipidemia` is no `familial hyperlipidemia`.
pub(crate) fn is_origin(word: &str) -> bool {
    matches!(word, "congenital" | "familial" | "hereditary" | "inherited")
}

/// Whether codes are of several categories: then they are not the disease but what it brings about, as a rare syndrome of
/// eyes, joints and ears refers to a code for each.
fn is_of_many(pack: &Pack, codes: &[(ConceptId, Relation)]) -> bool {
    let category = |id: ConceptId| pack.code(id).get(..3);
    codes.windows(2).any(|two| category(two[0].0) != category(two[1].0))
}

/// The systems whose references are only believed by name.
const ONTOLOGIES: [System; 4] = [System::HPO, System::MONDO, System::DOID, System::ORDO];

fn is_of_diseases(pack: &Pack, id: ConceptId) -> bool {
    [System::MONDO, System::DOID, System::ORDO].contains(pack.system_of(id))
}

/// Whether a concept has a term all of whose deciding words are words of the mention or among the `known` ones.
fn is_named_alike<'k>(
    (pack, lexicon): (&Pack, &Lexicon),
    id: ConceptId,
    known: impl Fn() -> &'k Vec<String>,
    hits: &Hits,
) -> bool {
    let is_known = |word: &String| hits.says(word) || known().iter().any(|other| same(word, other, lexicon));
    let mut terms = pack.terms_of(id).filter(|(_, kind)| *kind != TermKind::Related);
    terms.any(|(term, _)| {
        let words = deciding_words(term);
        !words.is_empty() && words.iter().all(is_known)
    })
}

/// Whether the only ways to a concept are over codes for all the rest.
fn is_over_a_rest(pack: &Pack, from: ConceptId, to: ConceptId) -> bool {
    let refers = |from: ConceptId| pack.maps(from).any(|(target, _)| target == to);
    let mut between = pack.maps(from).map(|(between, _)| between).filter(|&between| refers(between));
    !refers(from) && between.all(|between| is_residual(pack.title(between)))
}

/// The words of a title that say which course or type it is.
fn sorts(title: &[String]) -> impl Iterator<Item = &str> {
    let typed = |at: usize| at > 0 && is_scale(&title[at - 1]) && title[at].len() <= 2;
    (0..title.len()).filter(move |&at| is_sort(&title[at]) || typed(at)).map(|at| title[at].as_str())
}

/// Whether a title has words of the mention and a part of the body, which no term of the concept that refers to it names. A title
/// in other words, such as `Mucocutaneous lymph node syndrome` for Kawasaki disease, is another name.
fn adds_place((pack, lexicon): (&Pack, &Lexicon), from: ConceptId, title: &[String], hits: &Hits) -> bool {
    let mut places =
        title.iter().filter(|word| lexicon.places.contains(*word) && !hits.says(word)).peekable();
    places.peek().is_some() && hits.share_words(title) && {
        let known: Vec<String> = pack.terms_of(from).flat_map(|(term, _)| forms(term)).collect();
        places.all(|place| !known.iter().any(|word| same(place, word, lexicon)))
    }
}

fn forms(text: &str) -> Vec<String> {
    normal_words(text).into_iter().map(|word| word.form).collect()
}
