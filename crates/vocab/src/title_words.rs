//! The words of a title that decide which concept it is.
//!
//! A tabular list names a condition and in the same line says what is not known of it: `Fever, unspecified`,
//! `Unspecified viral hepatitis B without hepatic coma`. Words that say only that do not decide, nor does the word that
//! `unspecified` is said of, nor what follows `without`.

use crate::normal::normal_words;

/// The deciding words of `title` in normal form, in its order.
///
/// ```
/// use clinlink_vocab::deciding_words;
/// assert_eq!(deciding_words("Type 2 diabetes mellitus without complications"), ["2", "diabetes", "mellitus"]);
/// assert_eq!(deciding_words("Injury, unspecified, sequela"), ["injury", "sequela"]);
/// ```
pub fn deciding_words(title: &str) -> Vec<String> {
    let words = normal_words(title);
    let mut deciding = Vec::new();
    let mut open = false;
    for (at, word) in words.iter().enumerate() {
        // A comma ends what is unspecified: `Injury, unspecified, sequela` says `sequela`.
        let of_unspecified = open && !title[words[at - 1].range.end..word.range.start].contains(',');
        open = word.form == "unspecified";
        match word.form.as_str() {
            // `without complications`, `unspecified whether with …`: to the end.
            "without" | "whether" => break,
            _ if open || of_unspecified => {}
            form if says_nothing(form) => {}
            form => deciding.push(form.to_owned()),
        }
    }
    deciding
}

/// Whether a word holds a phrase together and names nothing.
pub fn is_function_word(word: &str) -> bool {
    matches!(
        word,
        "a" | "an"
            | "the"
            | "of"
            | "in"
            | "on"
            | "at"
            | "to"
            | "from"
            | "by"
            | "for"
            | "and"
            | "his"
            | "her"
            | "their"
            | "its"
            | "my"
            | "your"
            | "our"
            | "this"
            | "that"
            | "is"
            | "was"
            | "s"
    )
}

fn says_nothing(word: &str) -> bool {
    is_function_word(word)
        || matches!(
            word,
            "or" | "as"
                | "not"
                | "nos"
                | "elsewhere"
                | "classified"
                | "uncomplicated"
                | "type"
                | "site"
                | "side"
                | "part"
                | "cause"
                | "organism"
                | "disease"
                | "disorder"
                | "syndrome"
                | "condition"
        )
}
