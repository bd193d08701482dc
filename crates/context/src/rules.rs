//! The rules of `vocab/cues.tsv`; its head describes the columns.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use clinlink_model::{Certainty, Experiencer, Polarity, Temporality};

use crate::error::{LexiconError, rows};

/// The farthest that any scope reaches, in tokens: it keeps the work linear in sentences of any length.
pub(crate) const MAX_REACH: u32 = 120;

/// The four things that a cue may say, as indices.
pub(crate) const AXES: [&str; 4] = ["polarity", "certainty", "temporality", "experiencer"];

/// What a cue says on one axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value {
    Polarity(Polarity),
    Certainty(Certainty),
    Temporality(Temporality),
    Experiencer(Experiencer),
}

impl Value {
    const ALL: [(&'static str, Self); 11] = [
        ("polarity=negated", Self::Polarity(Polarity::Negated)),
        ("polarity=affirmed", Self::Polarity(Polarity::Affirmed)),
        ("certainty=certain", Self::Certainty(Certainty::Certain)),
        ("certainty=probable", Self::Certainty(Certainty::Probable)),
        ("certainty=possible", Self::Certainty(Certainty::Possible)),
        ("temporality=recent", Self::Temporality(Temporality::Recent)),
        ("temporality=historical", Self::Temporality(Temporality::Historical)),
        ("temporality=hypothetical", Self::Temporality(Temporality::Hypothetical)),
        ("experiencer=patient", Self::Experiencer(Experiencer::Patient)),
        ("experiencer=family", Self::Experiencer(Experiencer::Family)),
        ("experiencer=other", Self::Experiencer(Experiencer::Other)),
    ];

    /// Its axis, as an index into [`AXES`].
    pub(crate) const fn axis(self) -> usize {
        match self {
            Self::Polarity(_) => 0,
            Self::Certainty(_) => 1,
            Self::Temporality(_) => 2,
            Self::Experiencer(_) => 3,
        }
    }
}

/// What a cue does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Role {
    /// Says something of the mentions in its scope.
    Sets(Vec<Value>),
    /// Hides the cues that stand in it.
    Pseudo,
    /// Ends the scopes of cues on these axes.
    Ends([bool; 4]),
}

/// Where the mentions stand that a cue speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Forward,
    Backward,
    Both,
}

/// One row of the file.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub id: Cow<'static, str>,
    pub role: Role,
    pub direction: Direction,
    /// In tokens, at most [`MAX_REACH`].
    pub reach: u32,
}

/// All rules, with the phrases that set them off.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rules {
    pub rules: Vec<Rule>,
    /// Phrases in lower case, single spaces between words, each with the indices of its rules.
    pub phrases: Vec<(String, Vec<u32>)>,
}

/// Reads rules. `own` makes an id out of a part of `text`.
pub(crate) fn parse<'t>(
    file: &str,
    text: &'t str,
    own: impl Fn(&'t str) -> Cow<'static, str>,
) -> Result<Rules, LexiconError> {
    let mut rules = Rules::default();
    let mut lists: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut ids = HashSet::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut head = true;
    for (line, row) in rows(text) {
        let at = Place { file, line };
        let columns: Vec<&str> = row.split('\t').map(str::trim).collect();
        if let Some(name) = columns[0].strip_prefix('@') {
            let [_, words] = columns[..] else {
                return Err(at.columns(columns.len(), "a name and its words"));
            };
            lists.insert(name, words.split('|').map(str::trim).collect());
            continue;
        }
        if std::mem::take(&mut head) {
            continue;
        }
        let [id, cues, sets, direction, reach] = columns[..] else {
            return Err(at.columns(columns.len(), "id, cue, sets, direction and reach"));
        };
        if !ids.insert(id) {
            return Err(at.repeated("id", id));
        }
        let role = at.role(sets)?;
        let (direction, reach) = if matches!(role, Role::Sets(_)) {
            (at.direction(direction)?, at.reach(reach)?)
        } else {
            (Direction::Forward, 0)
        };
        let index = rules.rules.len() as u32;
        rules.rules.push(Rule { id: own(id), role, direction, reach });
        for cue in cues.split('|') {
            let mut wordings = Vec::new();
            at.expand(&cue.trim().to_lowercase(), &lists, &mut wordings)?;
            for phrase in wordings {
                let place = *places.entry(phrase.clone()).or_insert(rules.phrases.len());
                if place == rules.phrases.len() {
                    rules.phrases.push((phrase.clone(), Vec::new()));
                }
                let before = &mut rules.phrases[place].1;
                // A phrase may serve several rules ("possible", before and after), but it cannot both count and not.
                let pseudo = |rule: u32| rules.rules[rule as usize].role == Role::Pseudo;
                let clash = before.iter().any(|&other| other == index || pseudo(other) || pseudo(index));
                if phrase.is_empty() || clash {
                    return Err(at.repeated("cue", &phrase));
                }
                before.push(index);
            }
        }
    }
    Ok(rules)
}

/// A line of a file, for messages.
struct Place<'a> {
    file: &'a str,
    line: usize,
}

impl Place<'_> {
    fn columns(&self, found: usize, wanted: &'static str) -> LexiconError {
        LexiconError::Columns { file: self.file.to_owned(), line: self.line, found, wanted }
    }

    fn repeated(&self, what: &'static str, found: &str) -> LexiconError {
        LexiconError::Repeated { file: self.file.to_owned(), line: self.line, what, found: found.to_owned() }
    }

    fn unknown(&self, what: &'static str, found: &str, allowed: String) -> LexiconError {
        LexiconError::Unknown {
            file: self.file.to_owned(),
            line: self.line,
            what,
            found: found.to_owned(),
            allowed,
        }
    }

    /// Puts the words of lists in the place of their `<name>`.
    fn expand(
        &self,
        cue: &str,
        lists: &HashMap<&str, Vec<&str>>,
        out: &mut Vec<String>,
    ) -> Result<(), LexiconError> {
        let Some((before, name, after)) = cue
            .split_once('<')
            .and_then(|(before, rest)| rest.split_once('>').map(|(name, after)| (before, name, after)))
        else {
            out.push(cue.to_owned());
            return Ok(());
        };
        let Some(words) = lists.get(name) else {
            let mut known: Vec<&str> = lists.keys().copied().collect();
            known.sort_unstable();
            return Err(self.unknown("list", name, known.join(", ")));
        };
        for word in words {
            self.expand(&format!("{before}{word}{after}"), lists, out)?;
        }
        Ok(())
    }

    fn role(&self, sets: &str) -> Result<Role, LexiconError> {
        if sets == "pseudo" {
            return Ok(Role::Pseudo);
        }
        if let Some(axes) = sets.strip_prefix("end") {
            let Some(axes) = axes.strip_prefix(':') else { return Ok(Role::Ends([true; 4])) };
            let mut ends = [false; 4];
            for axis in axes.split(',') {
                let index = AXES.iter().position(|known| *known == axis);
                ends[index.ok_or_else(|| self.unknown("axis", axis, AXES.join(", ")))?] = true;
            }
            return Ok(Role::Ends(ends));
        }
        let value = |name: &str| {
            let found = Value::ALL.into_iter().find(|(known, _)| *known == name);
            let allowed = || format!("{}, pseudo, end", Value::ALL.map(|(known, _)| known).join(", "));
            found.map(|(_, value)| value).ok_or_else(|| self.unknown("value", name, allowed()))
        };
        Ok(Role::Sets(sets.split(',').map(value).collect::<Result<_, _>>()?))
    }

    fn direction(&self, name: &str) -> Result<Direction, LexiconError> {
        match name {
            "forward" => Ok(Direction::Forward),
            "backward" => Ok(Direction::Backward),
            "both" => Ok(Direction::Both),
            _ => Err(self.unknown("direction", name, "forward, backward, both".to_owned())),
        }
    }

    fn reach(&self, reach: &str) -> Result<u32, LexiconError> {
        match reach.parse() {
            Ok(tokens @ 1..=MAX_REACH) => Ok(tokens),
            _ if reach == "sentence" => Ok(MAX_REACH),
            _ => Err(self.unknown("reach", reach, format!("1 to {MAX_REACH} tokens, or sentence"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const HEAD: &str = "id\tcue\tsets\tdirection\treach\n";

    #[rstest]
    #[case(
        "a\tno\tpolarity=negated\tfoward\t3",
        "t.tsv:2: unknown direction \"foward\" (forward, backward, both)"
    )]
    #[case("a\tno\tpolarity=no\tforward\t3", "t.tsv:2: unknown value \"polarity=no\" (polarity=negated, ")]
    #[case(
        "a\tno\tend:time\t-\t-",
        "t.tsv:2: unknown axis \"time\" (polarity, certainty, temporality, experiencer)"
    )]
    #[case(
        "a\tno\tpolarity=negated\tforward\t0",
        "t.tsv:2: unknown reach \"0\" (1 to 120 tokens, or sentence)"
    )]
    #[case("a\t<kin>\tpseudo\t-\t-", "t.tsv:2: unknown list \"kin\" ()")]
    #[case("a\tno\tpseudo", "t.tsv:2: 3 columns, but id, cue, sets, direction and reach are wanted")]
    #[case("a\tno|No\tpseudo\t-\t-", "t.tsv:2: cue \"no\" is empty or stands in the file before")]
    #[case(
        "a\tno\tpseudo\t-\t-\na\tx\tpseudo\t-\t-",
        "t.tsv:3: id \"a\" is empty or stands in the file before"
    )]
    fn a_fault_is_named_with_its_line(#[case] row: &str, #[case] message: &str) {
        let text = format!("{HEAD}{row}");
        let error = parse("t.tsv", &text, |id| Cow::Owned(id.to_owned())).unwrap_err();
        assert!(error.to_string().starts_with(message), "{error}");
    }

    #[test]
    fn lists_are_expanded() {
        let text = format!("@kin\tmother|father\n{HEAD}a\tin <kin>\tpseudo\t-\t-");
        let rules = parse("t.tsv", &text, |id| Cow::Owned(id.to_owned())).unwrap();
        let phrases: Vec<&str> = rules.phrases.iter().map(|(phrase, _)| phrase.as_str()).collect();
        assert_eq!(phrases, ["in mother", "in father"]);
    }
}
