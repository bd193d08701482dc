//! Mentions that name several things with words in common: `breast and ovarian cancer`, `atrophy of liver and kidney`.
//!
//! Each thing is put together with the words that all share, at the end or at the start of the mention: `breast cancer` and
//! `ovarian cancer`. What came upon something else is another thing than that: `AKI on CKD`. If each of them is found, the mention stands for all; else for the one that is.

use clinlink_model::Via;
use clinlink_vocab::normal_words;

use crate::hits::Hits;
use crate::query::Query;
use crate::reduce::reduce;
use crate::score;
use crate::source::{Knowledge, Need, Source};

/// The things that a coordinated mention names, one by one.
pub(crate) struct Coordination;

/// The words of one thing, in normal form.
type Wording = Vec<String>;

impl Source for Coordination {
    fn need(&self) -> Need {
        Need::Nil
    }

    fn find(&self, query: &Query<'_>, with: &Knowledge, hits: &mut Hits) {
        let mut unread: Vec<Hits> = Vec::new();
        for reading in readings(query.full()) {
            let of_each: Vec<Hits> = reading.iter().map(|wording| found(wording, query, with)).collect();
            if of_each.iter().all(|found| !with.is_nil(found)) {
                for (conjunct, found) in (1..).zip(of_each) {
                    hits.take(found, conjunct);
                }
                return;
            }
            unread.extend(of_each);
        }
        for found in unread {
            hits.take(found, 0);
        }
    }
}

fn found(wording: &[String], query: &Query<'_>, with: &Knowledge) -> Hits {
    let mut hits = Hits::new(with, &wording.join(" "), query.label);
    reduce(wording, (score::COORDINATED, Via::Search), with, &mut hits);
    hits
}

/// The ways to read a mention as several things, in the order of the text; none if it is not coordinated.
fn readings(text: &str) -> Vec<Vec<Wording>> {
    if let Some(two) = one_upon_the_other(text) {
        return vec![two];
    }
    let mut things = things(text);
    let Some(last) = things.pop().filter(|_| !things.is_empty()) else { return Vec::new() };
    let with_end = |from: usize| -> Vec<Wording> {
        let completed = things.iter().map(|thing| [thing, &last[from..]].concat());
        completed.chain([last.clone()]).collect()
    };
    let mut readings = wholes(text);
    // All but the first word of the last thing is shared, or its last word: `hepatic and acute renal failure`.
    if last.len() > 1 {
        readings.push(with_end(1));
    }
    if last.len() > 2 {
        readings.push(with_end(last.len() - 1));
    }
    if let Some((_, shared)) = things[0].split_last().filter(|(_, shared)| !shared.is_empty()) {
        // The words before the last one of the first thing are shared: `atrophy of liver and kidney`.
        let others = things[1..].iter().chain([&last]).map(|thing| [shared, thing].concat());
        readings.push([things[0].clone()].into_iter().chain(others).collect());
    }
    readings.push(with_end(last.len()));
    readings
}

/// Where `and` stands several times, what stands on both sides of each, as it is: `AML and head and neck cancer`.
fn wholes(text: &str) -> Vec<Vec<Wording>> {
    let words: Wording = normal_words(text).into_iter().map(|word| word.form).collect();
    let joints: Vec<usize> = (1..words.len().saturating_sub(1)).filter(|&at| is_joint(&words[at])).collect();
    if joints.len() < 2 || text.contains(',') {
        return Vec::new();
    }
    joints.into_iter().map(|joint| vec![words[..joint].to_vec(), words[joint + 1..].to_vec()]).collect()
}

/// What stands between commas, and on both sides of the last `and` or `or` (a slash is one in normal form).
fn things(text: &str) -> Vec<Wording> {
    let mut things: Vec<Wording> =
        text.split(',').map(|part| normal_words(part).into_iter().map(|word| word.form).collect()).collect();
    let last = things.pop().unwrap_or_default();
    let Some(joint) = last.iter().rposition(|word| is_joint(word)) else { return Vec::new() };
    things.push(last[..joint].to_vec());
    things.push(last[joint + 1..].to_vec());
    // `liver, kidney, and heart failure` has nothing between the comma and `and`.
    if things.last().is_some_and(|last| !last.is_empty()) {
        things.retain(|thing| !thing.is_empty());
        return things;
    }
    Vec::new()
}

fn is_joint(word: &str) -> bool {
    matches!(word, "and" | "or")
}

/// What is said to have come upon something else, and that: `acute kidney injury on chronic kidney disease`, `metastatic
/// colon cancer to the liver`.
fn one_upon_the_other(text: &str) -> Option<Vec<Wording>> {
    let words: Vec<String> = normal_words(text).into_iter().map(|word| word.form).collect();
    if text.contains(',') || words.iter().any(|word| is_joint(word)) {
        return None;
    }
    let at = |word: &str| words.iter().position(|other| other == word).filter(|&at| at > 0);
    if words.first().is_some_and(|first| first == "metastatic")
        && let Some(to) = at("to").filter(|&to| to > 1)
    {
        let metastasis = ["metastasis".to_owned()].into_iter().chain(words[to..].iter().cloned());
        return Some(vec![words[1..to].to_vec(), metastasis.collect()]);
    }
    let on = at("on").filter(|&on| words[on - 1] != "acute" && on + 1 < words.len())?;
    Some(vec![words[..on].to_vec(), words[on + 1..].to_vec()])
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::readings;

    #[rstest]
    #[case("breast and ovarian cancer", &["breast cancer", "ovarian cancer"])]
    #[case("hepatic or acute renal failure", &["hepatic failure", "acute renal failure"])]
    #[case("atrophy of liver and kidney", &["atrophy of liver", "atrophy of kidney"])]
    #[case("liver, kidney and heart failure", &["liver failure", "kidney failure", "heart failure"])]
    #[case("liver, kidney, and heart failure", &["liver failure", "kidney failure", "heart failure"])]
    #[case("dyspnea and chest pain", &["dyspnea", "chest pain"])]
    #[case("hepatitis A and B", &["hepatitis a", "hepatitis b"])]
    #[case("AKI on CKD stage 4", &["aki", "ckd stage 4"])]
    #[case("metastatic colon cancer to the liver", &["colon cancer", "metastasis to the liver"])]
    #[case("AML and head and neck cancer", &["aml", "head and neck cancer"])]
    #[case("nausea and vomiting and pain", &["nausea and vomiting", "pain"])]
    fn each_thing_is_named_in_full(#[case] text: &str, #[case] named: &[&str]) {
        let readings = readings(text);
        let named_by =
            |reading: &Vec<Vec<String>>| reading.iter().map(|words| words.join(" ")).collect::<Vec<_>>();
        assert!(readings.iter().any(|reading| named_by(reading) == named), "{readings:?}");
    }

    #[rstest]
    #[case("breast cancer")]
    #[case("and cancer")]
    #[case("nausea and")]
    #[case("fever, unspecified")]
    #[case("acute on chronic kidney failure")]
    #[case("metastatic colon cancer")]
    #[case("")]
    fn nothing_to_divide(#[case] text: &str) {
        assert!(readings(text).is_empty());
    }
}
