//! Which words were the evidence of a code, where no one has said so.
//!
//! Of the words of a note those are taken that came with the code most tellingly: more often than chance has it, by the
//! likelihood ratio of Dunning (1993) over all coded notes. `hydronephrosis` is in nearly every note with 591 and in few
//! others.

use std::collections::{BTreeMap, BTreeSet};

use clinlink_vocab::{is_function_word, normal_words};

use super::learn::Coded;

/// Inferred evidence has at most this many words.
const MOST_WORDS: usize = 4;
/// Words that came with a code in fewer notes say nothing of it.
const FEWEST: u32 = 2;
/// Below this likelihood ratio, words may have come with a code by chance (3.84 is once in twenty).
const LEAST: f64 = 6.0;

/// For each of `cases`, notes with what their coder made of them: those of its codes of which no evidence is known, with
/// the words that most likely were it, in normal form.
pub(super) fn infer(cases: &[(&str, &Coded)]) -> Vec<Vec<(String, String)>> {
    let wanting: Vec<Vec<&str>> = cases.iter().map(|(_, coded)| without_evidence(coded)).collect();
    if wanting.iter().all(Vec::is_empty) {
        return vec![Vec::new(); cases.len()];
    }
    let phrases: Vec<BTreeSet<String>> = cases.iter().map(|(text, _)| phrases(text)).collect();
    let mut tables = Tables { cases: cases.len(), ..Tables::default() };
    for (phrases, (_, coded)) in phrases.iter().zip(cases) {
        for code in &coded.codes {
            *tables.codes.entry(code).or_default() += 1;
        }
        for phrase in phrases {
            let (stood, with) = tables.phrases.entry(phrase).or_default();
            *stood += 1;
            for code in &coded.codes {
                *with.entry(code).or_default() += 1;
            }
        }
    }
    let infer = |(codes, phrases): (&Vec<&str>, &BTreeSet<String>)| {
        let told = |code: &str| tables.most_telling(phrases, code).into_iter().map(str::to_owned);
        codes.iter().flat_map(|code| told(code).map(|phrase| ((*code).to_owned(), phrase))).collect()
    };
    wanting.iter().zip(&phrases).map(infer).collect()
}

fn without_evidence(coded: &Coded) -> Vec<&str> {
    let known: BTreeSet<&str> = coded.evidence.iter().map(|(code, _)| code.as_str()).collect();
    coded.codes.iter().map(String::as_str).filter(|code| !known.contains(code)).collect()
}

/// The phrases of a text in normal form, without function words at either end and within punctuation.
fn phrases(text: &str) -> BTreeSet<String> {
    let words = normal_words(text);
    let is_content = |form: &str| form.len() > 2 && !is_function_word(form);
    let mut phrases = BTreeSet::new();
    for (first, start) in words.iter().enumerate().filter(|(_, word)| is_content(&word.form)) {
        let mut phrase = String::new();
        let mut end = start.range.start;
        for word in words[first..].iter().take(MOST_WORDS) {
            if text[end..word.range.start].contains(['.', ',', ';', ':', '\n']) {
                break;
            }
            end = word.range.end;
            if !phrase.is_empty() {
                phrase.push(' ');
            }
            phrase.push_str(&word.form);
            if is_content(&word.form) {
                phrases.insert(phrase.clone());
            }
        }
    }
    phrases
}

/// How often phrases and codes stood in cases, alone and together.
#[derive(Default)]
struct Tables<'c> {
    cases: usize,
    codes: BTreeMap<&'c str, u32>,
    phrases: BTreeMap<&'c str, (u32, BTreeMap<&'c str, u32>)>,
}

impl Tables<'_> {
    /// The phrases that tell most of a code: the best, of two the longer one, and another that shares no word with it, if
    /// it tells at least half as much.
    fn most_telling<'p>(&self, phrases: &'p BTreeSet<String>, code: &str) -> Vec<&'p str> {
        let told = phrases.iter().filter_map(|phrase| {
            let (stood, with) = self.phrases.get(phrase.as_str())?;
            let both = *with.get(code)?;
            let ratio = likelihood_ratio(both, *stood, *self.codes.get(code)?, self.cases);
            (both >= FEWEST && ratio >= LEAST).then_some((ratio, phrase.as_str()))
        });
        let told: Vec<(f64, &str)> = told.collect();
        let best = |told: &mut dyn Iterator<Item = &(f64, &'p str)>| {
            told.max_by(|(a, words), (b, others)| a.total_cmp(b).then_with(|| words.len().cmp(&others.len())))
                .copied()
        };
        let Some((ratio, first)) = best(&mut told.iter()) else { return Vec::new() };
        let other = |phrase: &str| phrase.split(' ').all(|word| first.split(' ').all(|known| known != word));
        let mut others = told.iter().filter(|(next, phrase)| *next >= ratio / 2.0 && other(phrase));
        std::iter::once(first).chain(best(&mut others).map(|(_, phrase)| phrase)).collect()
    }
}

/// Twice the log likelihood ratio of two things being together in `both` of `all` cases, where they are in `one` and
/// `other` of them; 0 if that is no more than chance has it.
pub(super) fn likelihood_ratio(both: u32, one: u32, other: u32, all: usize) -> f64 {
    let (both, one, other, all) = (f64::from(both), f64::from(one), f64::from(other), all as f64);
    if both * all <= one * other {
        return 0.0;
    }
    let neither = all - one - other + both;
    let own = |count: f64| if count > 0.0 { count * count.ln() } else { 0.0 };
    let cells = own(both) + own(one - both) + own(other - both) + own(neither);
    let margins = own(one) + own(all - one) + own(other) + own(all - other);
    2.0 * (cells - margins + own(all))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coded(codes: &[&str]) -> Coded {
        Coded { codes: codes.iter().map(|code| (*code).to_owned()).collect(), evidence: Vec::new() }
    }

    #[test]
    fn the_most_telling_words_are_the_evidence() {
        let (with, without) = (coded(&["591"]), coded(&["599.0"]));
        let told = "History: left hydronephrosis. Normal bladder.";
        let other = "History: urinary tract infection. Normal bladder.";
        let cases: Vec<(&str, &Coded)> =
            (0..20).map(|n| if n % 4 == 0 { (told, &with) } else { (other, &without) }).collect();
        let inferred = infer(&cases);
        assert_eq!(inferred[0], [("591".to_owned(), "left hydronephrosis".to_owned())]);
        assert_eq!(inferred[1], [("599.0".to_owned(), "urinary tract infection".to_owned())]);
    }

    #[test]
    fn known_evidence_is_left_alone_and_once_is_nothing() {
        let known = Coded { evidence: vec![("591".into(), "dilated".into())], ..coded(&["591"]) };
        let once = coded(&["486"]);
        let cases = [("left hydronephrosis", &known), ("left hydronephrosis", &known), ("pneumonia", &once)];
        assert!(infer(&cases).iter().all(Vec::is_empty));
    }

    #[test]
    fn what_is_no_more_than_chance_has_no_ratio() {
        assert!(likelihood_ratio(5, 50, 10, 100).abs() < 1e-9);
        assert!(likelihood_ratio(10, 10, 10, 100) > likelihood_ratio(5, 10, 10, 100));
    }
}
