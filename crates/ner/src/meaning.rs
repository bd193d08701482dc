use std::fmt;

use clinlink_model::Label;
use serde::{Deserialize, Serialize};

/// What an output of a model, or an entity name of its own, stands for: `O`, a label (`disease`), or a label with its place
/// in a mention (`B-disease`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Meaning {
    /// No entity.
    Outside,
    /// A label. The place is the one that the model's own name says, if it says one.
    Label(Label),
    /// A word at a place in a mention.
    Word(Place, Label),
}

/// The place of a word in a mention, by the prefix of its tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// `B-`: the first word.
    Begin,
    /// `I-`: a further word; of models that have no `B-` any word.
    Inside,
    /// `E-` or `L-`: the last of several words.
    End,
    /// `S-` or `U-`: the only word.
    Single,
}

/// The prefix of a name and the rest of it.
pub(crate) fn split(name: &str) -> Option<(Place, &str)> {
    let (prefix, entity) = name.split_once(['-', '_'])?;
    let place = match prefix {
        "B" => Place::Begin,
        "I" => Place::Inside,
        "E" | "L" => Place::End,
        "S" | "U" => Place::Single,
        _ => return None,
    };
    Some((place, entity))
}

impl TryFrom<String> for Meaning {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let own = |entity: &str| Label::ALL.into_iter().find(|label| label.name() == entity);
        let meaning = match split(&name) {
            _ if name == "O" => Some(Self::Outside),
            Some((place, entity)) => own(entity).map(|label| Self::Word(place, label)),
            None => own(&name).map(Self::Label),
        };
        meaning.ok_or_else(|| {
            format!("{name:?} is none of {}, of these with B-, I-, E- or S- before them, and O", own_names())
        })
    }
}

impl From<Meaning> for String {
    fn from(meaning: Meaning) -> Self {
        meaning.to_string()
    }
}

impl fmt::Display for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outside => f.write_str("O"),
            Self::Label(label) => f.write_str(label.name()),
            Self::Word(place, label) => {
                let prefix = match place {
                    Place::Begin => 'B',
                    Place::Inside => 'I',
                    Place::End => 'E',
                    Place::Single => 'S',
                };
                write!(f, "{prefix}-{}", label.name())
            }
        }
    }
}

/// The names of clinlink's labels.
pub(crate) fn own_names() -> String {
    Label::ALL.map(Label::name).join(", ")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("O", Meaning::Outside)]
    #[case("disease", Meaning::Label(Label::Disease))]
    #[case("B-disease", Meaning::Word(Place::Begin, Label::Disease))]
    #[case("E-chemical", Meaning::Word(Place::End, Label::Chemical))]
    #[case("S-other", Meaning::Word(Place::Single, Label::Other))]
    fn names_are_read_as_they_are_written(#[case] name: &str, #[case] meaning: Meaning) {
        assert_eq!(Meaning::try_from(name.to_owned()), Ok(meaning));
        assert_eq!(meaning.to_string(), name);
    }

    #[rstest]
    #[case("diseese")]
    #[case("B-Problem")]
    #[case("M-disease")]
    #[case("")]
    fn other_names_are_refused(#[case] name: &str) {
        assert!(Meaning::try_from(name.to_owned()).unwrap_err().contains("disease, chemical"));
    }
}
