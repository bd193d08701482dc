//! Words of a sentence with their places, and phrases among them.

use clinlink_model::{AnnotatedNote, Span};

/// A word in lower case, with its bytes in the text. Letters and digits are words of their own: `25w3d` is four.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) form: String,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Word {
    /// Whether it is digits and nothing else.
    pub(crate) fn is_number(&self) -> bool {
        self.form.bytes().all(|byte| byte.is_ascii_digit())
    }
}

/// The words of `text`, which begins at the byte `offset`.
pub(crate) fn words_of(text: &str, offset: usize) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut before: Option<bool> = None;
    for (at, c) in text.char_indices() {
        let kind = c.is_alphanumeric().then(|| c.is_numeric());
        if let Some(digit) = kind {
            let (start, end) = (offset + at, offset + at + c.len_utf8());
            match words.last_mut().filter(|_| before == Some(digit)) {
                Some(word) => {
                    word.form.extend(c.to_lowercase());
                    word.end = end;
                }
                None => words.push(Word { form: c.to_lowercase().collect(), start, end }),
            }
        }
        before = kind;
    }
    words
}

/// How many words a phrase of the tables has, if `words` begin with it.
pub(crate) fn starts(words: &[Word], phrase: &str) -> Option<usize> {
    let mut rest = phrase;
    for (at, word) in words.iter().enumerate() {
        rest = rest.strip_prefix(word.form.as_str())?;
        if rest.is_empty() {
            return Some(at + 1);
        }
        rest = rest.strip_prefix(' ')?;
    }
    None
}

/// How many words a phrase has, if `words` end with it.
pub(crate) fn ends(words: &[Word], phrase: &str) -> Option<usize> {
    let mut rest = phrase;
    for (at, word) in words.iter().rev().enumerate() {
        rest = rest.strip_suffix(word.form.as_str())?;
        if rest.is_empty() {
            return Some(at + 1);
        }
        rest = rest.strip_suffix(' ')?;
    }
    None
}

/// The places where `words` have one of the phrases, each as the number of the first word.
pub(crate) fn places<'w>(words: &'w [Word], phrases: &'w [String]) -> impl Iterator<Item = usize> + 'w {
    (0..words.len()).filter(|&at| phrases.iter().any(|phrase| starts(&words[at..], phrase).is_some()))
}

/// Whether `words` have one of the phrases.
pub(crate) fn has(words: &[Word], phrases: &[String]) -> bool {
    places(words, phrases).next().is_some()
}

/// How many words a denial reaches.
const DENIAL: usize = 3;

/// The places where `words` have one of the phrases and do not deny it, each as the number of the first word.
pub(crate) fn affirmed<'w>(words: &'w [Word], phrases: &'w [String]) -> impl Iterator<Item = usize> + 'w {
    places(words, phrases).filter(move |&at| !is_denied(words, at))
}

/// Whether `words` have one of the phrases and do not deny it.
pub(crate) fn affirm(words: &[Word], phrases: &[String]) -> bool {
    affirmed(words, phrases).next().is_some()
}

/// The words of the sentence at `span`, by their places in it; of the span where it lies in no sentence.
pub(crate) fn words_around(note: &AnnotatedNote, span: Span) -> Vec<Word> {
    let sentence = note.layout.sentence_of(span).map_or(span, |sentence| sentence.span);
    words_of(&note.note[sentence], 0)
}

/// Whether one of the few words right before a place denies what stands there. A comma ends the denial.
pub(crate) fn is_denied(words: &[Word], at: usize) -> bool {
    const DENIALS: [&str; 5] = ["no", "not", "without", "denies", "never"];
    let pairs = (at.saturating_sub(DENIAL)..at).rev().map(|before| (&words[before], &words[before + 1]));
    let mut near = pairs.take_while(|(word, next)| next.start - word.end == 1);
    near.any(|(word, _)| DENIALS.contains(&word.form.as_str()))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn forms(text: &str) -> Vec<String> {
        words_of(text, 0).into_iter().map(|word| word.form).collect()
    }

    #[test]
    fn letters_and_digits_are_words_of_their_own() {
        assert_eq!(
            forms("At 25w3d, Vancomycin-induced µ."),
            ["at", "25", "w", "3", "d", "vancomycin", "induced", "µ"]
        );
        let words = words_of("é 5/7", 10);
        assert_eq!(
            words.iter().map(|word| (word.start, word.end)).collect::<Vec<_>>(),
            [(10, 12), (13, 14), (15, 16)]
        );
    }

    #[rstest]
    #[case("an overdose of", "overdose of", true)]
    #[case("an overdose of the", "overdose of", false)]
    #[case("of", "overdose of", false)]
    fn a_phrase_stands_at_the_end(#[case] text: &str, #[case] phrase: &str, #[case] there: bool) {
        assert_eq!(ends(&words_of(text, 0), phrase).is_some(), there);
    }

    #[rstest]
    #[case("with routine healing", true)]
    #[case("heal", false)]
    fn a_phrase_stands_anywhere(#[case] text: &str, #[case] there: bool) {
        assert_eq!(has(&words_of(text, 0), &["healing".to_owned()]), there);
    }
}
