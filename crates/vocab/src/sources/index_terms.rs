//! The ways to say an entry of an alphabetic index.
//!
//! An index writes the noun first; notes do not. So each entry gives several terms: in the index's order
//! (`fracture femur neck`), with the noun last (`femur neck fracture`, `neck femur fracture`), and with *of*
//! (`fracture of femur neck`). What starts with a preposition stays behind (`diabetes with neuropathy`), and is also
//! put behind the adjective if the main term has one (`Diabetes, diabetic`: `diabetic neuropathy`). A modifier in
//! parentheses is left out, and put in front on its own.

/// Whether a row stands for what has no name of its own.
pub(super) fn says_nothing(part: &str) -> bool {
    let part = part.to_ascii_lowercase();
    part.starts_with("specified") || part.starts_with("unspecified") || part == "other" || part == "nec"
}

/// The names of a main term, and what follows the first comma if it is no name.
pub(super) struct Main {
    pub names: Vec<String>,
    modifier: Option<String>,
}

/// `Diabetes, diabetic` has two names; `Fracture, traumatic` one name and a modifier. Names begin alike.
pub(super) fn alternatives(main: &str) -> Main {
    let mut parts = main.split(", ");
    let first = parts.next().unwrap_or_default();
    let start: String = first.chars().take(4).flat_map(char::to_lowercase).collect();
    let mut found = Main { names: vec![first.to_owned()], modifier: None };
    for part in parts {
        if part.to_lowercase().starts_with(&start) {
            found.names.push(part.to_owned());
        } else if found.modifier.is_none() {
            found.modifier = Some(part.to_owned());
        }
    }
    found
}

/// Whether a part stays behind what it belongs to.
pub(super) fn is_behind(part: &str) -> bool {
    let first = part.split(' ').next().unwrap_or_default().trim_end_matches(',');
    matches!(
        first.to_ascii_lowercase().as_str(),
        "with"
            | "without"
            | "due"
            | "in"
            | "of"
            | "by"
            | "from"
            | "following"
            | "complicating"
            | "during"
            | "after"
            | "associated"
            | "affecting"
            | "resulting"
            | "secondary"
            | "to"
            | "and"
            | "on"
            | "at"
            | "for"
    )
}

/// The modifiers of a main term that go without saying.
const USUAL: [&str; 3] = ["traumatic", "open", "infectious"];

/// The ways to say an entry by its path, the main term first, and its modifiers.
pub(super) fn terms(path: &[String], modifiers: &[String]) -> Vec<String> {
    let Some((first, rest)) = path.split_first() else { return Vec::new() };
    let main = alternatives(first);
    let parts: Vec<&str> = rest.iter().map(|part| plain(part)).collect();
    let behind = parts.iter().position(|part| is_behind(part)).unwrap_or(parts.len());
    let (before, tail) = parts.split_at(behind);
    let tail = tail.join(" ");
    let mut terms = Vec::new();
    for name in &main.names {
        for said in orders(plain(name), before) {
            // A fracture of which nobody says so is traumatic, but not pathological.
            if main.modifier.as_ref().is_none_or(|modifier| USUAL.contains(&modifier.as_str())) {
                push(&mut terms, &format!("{said} {tail}"));
            }
            if let Some(modifier) = &main.modifier {
                push(&mut terms, &format!("{modifier} {said} {tail}"));
            }
        }
        let adjective = name.ends_with("ic") || name.ends_with("al") || name.ends_with("ous");
        if let (true, true, Some((_, object))) = (adjective, before.is_empty(), tail.split_once(' ')) {
            push(&mut terms, &format!("{name} {object}"));
        }
    }
    for modifier in modifiers {
        for said in orders(plain(&main.names[0]), before).into_iter().take(2) {
            push(&mut terms, &format!("{modifier} {said} {tail}"));
        }
    }
    terms
}

/// The orders of a noun and the parts that narrow it.
pub(super) fn orders(name: &str, parts: &[&str]) -> Vec<String> {
    let (forward, backward) = (parts.join(" "), parts.iter().rev().copied().collect::<Vec<_>>().join(" "));
    match parts {
        [] => vec![name.to_owned()],
        [_] => vec![format!("{name} {forward}"), format!("{forward} {name}"), format!("{name} of {forward}")],
        [first, second] => vec![
            format!("{name} {forward}"),
            format!("{forward} {name}"),
            format!("{backward} {name}"),
            format!("{first} {name} {second}"),
            format!("{second} {name} {first}"),
            format!("{second} {name} of {first}"),
            format!("{first} {name} of {second}"),
            format!("{name} of {forward}"),
            format!("{name} of {second} of {first}"),
        ],
        _ => vec![format!("{name} {forward}"), format!("{forward} {name}"), format!("{backward} {name}")],
    }
}

/// A part without what says that it is not specified.
pub(super) fn plain(part: &str) -> &str {
    let part = part.strip_suffix(" NEC").unwrap_or(part);
    part.strip_suffix(" NOS").unwrap_or(part)
}

pub(super) fn push(terms: &mut Vec<String>, term: &str) {
    let term = term.split_whitespace().collect::<Vec<_>>().join(" ");
    if !terms.contains(&term) {
        terms.push(term);
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn owned(words: &[&str]) -> Vec<String> {
        words.iter().map(|&word| word.to_owned()).collect()
    }

    #[rstest]
    #[case::main(&["Abetalipoproteinemia"], "Abetalipoproteinemia")]
    #[case::noun_last(&["Aberrant", "artery"], "artery Aberrant")]
    #[case::of(&["Fracture, traumatic", "femur"], "Fracture of femur")]
    #[case::modifier(&["Fracture, traumatic", "femur"], "traumatic femur Fracture")]
    #[case::two(&["Fracture, traumatic", "femur", "neck"], "Fracture of neck of femur")]
    #[case::two_last(&["Fracture, traumatic", "femur", "neck"], "femur neck Fracture")]
    #[case::with(&["Diabetes, diabetic", "with", "neuropathy"], "Diabetes with neuropathy")]
    #[case::adjective(&["Diabetes, diabetic", "with", "neuropathy"], "diabetic neuropathy")]
    #[case::type_2(&["Diabetes, diabetic", "type 2", "with", "neuropathy"], "type 2 Diabetes with neuropathy")]
    #[case::usual(&["Mononucleosis, infectious", "with", "hepatitis"], "Mononucleosis with hepatitis")]
    #[case::nec(&["Hernia NEC", "femoral NEC"], "femoral Hernia")]
    fn ways_to_say_a_row(#[case] path: &[&str], #[case] expected: &str) {
        let terms = terms(&owned(path), &[]);
        assert!(terms.contains(&expected.to_owned()), "{terms:?}");
    }

    #[test]
    fn a_main_term_keeps_a_modifier_that_does_not_go_without_saying() {
        let terms = terms(&owned(&["Fracture, pathological", "femur"]), &[]);
        assert!(terms.contains(&"pathological femur Fracture".to_owned()), "{terms:?}");
        assert!(!terms.iter().any(|term| term.eq_ignore_ascii_case("fracture femur")), "{terms:?}");
    }

    #[test]
    fn modifiers_in_parentheses_may_stand_in_front() {
        let terms = terms(&owned(&["Bronchitis"]), &owned(&["diffuse", "acute"]));
        assert_eq!(terms, ["Bronchitis", "diffuse Bronchitis", "acute Bronchitis"]);
    }
}
