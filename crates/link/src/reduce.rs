//! Other ways to write a mention that leave its meaning: without words that do not decide, in another order.
//!
//! `severe stenosis of the left ureter` gives, from the closest on: `stenosis of the ureter`, `stenosis ureter`,
//! `ureter stenosis`. The word that names the problem is never dropped.

use clinlink_vocab::is_function_word;

use crate::lexicon::Lexicon;
use crate::words::Words;

/// Orders are tried for at most this many words: 24 of them.
const MOST_ORDERED: usize = 4;

/// One other way to write a mention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reduction {
    /// Words in normal form.
    pub(crate) words: Vec<String>,
    /// How many words were dropped that are more than function words.
    pub(crate) dropped: usize,
    /// Whether the order is another.
    pub(crate) reordered: bool,
}

/// The reductions of a mention, closest first.
pub(crate) fn reductions(words: &Words, lexicon: &Lexicon) -> Vec<Reduction> {
    let all: Vec<String> = (0..words.len()).map(|at| words.form(at).to_owned()).collect();
    let mut out = vec![Reduction { words: all.clone(), dropped: 0, reordered: false }];
    let lean: Vec<String> = all.iter().filter(|word| !is_function_word(word)).cloned().collect();
    push_orders(&lean, 0, &mut out);
    // The walker passes over fillers inside a term only; here they go wherever they stand.
    let bare: Vec<String> = lean.iter().filter(|word| !lexicon.fillers.contains(*word)).cloned().collect();
    if bare.len() < lean.len() {
        push_orders(&bare, lean.len() - bare.len(), &mut out);
    }
    let plain: Vec<String> = bare.iter().filter(|word| !is_course(word)).cloned().collect();
    if plain.len() < bare.len() {
        push_orders(&plain, lean.len() - plain.len(), &mut out);
    }
    // What is left must say something: `acute abdomen` is not `abdomen`.
    out.retain(|reduction| !lexicon.general.contains(&reduction.words.join(" ")));
    out
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
    out.push(Reduction { words: words.to_vec(), dropped, reordered: false });
    if words.len() < 2 || words.len() > MOST_ORDERED {
        return;
    }
    let mut orders = Vec::new();
    permute(&mut words.to_vec(), 0, &mut orders);
    orders.sort();
    for order in orders.into_iter().filter(|order| order != words) {
        out.push(Reduction { words: order, dropped, reordered: true });
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
        let words = Words::joined(text);
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
