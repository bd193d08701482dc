//! The words of a stretch of text as the matcher sees them.

use std::ops::Range;

use clinlink_vocab::visit_normal_words;

use crate::lexicon::Lexicon;
use crate::shorthand::with_slash;

/// Words in normal form, with the places where a term may not run on.
///
/// `Pain; chest` is two phrases, `asthma, allergic rhinitis` too: a term that crosses the mark would join words of
/// different statements. Hyphens, slashes and plain white space join. `w/` is the word `with`.
#[derive(Default)]
pub(crate) struct Words {
    /// The forms with a space between them: those of a row of words are a slice of it.
    forms: String,
    row: Vec<Word>,
    /// The long forms of abbreviations, one after another.
    longs: String,
}

struct Word {
    /// Its place in the text, in bytes.
    range: Range<usize>,
    /// Its place in `forms`.
    form: Range<usize>,
    /// Whether something before it ends a phrase.
    breaks: bool,
    /// Whether that is nothing but a comma or a bracket that opens.
    pause: bool,
    /// The abbreviation that starts with it: how many words it has, the place of its long form in `longs`, and whether it may
    /// stand alone.
    short: Option<(usize, Range<usize>, bool)>,
}

/// An abbreviation among words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LongForm<'w> {
    /// How many words the abbreviation has.
    pub(crate) words: usize,
    /// What it stands for, in normal form.
    pub(crate) form: &'w str,
    /// Whether it stands for that wherever it is written, not only inside a term.
    pub(crate) sure: bool,
}

/// An abbreviation has at most this many words (`n/v/d`).
pub(crate) const MOST_SHORT: usize = 3;

impl Words {
    /// The words of `text`.
    pub(crate) fn of(text: &str) -> Self {
        let mut words = Self::default();
        words.forms.reserve(text.len() + 8);
        let mut read = 0;
        visit_normal_words(text, |range, form| match with_slash(text, &range) {
            _ if range.start < read => {}
            Some((form, end)) => {
                read = end;
                words.push(range.start..end, form);
            }
            None => words.push(range, form),
        });
        let (mut end, mut initial) = (0, false);
        for word in &mut words.row {
            let gap = &text[end..word.range.start];
            word.breaks = ends_phrase(gap, initial);
            word.pause = word.breaks && is_pause(gap);
            end = word.range.end;
            initial = word.range.len() == 1;
        }
        words
    }

    /// Words given one by one, without ranges.
    pub(crate) fn given<'w>(forms: impl IntoIterator<Item = &'w str>) -> Self {
        let mut words = Self::default();
        for form in forms {
            words.push(0..0, form);
        }
        words
    }

    fn push(&mut self, range: Range<usize>, form: &str) {
        if !self.row.is_empty() {
            self.forms.push(' ');
        }
        let start = self.forms.len();
        self.forms.push_str(form);
        let form = start..self.forms.len();
        self.row.push(Word { range, form, breaks: false, pause: false, short: None });
    }

    /// Finds the abbreviations among the words of `text`, whose words these are: at each word the longest.
    pub(crate) fn read_short_forms(&mut self, text: &str, lexicon: &Lexicon) {
        for at in 0..self.row.len() {
            let mut lasts = (at..self.row.len().min(at + MOST_SHORT)).rev();
            let sure = lasts.find_map(|last| {
                let range = self.range(at..last + 1);
                let long =
                    (range.len() <= lexicon.longest).then(|| lexicon.short_forms.get(&text[range]))??;
                Some((last + 1 - at, long.as_str(), true))
            });
            let Some((count, long, sure)) =
                sure.or_else(|| Some((1, *lexicon.clipped.get(self.form(at))?, false)))
            else {
                continue;
            };
            let start = self.longs.len();
            self.longs.push_str(long);
            self.row[at].short = Some((count, start..self.longs.len(), sure));
        }
    }

    /// The abbreviation that starts with word `at`, if they were read and there is one.
    pub(crate) fn long(&self, at: usize) -> Option<LongForm<'_>> {
        let (words, form, sure) = self.row[at].short.as_ref()?;
        Some(LongForm { words: *words, form: &self.longs[form.clone()], sure: *sure })
    }

    /// The forms of a row of words with its abbreviations written out.
    pub(crate) fn written(&self, row: Range<usize>) -> String {
        let mut written = String::new();
        let mut at = row.start;
        while at < row.end {
            if !written.is_empty() {
                written.push(' ');
            }
            if let Some(long) = self.long(at).filter(|long| at + long.words <= row.end) {
                written.push_str(long.form);
                at += long.words;
            } else {
                written.push_str(self.form(at));
                at += 1;
            }
        }
        written
    }

    /// Whether nothing but a comma or a bracket that opens parts word `at` from the word before it: `CKD, stage 3`, `CKD (stage
    /// 3)`.
    pub(crate) fn pauses_before(&self, at: usize) -> bool {
        self.row[at].pause
    }

    /// Whether a term may not hold both word `at` and the word before it.
    pub(crate) fn breaks_before(&self, at: usize) -> bool {
        self.row[at].breaks
    }

    /// The form of word `at`.
    pub(crate) fn form(&self, at: usize) -> &str {
        &self.forms[self.row[at].form.clone()]
    }

    /// The forms of a row of at least one word, with a space between them.
    pub(crate) fn forms(&self, row: Range<usize>) -> &str {
        &self.forms[self.row[row.start].form.start..self.row[row.end - 1].form.end]
    }

    /// Where a row of at least one word stands in the text, in bytes.
    pub(crate) fn range(&self, row: Range<usize>) -> Range<usize> {
        self.row[row.start].range.start..self.row[row.end - 1].range.end
    }

    /// How many words there are.
    pub(crate) fn len(&self) -> usize {
        self.row.len()
    }
}

/// Whether the text between two words ends a phrase. After a single letter a full stop is that of an abbreviation
/// (`E. coli`).
fn ends_phrase(gap: &str, initial: bool) -> bool {
    if gap.len() <= 1 {
        return matches!(gap, ";" | ":" | "," | "|" | "\t");
    }
    gap.contains("\n\n")
        || gap.contains("\n\r\n")
        || gap.chars().any(|c| match c {
            '.' => !initial,
            ',' | ';' | ':' | '(' | ')' | '[' | ']' | '|' | '!' | '?' | '=' | '\t' | '"' => true,
            _ => false,
        })
}

/// Whether the text between two words is a comma or a bracket that opens, within a paragraph.
fn is_pause(gap: &str) -> bool {
    matches!(gap.trim(), "," | "(") && gap.bytes().filter(|&byte| byte == b'\n').count() < 2
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Words, ends_phrase};
    use crate::lexicon::Lexicon;

    #[rstest]
    #[case("asthma w/ acute exacerbation", "asthma with acute exacerbation")]
    #[case("asthma w/o exacerbation", "asthma without exacerbation")]
    #[case("s/p w/u", "s p w u")]
    fn with_is_a_word(#[case] text: &str, #[case] forms: &str) {
        let words = Words::of(text);
        assert_eq!(words.forms(0..words.len()), forms);
    }

    #[rstest]
    #[case("acute systolic HF", "acute systolic heart failure")]
    #[case("hx of copd", "history of chronic obstructive pulmonary disease")]
    #[case("resp failure", "respiratory failure")]
    #[case::ordinary_words("her hearing aids, a tee and 3 pots", "her hearing aids a tee and 3 pots")]
    #[case::two_letters("pt on hd, oa", "patient on hd oa")]
    #[case::several_senses("MS", "ms")]
    fn abbreviations_are_written_out(#[case] text: &str, #[case] forms: &str) {
        let mut words = Words::of(text);
        words.read_short_forms(text, &Lexicon::embedded());
        assert_eq!(words.written(0..words.len()), forms);
    }

    #[rstest]
    #[case("ckd, stage 3", true)]
    #[case("ckd (stage 3)", true)]
    #[case("ckd; stage 3", false)]
    #[case("ckd) stage 3", false)]
    #[case("ckd,\n\nstage 3", false)]
    #[case("ckd stage 3", false)]
    fn pauses_are_told(#[case] text: &str, #[case] pause: bool) {
        assert_eq!(Words::of(text).pauses_before(1), pause);
    }

    #[rstest]
    #[case(" ", false, false)]
    #[case("-", false, false)]
    #[case("\n", false, false)]
    #[case(", ", false, true)]
    #[case(" (", false, true)]
    #[case(". ", false, true)]
    #[case(". ", true, false)]
    #[case("\r\n\r\n", false, true)]
    fn marks_end_phrases(#[case] gap: &str, #[case] initial: bool, #[case] ends: bool) {
        assert_eq!(ends_phrase(gap, initial), ends);
    }
}
