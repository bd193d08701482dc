//! Notes with the expected assertions and expansions written into them.
//!
//! `[words]{values}` is a mention; values are those of an assertion's axes that differ from the plain reading, parted
//! by commas, or `plain`; `course=`, `relative=` and `time=` with a value or `none` are compared only where they are
//! written. `[words]{=long form}` is an abbreviation with its expansion. Everything else is text. A line break is
//! `\n`, a literal bracket `\[`.

/// What the markup says of one mention.
#[derive(Debug, PartialEq, Eq)]
pub enum Expected {
    Values(Vec<String>),
    Long(String),
}

/// A text with its mentions, as byte ranges.
#[derive(Debug)]
pub struct Marked {
    pub text: String,
    pub mentions: Vec<(usize, usize, Expected)>,
}

const VALUES: [&str; 8] =
    ["negated", "probable", "possible", "historical", "hypothetical", "family", "other", "plain"];
const DETAILS: [&str; 3] = ["course", "relative", "time"];

/// Reads markup.
///
/// # Panics
/// If it is malformed or holds no mention: a case that checks nothing is a fault of the case.
pub fn read(markup: &str) -> Marked {
    let mut marked = Marked { text: String::new(), mentions: Vec::new() };
    let mut rest = markup;
    while let Some(at) = rest.find(['[', ']', '{', '}', '\\']) {
        marked.text.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix('\\') {
            let literal = after.chars().next().expect("a character after \\");
            marked.text.push(if literal == 'n' { '\n' } else { literal });
            rest = &after[literal.len_utf8()..];
            continue;
        }
        let inner = rest.strip_prefix('[').unwrap_or_else(|| panic!("a mark out of place: {markup}"));
        let (words, after) = inner.split_once("]{").unwrap_or_else(|| panic!("no ]{{ after [: {markup}"));
        let (values, after) = after.split_once('}').unwrap_or_else(|| panic!("no }} after ]{{: {markup}"));
        assert!(
            !words.is_empty() && !words.contains(['[', ']', '{', '}']),
            "a mention without words: {markup}"
        );
        let start = marked.text.len();
        marked.text.push_str(words);
        marked.mentions.push((start, marked.text.len(), expected(values, markup)));
        rest = after;
    }
    marked.text.push_str(rest);
    assert!(!marked.mentions.is_empty(), "no mention: {markup}");
    marked
}

fn expected(values: &str, markup: &str) -> Expected {
    if let Some(long) = values.strip_prefix('=') {
        assert!(!long.is_empty(), "an empty long form: {markup}");
        return Expected::Long(long.to_owned());
    }
    let mut values: Vec<String> = values.split(',').map(|value| value.trim().to_owned()).collect();
    for value in &values {
        let detail =
            value.split_once('=').is_some_and(|(key, value)| DETAILS.contains(&key) && !value.is_empty());
        assert!(detail || VALUES.contains(&value.as_str()), "unknown value {value:?}: {markup}");
    }
    let axes = values.iter().filter(|value| VALUES.contains(&value.as_str())).count();
    let plain = values.iter().any(|value| value == "plain");
    assert!(axes == 1 || (axes > 1 && !plain), "plain beside others, or no axis: {markup}");
    values.retain(|value| value != "plain");
    values.sort();
    values.dedup();
    Expected::Values(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn markup_is_read() {
        let marked = read(r"No [fever]{negated} \[x\]\n[MI]{historical, possible, time=none}.");
        assert_eq!(marked.text, "No fever [x]\nMI.");
        assert_eq!(marked.mentions[0], (3, 8, Expected::Values(vec!["negated".to_owned()])));
        assert_eq!(marked.mentions.len(), 2);
    }

    #[rstest]
    #[case("no mention")]
    #[case("[fever]")]
    #[case("[fever]{negate}")]
    #[case("[fever]{negated")]
    #[case("[]{negated}")]
    #[case("fever]{negated}")]
    #[case("[CHF]{=}")]
    #[case("[fever]{plain,negated}")]
    #[case("[fever]{course=resolved}")]
    #[case("[fever]{plain,course=}")]
    #[case("[fever]{plain,place=here}")]
    #[should_panic(expected = "")]
    fn a_fault_in_the_markup_fails(#[case] markup: &str) {
        read(markup);
    }
}
