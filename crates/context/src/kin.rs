//! The relatives that words name.

/// Words for relatives, each with the relation that it stands for.
const RELATIVES: [(&str, &str); 36] = [
    ("mother", "mother"),
    ("mom", "mother"),
    ("mum", "mother"),
    ("father", "father"),
    ("dad", "father"),
    ("parent", "parent"),
    ("parents", "parent"),
    ("brother", "brother"),
    ("brothers", "brother"),
    ("half-brother", "half-brother"),
    ("sister", "sister"),
    ("sisters", "sister"),
    ("half-sister", "half-sister"),
    ("sibling", "sibling"),
    ("siblings", "sibling"),
    ("twin", "twin"),
    ("son", "son"),
    ("sons", "son"),
    ("daughter", "daughter"),
    ("daughters", "daughter"),
    ("aunt", "aunt"),
    ("aunts", "aunt"),
    ("uncle", "uncle"),
    ("uncles", "uncle"),
    ("grandmother", "grandmother"),
    ("grandfather", "grandfather"),
    ("grandparent", "grandparent"),
    ("grandparents", "grandparent"),
    ("cousin", "cousin"),
    ("cousins", "cousin"),
    ("niece", "niece"),
    ("nephew", "nephew"),
    ("wife", "wife"),
    ("husband", "husband"),
    ("spouse", "spouse"),
    ("partner", "partner"),
];

/// Relatives of one side of the family: (relation, on the mother's side, on the father's side).
const SIDES: [(&str, &str, &str); 6] = [
    ("aunt", "maternal aunt", "paternal aunt"),
    ("uncle", "maternal uncle", "paternal uncle"),
    ("grandmother", "maternal grandmother", "paternal grandmother"),
    ("grandfather", "maternal grandfather", "paternal grandfather"),
    ("grandparent", "maternal grandparent", "paternal grandparent"),
    ("cousin", "maternal cousin", "paternal cousin"),
];

/// The relative that a cue names: "paternal aunt's" is the paternal aunt; `None` where it names none.
pub(crate) fn relative_in(cue: &str) -> Option<&'static str> {
    let words = || cue.split(|c: char| !c.is_alphanumeric() && c != '-');
    let (_, relation) = words().find_map(|word| RELATIVES.iter().find(|(known, _)| *known == word))?;
    let side = SIDES.iter().find(|(known, ..)| known == relation);
    Some(match side {
        Some((_, maternal, _)) if words().any(|word| word == "maternal") => maternal,
        Some((.., paternal)) if words().any(|word| word == "paternal") => paternal,
        _ => relation,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("in his mother", Some("mother"))]
    #[case("dad's", Some("father"))]
    #[case("paternal aunts", Some("paternal aunt"))]
    #[case("maternal", None)]
    #[case("family history of", None)]
    #[case("(half-sister)", Some("half-sister"))]
    fn relatives(#[case] cue: &str, #[case] relative: Option<&str>) {
        assert_eq!(relative_in(cue), relative);
    }
}
