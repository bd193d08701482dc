use clinlink_model::{Layout, Note, Span};

/// The side of the body that words name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Side {
    Right,
    Left,
    Bilateral,
}

/// How many words before and after a mention are looked at.
const NEAR: usize = 3;

impl Side {
    /// The side that a mention's words name, or else the few words around it in its sentence; `None` if none or
    /// more than one is named.
    pub(crate) fn of(note: &Note, layout: &Layout, span: Span) -> Option<Self> {
        if let Some(side) = Self::named(note[span].split_whitespace()) {
            return Some(side);
        }
        let sentence = layout.sentence_of(span)?.span;
        let before = &note.text()[sentence.start().min(span.start())..span.start()];
        let after = &note.text()[span.end()..sentence.end().max(span.end())];
        // Only words of the same phrase: a comma ends it.
        let before = before.rsplit([',', ';', ':', '(']).next().unwrap_or("");
        let after = after.split([',', ';', ':', ')', '.']).next().unwrap_or("");
        Self::named(before.split_whitespace().rev().take(NEAR).chain(after.split_whitespace().take(NEAR)))
    }

    /// The word that titles of codes use for it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Left => "left",
            Self::Bilateral => "bilateral",
        }
    }

    fn named<'t>(words: impl Iterator<Item = &'t str>) -> Option<Self> {
        let mut side = None;
        for word in words {
            let word = word.trim_matches(|c: char| !c.is_alphanumeric());
            let named = [Self::Right, Self::Left, Self::Bilateral]
                .into_iter()
                .find(|side| word.eq_ignore_ascii_case(side.word()));
            match (side, named) {
                (_, None) => {}
                (Some(known), Some(named)) if known != named => return None,
                (_, named) => side = named,
            }
        }
        side
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::Side;

    #[rstest]
    #[case("pain in the right knee", Some(Side::Right))]
    #[case("Left-sided", None)]
    #[case("left (LEFT) hip", Some(Side::Left))]
    #[case("right and left knee", None)]
    #[case("bilateral cataract", Some(Side::Bilateral))]
    fn finds_the_one_side_named(#[case] text: &str, #[case] side: Option<Side>) {
        assert_eq!(Side::named(text.split_whitespace()), side);
    }
}
