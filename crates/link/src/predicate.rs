//! What is said of something with a verb: `ears are low-set`, `QT interval was prolonged`, `gait remained unsteady`.
//!
//! Vocabularies put the adjective in front (`low-set ears`), so a statement is a mention if the subject behind what is said of
//! it, or before it, is a term. The subject must be all that stands before the verb (`corneal reflexes were absent` is no
//! absence of all reflexes), and what is said must end there (`vision is low risk` is no low vision). `Not`, and verbs of
//! doubt, end the search: `the liver is not enlarged` is no mention at all.

use std::ops::Range;

use clinlink_model::Via;
use clinlink_vocab::is_function_word;

use crate::hits::Hits;
use crate::lexicon::Lexicon;
use crate::qualifier::follows_phrase;
use crate::query::Query;
use crate::reduce::reduce;
use crate::source::{Knowledge, Need, Source};
use crate::words::Words;

/// A subject has at most this many words: `fifth finger nails`.
const MOST_SUBJECT: usize = 4;
/// What is said of it has at most this many: `low set`, `widely spaced`.
const MOST_SAID: usize = 3;
/// At most this many words stand between the verb and what is said: `were noted to be markedly`.
const MOST_BETWEEN: usize = 5;

/// A subject with what is said of it, as words of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement {
    pub(crate) subject: Range<usize>,
    pub(crate) said: Range<usize>,
}

impl Statement {
    /// The ways in which a vocabulary may have it: `low set ear`, `ear low set`; with abbreviations as they stand
    /// (`prolonged PR interval`) and written out.
    pub(crate) fn wordings(&self, words: &Words) -> Vec<String> {
        let (subject, said) = (words.forms(self.subject.clone()), words.forms(self.said.clone()));
        let mut all = vec![format!("{said} {subject}"), format!("{subject} {said}")];
        let (long, how) = (words.written(self.subject.clone()), words.written(self.said.clone()));
        if long != subject || how != said {
            all.extend([format!("{how} {long}"), format!("{long} {how}")]);
        }
        all
    }
}

/// The statements whose subject begins with word `at`, the longest first.
pub(crate) fn statements(words: &Words, at: usize, lexicon: &Lexicon) -> Vec<Statement> {
    let mut found = Vec::new();
    if !may_begin(words, at, lexicon) {
        return found;
    }
    let most = words.len().min(at + MOST_SUBJECT + 1);
    let verb = (at + 1..most).take_while(|&at| !words.breaks_before(at)).find(|&at| is_verb(words.form(at)));
    let Some(verb) = verb else { return found };
    if (at..verb).any(|at| is_person(words.form(at)) || follows_phrase(words.form(at))) {
        return found;
    }
    let mut start = verb + 1;
    while start < words.len().min(verb + 1 + MOST_BETWEEN) && !words.breaks_before(start) {
        let most = words.len().min(start + MOST_SAID);
        let stop = (start + 1..most).find(|&at| words.breaks_before(at)).unwrap_or(most);
        let is_finding = |end: usize| !(start..end).any(|at| says_no_finding(words.form(at)));
        let ends = (start + 1..=stop).rev().filter(|&end| is_end(words, end) && is_finding(end));
        let is_taken_out = is_organ(words.form(verb - 1)) && words.form(start) == "absent";
        if is_taken_out {
            break;
        }
        let statement = |end| Statement { subject: at..verb, said: start..end };
        found.extend(ends.filter(|&end| !is_function_word(words.form(end - 1))).map(statement));
        if !is_between(words.form(start)) {
            break;
        }
        start += 1;
    }
    found
}

/// Whether a subject may begin with word `at`: nothing before it is part of its name.
fn may_begin(words: &Words, at: usize, lexicon: &Lexicon) -> bool {
    let form = words.form(at);
    if is_function_word(form) || is_verb(form) {
        return false;
    }
    let Some(before) = at.checked_sub(1).filter(|_| !words.breaks_before(at)) else { return true };
    let before = words.form(before);
    is_function_word(before)
        || is_person(before)
        || follows_phrase(before)
        || lexicon.fillers.contains(before)
        || matches!(before, "that" | "if" | "when" | "where" | "while" | "because" | "nor" | "neither" | "no")
}

/// Whether what is said may end before word `end`.
fn is_end(words: &Words, end: usize) -> bool {
    end >= words.len()
        || words.breaks_before(end)
        || follows_phrase(words.form(end))
        || matches!(
            words.form(end),
            "bilaterally"
                | "bilateral"
                | "today"
                | "again"
                | "of"
                | "when"
                | "while"
                | "during"
                | "over"
                | "throughout"
                | "because"
        )
}

/// In normal form, which has no `s` at the end of `appears`.
fn is_verb(word: &str) -> bool {
    matches!(
        word,
        "is" | "are"
            | "was"
            | "were"
            | "appear"
            | "appears"
            | "appeared"
            | "look"
            | "looks"
            | "looked"
            | "remain"
            | "remains"
            | "remained"
            | "became"
            | "become"
            | "becomes"
            | "seem"
            | "seems"
            | "seemed"
    )
}

/// Whether a word may stand between the verb and what is said without changing it.
fn is_between(word: &str) -> bool {
    let says_how = word.len() > 4 && word.ends_with("ly") && !is_doubt(word);
    says_how
        || matches!(
            word,
            "noted"
                | "found"
                | "seen"
                | "to"
                | "be"
                | "also"
                | "now"
                | "still"
                | "both"
                | "very"
                | "quite"
                | "rather"
                | "somewhat"
                | "a"
                | "bit"
        )
}

/// Whether an adverb says more than how: that something may not be so, or was so once, or why (`surgically absent`).
fn is_doubt(word: &str) -> bool {
    matches!(
        word,
        "possibly"
            | "probably"
            | "likely"
            | "unlikely"
            | "questionably"
            | "reportedly"
            | "allegedly"
            | "apparently"
            | "supposedly"
            | "hardly"
            | "barely"
            | "rarely"
            | "formerly"
            | "previously"
            | "surgically"
    )
}

/// Whether a word says that all is well, what was done, or where it comes from.
fn says_no_finding(word: &str) -> bool {
    matches!(
        word,
        "normal"
            | "negative"
            | "uncomplicated"
            | "unremarkable"
            | "removed"
            | "resected"
            | "excised"
            | "amputated"
            | "transected"
            | "divided"
            | "dissected"
            | "incised"
            | "cut"
            | "secondary"
            | "due"
            | "related"
            | "deep"
    )
}

/// Whether a part of the body is absent because it was taken out more often than because it never was there.
fn is_organ(word: &str) -> bool {
    matches!(
        word,
        "gallbladder"
            | "uterus"
            | "cervix"
            | "appendix"
            | "spleen"
            | "ovary"
            | "tube"
            | "breast"
            | "tonsil"
            | "kidney"
            | "prostate"
            | "thyroid"
            | "stomach"
            | "tooth"
    )
}

/// `The mother was diabetic`, `the patient is blind`: what is said of a person is a mention of its own.
fn is_person(word: &str) -> bool {
    matches!(
        word,
        "patient"
            | "pt"
            | "he"
            | "she"
            | "they"
            | "mother"
            | "father"
            | "parent"
            | "sister"
            | "brother"
            | "sibling"
            | "son"
            | "daughter"
            | "wife"
            | "husband"
            | "child"
            | "infant"
            | "baby"
            | "boy"
            | "girl"
            | "man"
            | "woman"
            | "who"
            | "which"
            | "there"
            | "it"
    )
}

/// Statements as a source of the linker: a mention that is one.
pub(crate) struct Predicate;

impl Source for Predicate {
    fn need(&self) -> Need {
        Need::Always
    }

    fn find(&self, query: &Query<'_>, with: &Knowledge, hits: &mut Hits) {
        add(query.full(), with, hits);
        // The `PR` of an interval is no receptor.
        if query.long.is_some() && with.is_nil(hits) {
            add(query.text, with, hits);
        }
    }
}

fn add(text: &str, with: &Knowledge, hits: &mut Hits) {
    let words = Words::of(text);
    if words.len() < 3 || !(1..words.len()).any(|at| is_verb(words.form(at))) {
        return;
    }
    let whole = |statement: &Statement| statement.said.end == words.len();
    for statement in statements(&words, 0, &with.lexicon).iter().filter(|statement| whole(statement)) {
        for wording in statement.wordings(&words) {
            let wording: Vec<String> = wording.split(' ').map(str::to_owned).collect();
            reduce(&wording, (0.0, Via::Search), with, hits);
        }
        if !with.is_nil(hits) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn read(text: &str) -> Vec<String> {
        let words = Words::of(text);
        let lexicon = Lexicon::embedded();
        let all = (0..words.len()).flat_map(|at| statements(&words, at, &lexicon));
        all.map(|statement| statement.wordings(&words)[0].clone()).collect()
    }

    #[rstest]
    #[case("The ears are low-set.", "low set ear")]
    #[case("QT interval was prolonged", "prolonged qt interval")]
    #[case("Ears were noted to be markedly low-set", "low set ear")]
    #[case("Hair is woolly", "woolly hair")]
    #[case("the gait remained unsteady on discharge", "unsteady gait")]
    #[case("Reflexes appear absent bilaterally", "absent reflex")]
    #[case("Fever and his liver was enlarged, tender", "enlarged liver")]
    #[case("range of motion is limited in the knee", "limited range of motion")]
    fn reads_what_is_said(#[case] text: &str, #[case] expected: &str) {
        let read = read(text);
        assert!(read.iter().any(|wording| wording == expected), "{read:?}");
    }

    #[rstest]
    #[case::denied("the liver is not enlarged", "enlarged liver")]
    #[case::denied_by_a_word("the liver is no longer enlarged", "enlarged liver")]
    #[case::another_thing_of_the_same_name("Corneal reflexes were absent", "absent reflex")]
    #[case::a_relative("His mother was diabetic", "diabetic mother")]
    #[case::goes_on("vision is low risk for him", "low vision")]
    #[case::another_clause("pain, is enlarged", "enlarged pain")]
    #[case::a_mark_between("The ears are, low-set", "low set ear")]
    #[case::doubt("the liver is possibly enlarged", "enlarged liver")]
    #[case::all_is_well("delivery was normal", "normal delivery")]
    #[case::what_was_done("the gallbladder was removed", "removed gallbladder")]
    #[case::taken_out("the uterus is absent", "absent uterus")]
    #[case::taken_out_as_is_said("the rib is surgically absent", "absent rib")]
    #[case::a_cause("hypothyroidism is secondary to surgery", "secondary hypothyroidism")]
    #[case::two_subjects("pain in spleen and liver is enlarged", "enlarged spleen and liver")]
    fn does_not_read(#[case] text: &str, #[case] wrong: &str) {
        let read = read(text);
        assert!(read.iter().all(|wording| wording != wrong), "{read:?}");
    }
}
