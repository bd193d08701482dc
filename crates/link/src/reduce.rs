//! Other ways to write a mention that leave its meaning: without words that do not decide, in another order.
//!
//! `severe stenosis of the left ureter` gives, from the closest on: `stenosis of the ureter`, `stenosis ureter`,
//! `ureter stenosis`. The word that names the problem is never dropped.

use clinlink_model::{System, Via};
use clinlink_vocab::{Posting, is_function_word, normal_words};

use crate::gate::Gate;
use crate::hits::Hits;
use crate::lexicon::Lexicon;
use crate::query::Query;
use crate::score;
use crate::side::{are_two, with_one_side};
use crate::source::{Knowledge, Need, Source};
use crate::walk::Walker;
use crate::words::Words;

/// Terms that are the mention without words that do not decide, in any order.
pub(crate) struct Reduced;

impl Source for Reduced {
    fn need(&self) -> Need {
        Need::Unreached
    }

    fn find(&self, query: &Query<'_>, with: &Knowledge, hits: &mut Hits) {
        let words: Vec<String> = normal_words(query.full()).into_iter().map(|word| word.form).collect();
        if !are_two(&words, &with.pack) {
            reduce(&words, (0.0, Via::Search), with, hits);
        }
    }
}

/// Terms that are `words`, in normal form, after reductions. `cost` is what they lose for how the words came about.
/// What is left must not be an acronym that happens to be a word: `the image` is no `IMAGe syndrome`.
pub(crate) fn reduce(words: &[String], (cost, via): (f32, Via), with: &Knowledge, hits: &mut Hits) {
    let walker = Walker::new(with.pack.terms(), &with.lexicon);
    let gate = Gate { pack: &with.pack, lexicon: &with.lexicon };
    let mut found = Vec::new();
    // What a system knows as a whole is not looked for in it by less: `left knee osteoarthritis` is no `knee osteoarthritis`,
    // nor by what leaves out a word of course: `acute kidney injury` is no `kidney injury`.
    let reached = |hits: &Hits| -> Vec<System> {
        let systems = with.config.systems.iter();
        systems.filter(|system| hits.reach_by_words(system, with.config.threshold)).cloned().collect()
    };
    let (mut known, mut course) = (reached(hits), false);
    for reduction in reductions(words, &with.lexicon) {
        if reduction.course && !course {
            (known, course) = (reached(hits), true);
        }
        let row = Words::given(reduction.words.iter().map(String::as_str));
        walker.terms_at(&row, 0, &mut found);
        for term in found.iter().filter(|term| term.end == row.len()) {
            let word = &reduction.words[0];
            let alone = row.len() == 1 && term.varied == 0;
            if alone && !gate.is_word(word, term.value) {
                continue;
            }
            let lost = reduction.dropped + term.passed + term.varied;
            let way = score::reduced(lost, reduction.reordered) - cost;
            let is_wanted = |posting: &Posting| {
                let is_acronym = || alone && gate.is_lower_acronym(word, word, *posting);
                !known.contains(with.pack.system_of(posting.concept)) && !is_acronym()
            };
            hits.add_term(with.pack.postings(term.value).filter(is_wanted), way, via);
        }
        if with.unreached(hits).next().is_none() {
            return;
        }
    }
}

/// Orders are tried for at most this many words: 24 of them.
const MOST_ORDERED: usize = 4;

/// One other way to write a mention.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Reduction {
    /// Words in normal form.
    words: Vec<String>,
    /// How many words were dropped that are more than function words.
    dropped: usize,
    /// Whether the order is another.
    reordered: bool,
    /// Whether a word of course was dropped.
    course: bool,
}

/// The wordings of the reductions of a mention's words, closest first.
pub(crate) fn wordings(words: &[String], lexicon: &Lexicon) -> impl Iterator<Item = Vec<String>> {
    reductions(words, lexicon).into_iter().map(|reduction| reduction.words)
}

/// The reductions of a mention's words, closest first.
fn reductions(words: &[String], lexicon: &Lexicon) -> Vec<Reduction> {
    let all = with_one_side(words, lexicon);
    // A letter before `and` is a name, one of several: `hepatitis A and B`.
    if all.windows(2).any(|two| two[0] == "a" && matches!(two[1].as_str(), "and" | "or")) {
        return Vec::new();
    }
    let mut out = vec![Reduction { words: all.clone(), dropped: 0, reordered: false, course: false }];
    let lean: Vec<String> = all.iter().filter(|word| !is_function_word(word)).cloned().collect();
    push_orders(&lean, 0, &mut out);
    // The walker passes over fillers inside a term only; here they go wherever they stand.
    let bare: Vec<String> = lean.iter().filter(|word| !lexicon.fillers.contains(*word)).cloned().collect();
    if bare.len() + 1 < lean.len() {
        // One of several: `severe inferior coloboma` is `inferior coloboma`.
        for at in (0..lean.len()).filter(|&at| lexicon.fillers.contains(&lean[at])) {
            let mut words = lean.clone();
            words.remove(at);
            push_orders(&words, 1, &mut out);
        }
    }
    if bare.len() < lean.len() {
        push_orders(&bare, lean.len() - bare.len(), &mut out);
    }
    let plain: Vec<String> = bare.iter().filter(|word| !is_course(word)).cloned().collect();
    if plain.len() < bare.len() {
        let first = out.len();
        push_orders(&plain, lean.len() - plain.len(), &mut out);
        out[first..].iter_mut().for_each(|reduction| reduction.course = true);
    }
    // What is left must say something: `acute abdomen` is not `abdomen`.
    out.retain(|reduction| !lexicon.general.contains(&reduction.words.join(" ")));
    out
}

/// Whether a reduction may leave a word out.
pub(crate) fn is_dropped(word: &str, lexicon: &Lexicon) -> bool {
    is_function_word(word) || lexicon.fillers.contains(word) || is_course(word)
}

/// Words of course: terms turn on them, so they are dropped last. The link is then less specific than the text,
/// never more.
fn is_course(word: &str) -> bool {
    matches!(
        word,
        "acute"
            | "subacute"
            | "chronic"
            | "longstanding"
            | "severe"
            | "early"
            | "late"
            | "advanced"
            | "end"
            | "stage"
    )
}

fn push_orders(words: &[String], dropped: usize, out: &mut Vec<Reduction>) {
    if words.is_empty() {
        return;
    }
    out.push(Reduction { words: words.to_vec(), dropped, reordered: false, course: false });
    if words.len() < 2 || words.len() > MOST_ORDERED {
        return;
    }
    let mut orders = Vec::new();
    permute(&mut words.to_vec(), 0, &mut orders);
    orders.sort();
    for order in orders.into_iter().filter(|order| order != words) {
        out.push(Reduction { words: order, dropped, reordered: true, course: false });
    }
}

fn permute(words: &mut Vec<String>, at: usize, out: &mut Vec<Vec<String>>) {
    if at == words.len() {
        out.push(words.clone());
        return;
    }
    for other in at..words.len() {
        words.swap(at, other);
        permute(words, at + 1, out);
        words.swap(at, other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(text: &str) -> Vec<String> {
        let words: Vec<String> = normal_words(text).into_iter().map(|word| word.form).collect();
        reductions(&words, &Lexicon::embedded()).into_iter().map(|r| r.words.join(" ")).collect()
    }

    #[test]
    fn drops_what_does_not_decide_and_reorders() {
        let forms = forms("severe stenosis of the left ureter");
        assert!(forms.contains(&"stenosis ureter".to_owned()), "{forms:?}");
        assert!(forms.contains(&"ureter stenosis".to_owned()), "{forms:?}");
        assert_eq!(forms[0], "severe stenosis of the left ureter");
    }

    #[test]
    fn both_sides_are_not_one_of_them() {
        let forms = forms("left and right knee pain");
        assert!(forms.iter().all(|form| !form.contains("left") && !form.contains("right")), "{forms:?}");
        assert!(forms.contains(&"bilateral knee pain".to_owned()), "{forms:?}");
    }

    #[test]
    fn a_letter_is_a_name_before_and() {
        assert!(forms("hepatitis A and B").is_empty());
        assert!(!forms("a wound").is_empty());
    }

    #[test]
    fn does_not_reduce_to_a_general_word() {
        let forms = forms("acute abdomen");
        assert!(!forms.contains(&"abdomen".to_owned()), "{forms:?}");
    }

    #[test]
    fn keeps_words_that_name_something() {
        for form in forms("left renal mass") {
            assert!(form.contains("renal") && form.contains("mass"), "{form}");
        }
    }
}
