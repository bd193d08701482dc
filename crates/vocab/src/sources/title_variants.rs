//! The ways in which a title or an inclusion term of ICD-10-CM is said in notes.
//!
//! | in the list | variant |
//! |---|---|
//! | `Pneumonia, unspecified organism`, `Colitis NOS` | `Pneumonia`, `Colitis` |
//! | `Unspecified atrial fibrillation`, `Pain in unspecified knee` | `atrial fibrillation`, `Pain in knee` |
//! | `Type 2 diabetes mellitus without complications` | `Type 2 diabetes mellitus` |
//! | `Chronic obstructive pulmonary disease [COPD]` | without the brackets; `COPD` |
//! | `Human immunodeficiency virus [HIV] disease` | without the brackets; `HIV disease` |
//! | `Essential (primary) hypertension` | `Essential hypertension` |
//! | `Pain in knee`, `Fracture of femur` | `knee pain`, `femur fracture` |
//! | `Malignant neoplasm of colon` | `cancer of colon`, `colon cancer` |
//!
//! All are synonyms but the last line, whose words are broader: related terms.

use crate::entry::TermKind;

/// More than any title needs; keeps a title with many parentheses from filling the pack.
const MOST: usize = 24;

/// The variants of `title`, without itself, in a fixed order.
pub(super) fn title_variants(title: &str) -> Vec<(String, TermKind)> {
    let mut variants = vec![title.to_owned()];
    for rule in [without_brackets, without_parentheses, without_unspecified, turned] {
        for at in 0..variants.len() {
            for variant in rule(&variants[at]) {
                let variant = variant.split_whitespace().collect::<Vec<_>>().join(" ");
                if !variant.is_empty() && !variants.contains(&variant) && variants.len() < MOST {
                    variants.push(variant);
                }
            }
        }
    }
    let cancers: Vec<String> = variants.iter().flat_map(|variant| cancer(variant)).collect();
    variants
        .into_iter()
        .skip(1)
        .map(|variant| (variant, TermKind::Synonym))
        .chain(cancers.into_iter().map(|variant| (variant, TermKind::Related)))
        .collect()
}

/// `before [inside] after` in its parts.
fn split_at(text: &str, open: char, close: char) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once(open)?;
    let (inside, after) = rest.split_once(close)?;
    Some((before.trim(), inside.trim(), after.trim()))
}

/// What is in brackets is another name for the words before it.
fn without_brackets(text: &str) -> Vec<String> {
    let Some((before, inside, after)) = split_at(text, '[', ']') else { return Vec::new() };
    if after.starts_with(',') || after.is_empty() {
        vec![format!("{before}{after}"), format!("{inside}{after}")]
    } else {
        vec![format!("{before} {after}"), format!("{inside} {after}")]
    }
}

/// What is in parentheses changes nothing about the code: each is left out, and each is kept on its own in the place
/// where it stands, or before the words if it follows all of them.
fn without_parentheses(text: &str) -> Vec<String> {
    let mut plain = text.to_owned();
    let mut insides = Vec::new();
    while let Some((before, inside, after)) = split_at(&plain, '(', ')') {
        let words = before.split_whitespace().count();
        insides.push((words, inside.to_owned()));
        let gap = if after.starts_with(',') { "" } else { " " };
        plain = format!("{before}{gap}{after}");
    }
    if insides.is_empty() {
        return Vec::new();
    }
    let words: Vec<&str> = plain.split_whitespace().collect();
    let mut variants = vec![words.join(" ")];
    for (at, inside) in insides {
        let (before, after) = words.split_at(at.min(words.len()));
        if after.is_empty() {
            variants.push(format!("{inside} {}", before.join(" ")));
        }
        variants.push(format!("{} {inside} {}", before.join(" "), after.join(" ")));
    }
    variants
}

/// Endings that say only that nothing more is known.
const EMPTY_ENDINGS: [&str; 12] = [
    ", unspecified",
    " unspecified",
    ", NOS",
    " NOS",
    " NEC",
    ", not elsewhere classified",
    " not elsewhere classified",
    ", not otherwise specified",
    " without complications",
    " without complication",
    ", uncomplicated",
    ", site not specified",
];

/// Leaves out what says only that nothing more is known.
fn without_unspecified(text: &str) -> Vec<String> {
    let mut variants = Vec::new();
    let mut rest = text;
    loop {
        let shorter = EMPTY_ENDINGS.iter().find_map(|ending| rest.strip_suffix(ending)).or_else(|| {
            // Pneumonia, unspecified organism
            let (before, last) = rest.rsplit_once(", ")?;
            last.starts_with("unspecified ").then_some(before)
        });
        match shorter {
            Some(shorter) if !shorter.is_empty() => rest = shorter,
            _ => break,
        }
        variants.push(rest.to_owned());
    }
    let dropped: Vec<&str> =
        rest.split(' ').filter(|word| !word.eq_ignore_ascii_case("unspecified")).collect();
    let dropped = dropped.join(" ");
    // What is left must still say what is wrong, not only where.
    if dropped != rest && !dropped.starts_with("of ") && !dropped.starts_with("in ") {
        variants.push(dropped);
    }
    variants
}

/// `Pain in knee` as `knee pain`: one word, and a place of one or two words.
fn turned(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words[..] {
        [what, "in" | "of", ref place @ ..] if (1..=2).contains(&place.len()) => {
            let place: Vec<&str> = place.iter().copied().filter(|&word| word != "the").collect();
            let simple = |word: &&str| !matches!(*word, "and" | "or" | "other" | "due" | "with" | "to");
            if place.iter().all(simple) && !place.is_empty() && !text.contains(',') {
                return vec![format!("{} {}", place.join(" "), what.to_lowercase())];
            }
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// What people call a malignant neoplasm of a place.
fn cancer(text: &str) -> Vec<String> {
    let Some(place) = text.strip_prefix("Malignant neoplasm of ") else { return Vec::new() };
    let long = place.split(' ').count() > 4;
    if long || place.contains(',') || place.contains("overlapping") || place.contains("other") {
        return Vec::new();
    }
    vec![format!("cancer of {place}"), format!("{place} cancer")]
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Pneumonia, unspecified organism", "Pneumonia")]
    #[case("Colitis NOS", "Colitis")]
    #[case("Otitis media, unspecified, unspecified ear", "Otitis media")]
    #[case("Unspecified atrial fibrillation", "atrial fibrillation")]
    #[case("Pain in unspecified knee", "Pain in knee")]
    #[case("Pain in unspecified knee", "knee pain")]
    #[case("Type 2 diabetes mellitus without complications", "Type 2 diabetes mellitus")]
    #[case("Chronic obstructive pulmonary disease [COPD]", "COPD")]
    #[case("Human immunodeficiency virus [HIV] disease", "HIV disease")]
    #[case("Human immunodeficiency virus [HIV] disease", "Human immunodeficiency virus disease")]
    #[case("Essential (primary) hypertension", "Essential hypertension")]
    #[case("hypertension (arterial) (benign) (systemic)", "hypertension")]
    #[case("hypertension (arterial) (benign) (systemic)", "arterial hypertension")]
    #[case("Myocardial infarction (acute) NOS", "Myocardial infarction")]
    #[case("Bronchitis (acute)", "acute Bronchitis")]
    #[case("Fracture of femur", "femur fracture")]
    fn synonyms(#[case] title: &str, #[case] expected: &str) {
        let variants = title_variants(title);
        assert!(variants.contains(&(expected.to_owned(), TermKind::Synonym)), "{variants:?}");
    }

    #[test]
    fn a_cancer_is_related() {
        let variants = title_variants("Malignant neoplasm of colon, unspecified");
        assert!(variants.contains(&("colon cancer".to_owned(), TermKind::Related)), "{variants:?}");
    }

    #[rstest]
    #[case::a_modifier_is_no_name("Typhus (fever) NOS", "fever")]
    #[case::nor_is_it_before_nos("Hemorrhoids (bleeding) NOS", "bleeding NOS")]
    fn never(#[case] title: &str, #[case] wrong: &str) {
        let variants = title_variants(title);
        assert!(variants.iter().all(|(variant, _)| variant != wrong), "{variants:?}");
    }

    #[rstest]
    #[case::bracket("Purr [silent", "Purr silent")]
    #[case::parenthesis("Purr (silent", "Purr silent")]
    #[case::closed_first("Purr) silent (", "Purr silent")]
    #[case::no_words("[] ()", "")]
    #[case::only_unspecified("unspecified", "")]
    fn a_title_with_a_fault_gives_no_nonsense(#[case] title: &str, #[case] never: &str) {
        let variants = title_variants(title);
        assert!(variants.iter().all(|(variant, _)| variant != never), "{variants:?}");
    }

    proptest::proptest! {
        #[test]
        fn variants_are_words_and_differ(title in "[A-Za-zé ,()\\[\\]µ-]{0,60}") {
            let variants = title_variants(&title);
            let mut seen = std::collections::HashSet::new();
            for (variant, kind) in &variants {
                proptest::prop_assert!(!variant.trim().is_empty());
                proptest::prop_assert!(seen.insert((variant, *kind)), "{variant:?} twice");
            }
        }
    }

    #[rstest]
    #[case::nothing_to_change("Cholera")]
    #[case::only_a_place("Pain due to heat")]
    #[case::other("Other asthma")]
    fn none(#[case] title: &str) {
        assert_eq!(title_variants(title), []);
    }
}
