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

/// Says that it is on both sides, behind the mention or right before it; further away it may join two diagnoses.
const BOTH: &str = "both";

/// What tells apart the places of one side: `left upper eyelid`.
const WHICH: [&str; 12] = [
    "upper", "lower", "great", "big", "little", "small", "ring", "index", "middle", "long", "first", "distal",
];

/// What is written short for a side, wherever it stands: `Rt hip`, `swelling of LUE`.
const SHORT: [(&str, Side); 20] = [
    ("bilaterally", Side::Bilateral),
    ("RUL", Side::Right),
    ("RML", Side::Right),
    ("RLL", Side::Right),
    ("LUL", Side::Left),
    ("LLL", Side::Left),
    ("Rt", Side::Right),
    ("rt", Side::Right),
    ("Lt", Side::Left),
    ("lt", Side::Left),
    ("RLE", Side::Right),
    ("RUE", Side::Right),
    ("LLE", Side::Left),
    ("LUE", Side::Left),
    ("BLE", Side::Bilateral),
    ("BUE", Side::Bilateral),
    ("b/l", Side::Bilateral),
    ("B/L", Side::Bilateral),
    ("bilat", Side::Bilateral),
    ("Bilat", Side::Bilateral),
];

/// Where `L` is no side: the lumbar spine.
const SPINE: [&str; 5] = ["spine", "spinal", "vertebra", "vertebral", "disc"];

impl Side {
    /// The side that a mention's words name, or else the few words around it in its sentence; `None` if none is
    /// named, or around the mention more than one. Both sides in its own words are both.
    pub(crate) fn of(note: &Note, layout: &Layout, span: Span) -> Option<Self> {
        Self::told(note, layout, span, &|word, side| word.eq_ignore_ascii_case(side.word()))
    }

    /// The same of an eye, for whose side there are abbreviations of its own: `POAG OU`.
    pub(crate) fn of_eye(note: &Note, layout: &Layout, span: Span) -> Option<Self> {
        Self::told(note, layout, span, &|word, side| {
            word.eq_ignore_ascii_case(side.word()) || word == side.of_eyes()
        })
    }

    /// The same of a side of the whole body, which words such as `left-sided` name too.
    pub(crate) fn of_body(note: &Note, layout: &Layout, span: Span) -> Option<Self> {
        Self::told(note, layout, span, &|word, side| {
            let (name, rest) = word.split_at_checked(side.word().len()).unwrap_or((word, ""));
            let rest = rest.trim_start_matches('-');
            let whole = rest.is_empty() || rest.eq_ignore_ascii_case("sided");
            name.eq_ignore_ascii_case(side.word()) && whole || side.sided() == Some(word)
        })
    }

    /// Short for a side of the whole body.
    const fn sided(self) -> Option<&'static str> {
        match self {
            Self::Right => Some("R-sided"),
            Self::Left => Some("L-sided"),
            Self::Bilateral => None,
        }
    }

    /// Short for one eye or both.
    const fn of_eyes(self) -> &'static str {
        match self {
            Self::Right => "OD",
            Self::Left => "OS",
            Self::Bilateral => "OU",
        }
    }

    fn told(note: &Note, layout: &Layout, span: Span, tells: &dyn Fn(&str, Self) -> bool) -> Option<Self> {
        let within: Vec<&str> = bare(&note[span]).collect();
        let sides: Vec<Self> = (0..within.len()).filter_map(|at| Self::at(&within, at, tells)).collect();
        if let Some(first) = sides.first() {
            // `Left and right knee pain` is of both.
            return Some(if sides.iter().all(|side| side == first) { *first } else { Self::Bilateral });
        }
        let sentence = layout.sentence_of(span)?.span;
        let before = &note.text()[sentence.start().min(span.start())..span.start()];
        let after = &note.text()[span.end()..sentence.end().max(span.end())];
        // Only words of the same phrase: a comma ends it.
        let before = without_number(before.rsplit([',', ';', ':', '(']).next().unwrap_or(""));
        let after = after.split([',', ';', ':', ')', '.']).next().unwrap_or("");
        let mut near: Vec<&str> = bare(before).collect();
        near.drain(..near.len().saturating_sub(NEAR + 1));
        let count = near.len();
        near.extend(within.first());
        // A letter counts right before the mention only, and the word before the nearest is there for it alone.
        let sides = (count.saturating_sub(NEAR)..count).filter_map(|at| {
            let adjacent = at + 1 == count || matches!(near[at + 1], "and" | "or" | "");
            if adjacent { Self::at(&near, at, tells) } else { Self::by_word(near[at], tells) }
        });
        let told_after = |word| if word == BOTH { Some(Self::Bilateral) } else { Self::by_word(word, tells) };
        let around = Self::only(sides.chain(bare(after).take(NEAR).filter_map(told_after)));
        around.or_else(|| Self::behind_comma(&note.text()[span.end()..sentence.end().max(span.end())], tells))
    }

    /// The side that stands alone behind a comma, or with where it is: `glaucoma, both eyes`, `tennis elbow, L`.
    fn behind_comma(after: &str, tells: &dyn Fn(&str, Self) -> bool) -> Option<Self> {
        let part = after.strip_prefix(',')?.split([',', ';', ':', ')', '.']).next()?;
        let words: Vec<&str> = bare(part).collect();
        let (first, place) = words.split_first()?;
        let is_place = match place {
            [] | [_] | [_, "territory" | "distribution"] => true,
            [which, _] => WHICH.iter().any(|word| which.eq_ignore_ascii_case(word)),
            _ => false,
        };
        let letter = match *first {
            "R" => Some(Self::Right),
            "L" => Some(Self::Left),
            word => Self::alone(word, tells),
        };
        letter.filter(|_| is_place)
    }

    /// The side that the word at `at` names, a letter too: not of an amount (`2 L`) or of the lumbar spine (`L spine`).
    fn at(words: &[&str], at: usize, tells: &dyn Fn(&str, Self) -> bool) -> Option<Self> {
        let letter = match words[at] {
            "R" => Self::Right,
            "L" => Self::Left,
            word => return Self::alone(word, tells),
        };
        let amount = at > 0 && words[at - 1].ends_with(|c: char| c.is_ascii_digit());
        let next = words.get(at + 1)?;
        let spine = SPINE.iter().any(|word| next.eq_ignore_ascii_case(word));
        let word = next.len() != 1 && next.chars().all(|c| c.is_alphabetic() || c == '-');
        (!amount && !spine && word).then_some(letter)
    }

    /// The side that a word names where it cannot join two diagnoses: `both` too.
    fn alone(word: &str, tells: &dyn Fn(&str, Self) -> bool) -> Option<Self> {
        if word.eq_ignore_ascii_case(BOTH) { Some(Self::Bilateral) } else { Self::by_word(word, tells) }
    }

    fn by_word(word: &str, tells: &dyn Fn(&str, Self) -> bool) -> Option<Self> {
        let named = [Self::Right, Self::Left, Self::Bilateral].into_iter().find(|side| tells(word, *side));
        named.or_else(|| SHORT.iter().find(|(short, _)| *short == word).map(|&(_, side)| side))
    }

    /// The side, if all name the same one.
    fn only(mut sides: impl Iterator<Item = Self>) -> Option<Self> {
        let side = sides.next()?;
        sides.all(|other| other == side).then_some(side)
    }

    /// The side that a word in lower case is.
    pub(crate) fn named(word: &str) -> Option<Self> {
        Self::alone(word, &|word, side| word == side.word())
    }

    /// The word that titles of codes use for it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Left => "left",
            Self::Bilateral => "bilateral",
        }
    }
}

/// A text without the number of the list item that it begins: `4. R hip`.
fn without_number(text: &str) -> &str {
    let item = text.trim_start();
    let rest = item.trim_start_matches(|c: char| c.is_ascii_digit());
    if rest.len() < item.len() { rest.strip_prefix(['.', ')']).unwrap_or(text) } else { text }
}

/// The words of a text without the marks around them.
fn bare(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use clinlink_model::{Layout, Note, Sentence};
    use rstest::rstest;

    use super::Side;

    #[rstest]
    #[case("pain in the right knee", Some(Side::Right), Some(Side::Right))]
    #[case("Left-sided", None, Some(Side::Left))]
    #[case("right sided", Some(Side::Right), Some(Side::Right))]
    #[case("leftover", None, None)]
    #[case("L-sided weakness", None, Some(Side::Left))]
    #[case("left (LEFT) hip", Some(Side::Left), Some(Side::Left))]
    #[case("right and left knee", Some(Side::Bilateral), Some(Side::Bilateral))]
    #[case("pain in both knees", Some(Side::Bilateral), Some(Side::Bilateral))]
    #[case("bilateral cataract", Some(Side::Bilateral), Some(Side::Bilateral))]
    #[case("R hip fx", Some(Side::Right), Some(Side::Right))]
    #[case("fx of L hip", Some(Side::Left), Some(Side::Left))]
    #[case("Rt. hip", Some(Side::Right), Some(Side::Right))]
    #[case("LLE cellulitis", Some(Side::Left), Some(Side::Left))]
    #[case("R and L hip", Some(Side::Bilateral), Some(Side::Bilateral))]
    #[case("L spine fracture", None, None)]
    #[case("L4 fracture", None, None)]
    #[case("2 L effusion", None, None)]
    #[case("vitamin L", None, None)]
    #[case("l hip", None, None)]
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

    #[rstest]
    #[case("R [hip] fracture", Some(Side::Right))]
    #[case("(L) [hip] fracture", Some(Side::Left))]
    #[case("swelling and [pain] of RUE", Some(Side::Right))]
    #[case::both_sides("R and L [hip]", None)]
    #[case::both_sides("R & L [hip]", None)]
    #[case::on_another_thing("R arm and [hip]", None)]
    #[case::of_a_list("4. R [hip] contusion", Some(Side::Right))]
    #[case::an_amount("drained 2 L [effusion]", None)]
    #[case::the_lumbar_spine("L [spine] fracture", None)]
    #[case::behind("[pain] R", None)]
    #[case::both("[pain] in both knees", Some(Side::Bilateral))]
    #[case::bilaterally("[edema] bilaterally", Some(Side::Bilateral))]
    #[case::joins_two("both asthma and [hip] pain", None)]
    #[case::behind_a_comma("[glaucoma], both eyes, moderate", Some(Side::Bilateral))]
    #[case::alone_behind_a_comma("[tennis elbow], L", Some(Side::Left))]
    #[case::with_which("[chalazion], left upper eyelid", Some(Side::Left))]
    #[case::of_the_next_thing("[gout], left knee pain for a week", None)]
    fn letters_name_a_side_right_before_the_mention(#[case] marked: &str, #[case] side: Option<Side>) {
        let (before, rest) = marked.split_once('[').unwrap();
        let (mention, after) = rest.split_once(']').unwrap();
        let note = Note::new("n", format!("{before}{mention}{after}")).unwrap();
        let sentence = Sentence { span: note.whole(), tokens: 0..0, section: 0 };
        let layout = Layout { sentences: vec![sentence], ..Layout::default() };
        let span = note.span(before.len()..before.len() + mention.len()).unwrap();
        assert_eq!(Side::of(&note, &layout, span), side);
    }
}
