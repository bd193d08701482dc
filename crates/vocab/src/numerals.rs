//! Roman numbers: `type II` and `type 2` are the same.
//!
//! Roman numbers of several letters that are no words or abbreviations of their own are numbers wherever they stand
//! (`HSV II`, `factor VIII`). The others are numbers only right after a word that is counted with them: `type I`,
//! `stage IV`, `nerve VI`, but not `i.v.`, `VI` (violet), `chromosome X`.

/// Words that a number of a kind, a degree or a place follows, in normal form.
const NUMBERED: [&str; 26] = [
    "angiotensin",
    "bipolar",
    "category",
    "class",
    "degree",
    "factor",
    "figo",
    "fontaine",
    "grade",
    "group",
    "harris",
    "killip",
    "level",
    "mobitz",
    "mucopolysaccharidosis",
    "nerve",
    "nyha",
    "part",
    "phase",
    "rutherford",
    "segment",
    "stadium",
    "stage",
    "tier",
    "type",
    "zone",
];

/// The arabic number that a word in normal form stands for, given the normal form of the word before it.
pub(crate) fn arabic(form: &str, before: &str) -> Option<&'static str> {
    // Most words are told by their first letter.
    if !matches!(form.as_bytes().first(), Some(b'i' | b'v' | b'x')) || form.len() > 4 {
        return None;
    }
    let number = match form {
        "ii" => "2",
        "iii" => "3",
        "vii" => "7",
        "viii" => "8",
        "xii" => "12",
        "xiii" => "13",
        _ if NUMBERED.binary_search(&before).is_err() => return None,
        "i" => "1",
        "iv" => "4",
        "v" => "5",
        "vi" => "6",
        "ix" => "9",
        "x" => "10",
        "xi" => "11",
        _ => return None,
    };
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::NUMBERED;

    #[test]
    fn words_are_sorted_for_the_search() {
        assert!(NUMBERED.is_sorted());
    }
}
