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
        Self::told(note, layout, span, &|word, side| word.eq_ignore_ascii_case(side.word()))
    }

    /// The same of a side of the whole body, which words such as `left-sided` name too.
    pub(crate) fn of_body(note: &Note, layout: &Layout, span: Span) -> Option<Self> {
        Self::told(note, layout, span, &|word, side| {
            let (name, rest) = word.split_at_checked(side.word().len()).unwrap_or((word, ""));
            let rest = rest.trim_start_matches('-');
            name.eq_ignore_ascii_case(side.word()) && (rest.is_empty() || rest.eq_ignore_ascii_case("sided"))
        })
    }

    fn told(note: &Note, layout: &Layout, span: Span, tells: &dyn Fn(&str, Self) -> bool) -> Option<Self> {
        if let Some(side) = Self::named(note[span].split_whitespace(), tells) {
            return Some(side);
        }
        let sentence = layout.sentence_of(span)?.span;
        let before = &note.text()[sentence.start().min(span.start())..span.start()];
        let after = &note.text()[span.end()..sentence.end().max(span.end())];
        // Only words of the same phrase: a comma ends it.
        let before = before.rsplit([',', ';', ':', '(']).next().unwrap_or("");
        let after = after.split([',', ';', ':', ')', '.']).next().unwrap_or("");
        let near = before.split_whitespace().rev().take(NEAR).chain(after.split_whitespace().take(NEAR));
        Self::named(near, tells)
    }

    /// The word that titles of codes use for it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Left => "left",
            Self::Bilateral => "bilateral",
        }
    }

    fn named<'t>(words: impl Iterator<Item = &'t str>, tells: &dyn Fn(&str, Self) -> bool) -> Option<Self> {
        let mut side = None;
        for word in words {
            let word = word.trim_matches(|c: char| !c.is_alphanumeric());
            let named =
                [Self::Right, Self::Left, Self::Bilateral].into_iter().find(|side| tells(word, *side));
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
    use clinlink_model::{Layout, Note};
    use rstest::rstest;

    use super::Side;

    #[rstest]
    #[case("pain in the right knee", Some(Side::Right), Some(Side::Right))]
    #[case("Left-sided", None, Some(Side::Left))]
    #[case("right sided", Some(Side::Right), Some(Side::Right))]
    #[case("leftover", None, None)]
    #[case("left (LEFT) hip", Some(Side::Left), Some(Side::Left))]
    #[case("right and left knee", None, None)]
    #[case("bilateral cataract", Some(Side::Bilateral), Some(Side::Bilateral))]
    fn finds_the_one_side_named(
        #[case] text: &str,
        #[case] side: Option<Side>,
        #[case] of_body: Option<Side>,
    ) {
        let note = Note::new("n", text).unwrap();
        let layout = Layout::default();
        assert_eq!(Side::of(&note, &layout, note.whole()), side);
        assert_eq!(Side::of_body(&note, &layout, note.whole()), of_body);
    }
}
