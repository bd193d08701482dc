//! The words of a stretch of text as the matcher sees them.

use clinlink_vocab::{NormalWord, normal_words};

/// Words in normal form, with the places where a term may not run on.
///
/// `Pain; chest` is two phrases, `asthma, allergic rhinitis` too: a term that crosses the mark would join words of
/// different statements. Hyphens, slashes and plain white space join.
pub(crate) struct Words {
    /// The words, in text order.
    pub(crate) words: Vec<NormalWord>,
    /// For each word, whether something before it ends a phrase.
    breaks: Vec<bool>,
}

impl Words {
    /// The words of `text`.
    pub(crate) fn of(text: &str) -> Self {
        let words = normal_words(text);
        let mut breaks = Vec::with_capacity(words.len());
        let mut end = 0;
        for (at, word) in words.iter().enumerate() {
            let initial = at > 0 && words[at - 1].range.len() == 1;
            breaks.push(ends_phrase(&text[end..word.range.start], initial));
            end = word.range.end;
        }
        Self { words, breaks }
    }

    /// Words for comparison only: marks between them do not count. Ranges are those of `text`.
    pub(crate) fn joined(text: &str) -> Self {
        let words = normal_words(text);
        let breaks = vec![false; words.len()];
        Self { words, breaks }
    }

    /// Words given one by one, without ranges.
    pub(crate) fn given<'w>(forms: impl IntoIterator<Item = &'w str>) -> Self {
        let words: Vec<_> =
            forms.into_iter().map(|form| NormalWord { range: 0..0, form: form.to_owned() }).collect();
        let breaks = vec![false; words.len()];
        Self { words, breaks }
    }

    /// Whether a term may not hold both word `at` and the word before it.
    pub(crate) fn breaks_before(&self, at: usize) -> bool {
        self.breaks[at]
    }

    /// The form of word `at`.
    pub(crate) fn form(&self, at: usize) -> &str {
        &self.words[at].form
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
