//! The words of a stretch of text as the matcher sees them.

use std::ops::Range;

use clinlink_vocab::visit_normal_words;

/// Words in normal form, with the places where a term may not run on.
///
/// `Pain; chest` is two phrases, `asthma, allergic rhinitis` too: a term that crosses the mark would join words of
/// different statements. Hyphens, slashes and plain white space join.
#[derive(Default)]
pub(crate) struct Words {
    /// The forms with a space between them: those of a row of words are a slice of it.
    forms: String,
    words: Vec<Word>,
}

struct Word {
    /// Its place in the text, in bytes.
    range: Range<usize>,
    /// Its place in `forms`.
    form: Range<usize>,
    /// Whether something before it ends a phrase.
    breaks: bool,
}

impl Words {
    /// The words of `text`.
    pub(crate) fn of(text: &str) -> Self {
        let mut words = Self::default();
        words.forms.reserve(text.len() + 8);
        visit_normal_words(text, |range, form| words.push(range, form));
        let (mut end, mut initial) = (0, false);
        for word in &mut words.words {
            word.breaks = ends_phrase(&text[end..word.range.start], initial);
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
        if !self.words.is_empty() {
            self.forms.push(' ');
        }
        let start = self.forms.len();
        self.forms.push_str(form);
        self.words.push(Word { range, form: start..self.forms.len(), breaks: false });
    }

    /// Whether a term may not hold both word `at` and the word before it.
    pub(crate) fn breaks_before(&self, at: usize) -> bool {
        self.words[at].breaks
    }

    /// The form of word `at`.
    pub(crate) fn form(&self, at: usize) -> &str {
        &self.forms[self.words[at].form.clone()]
    }

    /// The forms of a row of at least one word, with a space between them.
    pub(crate) fn forms(&self, row: Range<usize>) -> &str {
        &self.forms[self.words[row.start].form.start..self.words[row.end - 1].form.end]
    }

    /// Where a row of at least one word stands in the text, in bytes.
    pub(crate) fn range(&self, row: Range<usize>) -> Range<usize> {
        self.words[row.start].range.start..self.words[row.end - 1].range.end
    }

    /// How many words there are.
    pub(crate) fn len(&self) -> usize {
        self.words.len()
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

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::ends_phrase;

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
