//! What may be a short form.

/// The most characters of a short form.
const MAX_LENGTH: usize = 15;

/// How many letters and digits a short form has.
pub(crate) fn letters(short: &str) -> usize {
    short.chars().filter(|c| c.is_alphanumeric()).count()
}

/// The most words that its long form has.
pub(crate) fn max_words(short: &str) -> usize {
    match letters(short) {
        0 | 1 => 1,
        letters => (letters + 5).min(letters * 2),
    }
}

/// Whether `text` looks like a short form.
pub(crate) fn is_short_form(text: &str) -> bool {
    let length = text.chars().count();
    if length == 1 {
        return text.bytes().all(|b| b.is_ascii_uppercase());
    }
    let numbered = text.starts_with(|c: char| c.is_ascii_digit());
    let letters = || text.chars().filter(|c| c.is_alphabetic());
    // "radiation" is a word; "10 mg" is a dose, "2b" and "ii" are items of a list.
    let word = length > 4 && text.chars().all(char::is_lowercase);
    let dose =
        numbered && (text.contains(' ') || (letters().count() == 1 && letters().all(char::is_lowercase)));
    let roman = text != "IV" && text.chars().all(|c| matches!(c, 'i' | 'v' | 'x')) || is_roman(text);
    (2..=MAX_LENGTH).contains(&length)
        && !(word || dose || roman || text.contains(['=', '<', '>', '%', ',', ';', ':']))
        && (!text.contains(' ') || text.contains(char::is_uppercase))
        && text.split_whitespace().filter(|word| !matches!(*word, "+" | "&")).count() <= 2
        && text.starts_with(char::is_alphanumeric)
        && letters().next().is_some()
}

/// Whether a short form in capitals is a number of the sort that names types and stages.
fn is_roman(text: &str) -> bool {
    matches!(text, "II" | "III" | "VI" | "VII" | "VIII" | "IX" | "XI" | "XII")
}

/// The short form with its parts in the other order, where one part may name the head of the long form: "IFN-gamma"
/// is gamma-interferon, "L1CAM" the cell adhesion molecule L1, "T(a)" the ambient temperature.
pub(crate) fn reordered(short: &str, stretch: &str) -> Option<String> {
    let swapped = |head: &str, rest: &str| Some(format!("{rest}{head}"));
    if let Some((head, rest)) = short.split_once('-') {
        let named = letters(head) >= 2 && rest.len() >= 3 && rest.chars().all(char::is_alphabetic);
        return named.then(|| swapped(head, rest)).flatten();
    }
    if let Some((head, rest)) = short.split_once('(') {
        let rest = rest.trim_end_matches(')');
        let indexed = head.chars().count() == 1 && rest.chars().count() == 1;
        return indexed.then(|| swapped(head, rest)).flatten();
    }
    let last = stretch.rsplit(char::is_whitespace).next().unwrap_or_default();
    let numbered = last.len() >= 2 && last.contains(|c: char| c.is_ascii_digit());
    let rest = short.strip_prefix(last).filter(|rest| numbered && rest.len() >= 2)?;
    swapped(last, rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("CHF", true)]
    #[case("P", true)]
    #[case("p", false)]
    #[case("PMR + Cog", true)]
    #[case("radiation", false)]
    #[case("10 mg", false)]
    #[case("2b", false)]
    #[case("iii", false)]
    #[case("VII", false)]
    #[case("n = 6", false)]
    #[case("1.2", false)]
    #[case("", false)]
    #[case("very long short form", false)]
    fn short_forms(#[case] text: &str, #[case] is: bool) {
        assert_eq!(is_short_form(text), is);
    }

    #[rstest]
    #[case("IFN-gamma", "", Some("gammaIFN"))]
    #[case("T(a)", "", Some("aT"))]
    #[case("L1CAM", "adhesion molecule L1", Some("CAML1"))]
    #[case("CHF", "heart failure", None)]
    #[case("I(CPA)", "", None)]
    #[case("apoB-44", "", None)]
    #[case("-", "", None)]
    fn parts_in_the_other_order(#[case] short: &str, #[case] stretch: &str, #[case] other: Option<&str>) {
        assert_eq!(reordered(short, stretch).as_deref(), other);
    }
}
