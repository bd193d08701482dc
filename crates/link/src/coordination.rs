//! Mentions that name several things with a word in common: `breast and ovarian cancer`, `atrophy of liver and kidney`.
//!
//! What stands beside `and`, `or` or a slash is put together with the words that both share, at the end or at the start of the
//! mention: `breast cancer` and `ovarian cancer`.

use clinlink_model::Via;
use clinlink_vocab::normal_words;

use crate::hits::Hits;
use crate::query::Query;
use crate::reduce::reduce;
use crate::score;
use crate::source::{Knowledge, Need, Source};

/// The things that a coordinated mention names, one by one.
pub(crate) struct Coordination;

impl Source for Coordination {
    fn need(&self) -> Need {
        Need::Nil
    }

    fn find(&self, query: &Query<'_>, with: &Knowledge, hits: &mut Hits<'_>) {
        for wording in conjuncts(query.full()) {
            reduce(&wording, (score::COORDINATED, Via::Search), with, hits);
        }
    }
}

/// The wordings of what a mention names, in the order of the text; empty if it is not coordinated. More than two things
/// (`liver, kidney and heart failure`) are the last and those before it.
fn conjuncts(text: &str) -> Vec<Vec<String>> {
    let words: Vec<String> = normal_words(text).into_iter().map(|word| word.form).collect();
    let Some(at) = words.iter().rposition(|word| matches!(word.as_str(), "and" | "or")) else {
        return Vec::new();
    };
    let (before, after) = (&words[..at], &words[at + 1..]);
    if before.is_empty() || after.is_empty() {
        return Vec::new();
    }
    let joined = |one: &[String], other: &[String]| [one, other].concat();
    let mut wordings = Vec::new();
    if after.len() > 1 {
        // The last word or two are shared: `hepatic and renal failure`.
        wordings.push(joined(before, &after[1..]));
        wordings.push(joined(before, &after[after.len() - 1..]));
    }
    wordings.push(before.to_vec());
    wordings.push(after.to_vec());
    if before.len() > 1 {
        // The words before the last one are shared: `atrophy of liver and kidney`.
        wordings.push(joined(&before[..before.len() - 1], after));
    }
    let mut seen: Vec<Vec<String>> = Vec::new();
    wordings.retain(|wording| {
        let new = !seen.contains(wording);
        seen.push(wording.clone());
        new
    });
    wordings
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::conjuncts;

    #[rstest]
    #[case("breast and ovarian cancer", &["breast cancer", "ovarian cancer"])]
    #[case("hepatic or acute renal failure", &["hepatic failure", "acute renal failure"])]
    #[case("atrophy of liver and kidney", &["atrophy of liver", "atrophy of kidney"])]
    fn each_thing_is_named_in_full(#[case] text: &str, #[case] named: &[&str]) {
        let wordings: Vec<String> = conjuncts(text).iter().map(|words| words.join(" ")).collect();
        for name in named {
            assert!(wordings.iter().any(|wording| wording == name), "{wordings:?}");
        }
    }

    #[rstest]
    #[case("breast cancer")]
    #[case("and cancer")]
    #[case("nausea and")]
    #[case("")]
    fn nothing_to_divide(#[case] text: &str) {
        assert!(conjuncts(text).is_empty());
    }
}
