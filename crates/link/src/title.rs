//! What a title says beyond the words of a mention, and terms that are only a piece of a name.
//!
//! A tabular list names a condition and in the same line says which one: of the codes that `fever` may stand for,
//! `Fever, unspecified` adds nothing and `Typhus fever` adds a word, so it is further from what the text says.

use clinlink_vocab::{ConceptId, Pack, deciding_words, normal_form};

use crate::lexicon::Lexicon;
use crate::qualifier::is_scale;

/// Counted for a title of what another disease brings about: that disease, which the mention does not name, comes first.
const ELSEWHERE: usize = 2;

/// The number of deciding words of `title` that are neither words of the mention nor another form of one. A manifestation
/// (`Glomerular disorders in diseases classified elsewhere`) says more than the words on their own (`nephropathy`).
pub(crate) fn added_words(title: &str, said: &[String], lexicon: &Lexicon) -> usize {
    let is_said = |word: &String| said.iter().any(|other| same(word, other, lexicon));
    let added = deciding_words(title).iter().filter(|word| !is_said(word)).count();
    if is_manifestation(title) { added + ELSEWHERE } else { added }
}

/// Whether a title is that of a manifestation, which is never coded alone (Official Guidelines I.A.13).
pub(crate) fn is_manifestation(title: &str) -> bool {
    let of_other = ["in diseases classified elsewhere", "in other diseases classified elsewhere"];
    of_other.iter().any(|words| title.contains(words))
}

/// Whether a title is that of what has no code of its own: `Other injury of unspecified body region` is any injury at all.
pub(crate) fn is_residual(title: &str) -> bool {
    title.starts_with("Other ") || title.contains("ther specified")
}

/// Whether a word of a title is a word of a mention or another form of it.
pub(crate) fn same(word: &str, said: &str, lexicon: &Lexicon) -> bool {
    let cancer = matches!(said, "cancer" | "carcinoma" | "malignancy");
    if cancer && matches!(word, "malignant" | "primary" | "neoplasm") {
        return true;
    }
    word == said || lexicon.variants.get(word).is_some_and(|forms| forms.iter().any(|form| form == said))
}

/// Whether a one-word term is only a piece of the concept's names: a nonessential word in parentheses
/// (`Hemorrhoids (bleeding)`), or in brackets something other than an acronym of the name
/// (`Eosinophilic cellulitis [Wells]`, `Abnormal electroencephalogram [EEG]`) or a name in lower case that ends it (`Acute
/// obstructive laryngitis [croup]`). So is a letter or number of a series (`Borderline leprosy [group B]`).
pub(crate) fn is_fragment(pack: &Pack, id: ConceptId, form: &str) -> bool {
    if form.contains(' ') && !is_of_series(form) {
        return false;
    }
    let title = pack.title(id);
    std::iter::once(title).chain(pack.terms_of(id).map(|(term, _)| term)).any(|name| {
        inside(name, '(', ')').any(|part| normal_form(part) == form)
            || inside(name, '[', ']')
                .any(|part| normal_form(part) == form && !is_acronym(part, name) && !is_last_name(part, name))
    })
}

/// Whether a term is a letter or number of a series: `group b`, `type 2`.
fn is_of_series(form: &str) -> bool {
    let named = |series| series == "group" || is_scale(series);
    form.split_once(' ').is_some_and(|(series, member)| named(series) && member.len() <= 2)
}

fn inside(name: &str, open: char, close: char) -> impl Iterator<Item = &str> {
    name.split(open).skip(1).filter_map(move |rest| rest.split_once(close).map(|(part, _)| part))
}

/// The longest name, in words, that another one in brackets ends: longer ones are explained there (`Encounter for checking
/// and testing of cardiac pacemaker pulse generator [battery]`).
const LONGEST_NAME: usize = 6;

/// Whether words in lower case stand in the brackets that end a name.
fn is_last_name(part: &str, name: &str) -> bool {
    if name.split_whitespace().count() > LONGEST_NAME {
        return false;
    }
    let lower = |c: char| c.is_ascii_lowercase() || c == ' ' || c == '-';
    !is_of_series(&normal_form(part)) && part.chars().all(lower) && name.ends_with(&format!("[{part}]"))
}

/// Whether upper case letters start as the name does: `Chronic obstructive pulmonary disease [COPD]`.
fn is_acronym(part: &str, name: &str) -> bool {
    let first = |text: &str| text.chars().next().map(|c| c.to_ascii_uppercase());
    part.chars().all(|c| c.is_ascii_uppercase() || !c.is_ascii_alphabetic()) && first(part) == first(name)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Fever, unspecified", "fever", 0)]
    #[case("Typhus fever, unspecified", "fever", 1)]
    #[case("Unspecified viral hepatitis B without hepatic coma", "hepatitis b", 0)]
    #[case("Acute hepatitis B without delta-agent", "hepatitis b", 1)]
    #[case("Injury, unspecified, sequela", "injury", 1)]
    #[case("Malignant (primary) neoplasm, unspecified", "cancer", 0)]
    #[case("Hemorrhage, not elsewhere classified", "bleeding", 0)]
    #[case("Nephropathy in diseases classified elsewhere", "nephropathy", 2)]
    #[case("Streptococcus as the cause of diseases classified elsewhere", "streptococcus", 0)]
    fn counts_what_the_text_does_not_say(#[case] title: &str, #[case] said: &str, #[case] added: usize) {
        let said: Vec<_> = said.split(' ').map(str::to_owned).collect();
        assert_eq!(added_words(title, &said, &Lexicon::embedded()), added);
    }

    #[rstest]
    #[case("croup", "Acute obstructive laryngitis [croup]", true)]
    #[case("Wells", "Eosinophilic cellulitis [Wells]", false)]
    #[case("group b", "Borderline leprosy [group b]", false)]
    #[case("premature", "Preterm [premature] newborn", false)]
    #[case("battery", "Checking and testing of cardiac pacemaker pulse generator [battery]", false)]
    fn tells_names_in_brackets(#[case] part: &str, #[case] name: &str, #[case] is_name: bool) {
        assert_eq!(is_last_name(part, name), is_name);
    }

    #[rstest]
    #[case("group b", true)]
    #[case("type 2", true)]
    #[case("group therapy", false)]
    #[case("hepatitis b", false)]
    fn tells_members_of_a_series(#[case] form: &str, #[case] member: bool) {
        assert_eq!(is_of_series(form), member);
    }

    #[rstest]
    #[case("COPD", "Chronic obstructive pulmonary disease [COPD]", true)]
    #[case("EEG", "Abnormal electroencephalogram [EEG]", false)]
    #[case("Wells", "Wells cellulitis [Wells]", false)]
    fn tells_acronyms(#[case] part: &str, #[case] name: &str, #[case] acronym: bool) {
        assert_eq!(is_acronym(part, name), acronym);
    }
}
