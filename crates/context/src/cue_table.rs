//! Reads `vocab/cues.tsv`; its head describes the columns.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::error::{LexiconError, rows};
use crate::kin::relative_in;
use crate::rules::{AXES, Direction, MAX_REACH, Phrase, Reach, Role, Rule, Rules, Stop, Value};

/// Reads rules. `own` makes an id out of a part of `text`.
pub(crate) fn parse<'t>(
    file: &str,
    text: &'t str,
    own: impl Fn(&'t str) -> Cow<'static, str>,
) -> Result<Rules, LexiconError> {
    let mut table = Table::default();
    let mut ids = HashSet::new();
    let mut head = true;
    for (line, row) in rows(text) {
        let at = Place { file, line };
        let columns: Vec<&str> = row.split('\t').map(str::trim).collect();
        if let Some(name) = columns[0].strip_prefix('@') {
            let [_, words] = columns[..] else {
                return Err(at.columns(columns.len(), "a name and its words"));
            };
            table.lists.insert(name, words.split('|').map(str::trim).collect());
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
        let (direction, reach) = match role {
            Role::Sets(_) => (at.direction(direction)?, at.reach(reach)?),
            Role::Ends(_) if reach == "item" => (Direction::Forward, Reach { tokens: 0, stop: Stop::Item }),
            Role::Ends(_) | Role::Pseudo => (Direction::Forward, Reach { tokens: 0, stop: Stop::Sentence }),
        };
        table.rules.rules.push(Rule { id: own(id), role, direction, reach });
        table.add_cues(&at, cues)?;
    }
    Ok(table.rules)
}

const DIRECTIONS: &str = "forward, backward, both, closing, opening, review, general, recalling";

/// What has been read so far.
#[derive(Default)]
struct Table<'t> {
    rules: Rules,
    lists: HashMap<&'t str, Vec<&'t str>>,
    /// Where each phrase stands among those of `rules`.
    places: HashMap<String, usize>,
}

impl Table<'_> {
    /// Adds the wordings of the last rule.
    fn add_cues(&mut self, at: &Place<'_>, cues: &str) -> Result<(), LexiconError> {
        for cue in cues.split('|') {
            let mut wordings = Vec::new();
            at.expand(&cue.trim().to_lowercase(), &self.lists, &mut wordings)?;
            for wording in wordings {
                self.add_phrase(at, &wording)?;
            }
        }
        Ok(())
    }

    fn add_phrase(&mut self, at: &Place<'_>, wording: &str) -> Result<(), LexiconError> {
        let (lead, wording) = wording.split_once('^').unwrap_or(("", wording));
        let (before, after) = wording.split_once('>').unwrap_or((wording, ""));
        let (text, lead, cue) = (format!("{lead}{before}{after}"), lead.len(), before.trim_end().len());
        let index = (self.rules.rules.len() - 1) as u32;
        let place = *self.places.entry(text.clone()).or_insert(self.rules.phrases.len());
        if place == self.rules.phrases.len() {
            let relative = relative_in(&text);
            self.rules.phrases.push(Phrase { text: text.clone(), lead, cue, rules: Vec::new(), relative });
        }
        let rules = &self.rules.rules;
        let pseudo = |rule: u32| rules[rule as usize].role == Role::Pseudo;
        let phrase = &mut self.rules.phrases[place];
        // A phrase may serve several rules ("possible", before and after), but it cannot both count and not.
        let clash = phrase.rules.iter().any(|&other| other == index || pseudo(other) || pseudo(index));
        if cue == 0 || clash || (phrase.lead, phrase.cue) != (lead, cue) {
            return Err(at.repeated("cue", &text));
        }
        phrase.rules.push(index);
        Ok(())
    }
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
            let Some(axes) = axes.strip_prefix(':') else { return Ok(Role::Ends([true; AXES.len()])) };
            let mut ends = [false; AXES.len()];
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
            "closing" => Ok(Direction::Closing),
            "opening" => Ok(Direction::Opening),
            "review" => Ok(Direction::Review),
            "general" => Ok(Direction::General),
            "recalling" => Ok(Direction::Recalling),
            _ => Err(self.unknown("direction", name, DIRECTIONS.to_owned())),
        }
    }

    fn reach(&self, reach: &str) -> Result<Reach, LexiconError> {
        let whole = |stop| Ok(Reach { tokens: MAX_REACH, stop });
        let (tokens, stop) =
            reach.strip_suffix(" phrase").map_or((reach, Stop::Sentence), |tokens| (tokens, Stop::Phrase));
        match tokens.parse() {
            Ok(tokens @ 1..=MAX_REACH) => Ok(Reach { tokens, stop }),
            _ if reach == "sentence" => whole(Stop::Sentence),
            _ if reach == "phrase" => whole(Stop::Phrase),
            _ if reach == "item" => whole(Stop::Item),
            _ => Err(self.unknown(
                "reach",
                reach,
                format!("1 to {MAX_REACH} tokens, phrase, both (\"6 phrase\"), item, or sentence"),
            )),
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
        "t.tsv:2: unknown direction \"foward\" (forward, backward, both, closing, opening, review, general, recalling)"
    )]
    #[case("a\tno\tpolarity=no\tforward\t3", "t.tsv:2: unknown value \"polarity=no\" (polarity=negated, ")]
    #[case(
        "a\tno\tend:place\t-\t-",
        "t.tsv:2: unknown axis \"place\" (polarity, certainty, temporality, experiencer, course, time)"
    )]
    #[case(
        "a\tno\tpolarity=negated\tforward\t0",
        "t.tsv:2: unknown reach \"0\" (1 to 120 tokens, phrase, both (\"6 phrase\"), item, or sentence)"
    )]
    #[case("a\tno\tpolarity=negated\tforward\t6 phrases", "t.tsv:2: unknown reach \"6 phrases\" (1 to 120 ")]
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
        let phrases: Vec<&str> = rules.phrases.iter().map(|phrase| phrase.text.as_str()).collect();
        assert_eq!(phrases, ["in mother", "in father"]);
    }

    #[rstest]
    #[case("6", 6, Stop::Sentence)]
    #[case("6 phrase", 6, Stop::Phrase)]
    #[case("phrase", MAX_REACH, Stop::Phrase)]
    #[case("item", MAX_REACH, Stop::Item)]
    #[case("sentence", MAX_REACH, Stop::Sentence)]
    fn reaches(#[case] reach: &str, #[case] tokens: u32, #[case] stop: Stop) {
        let text = format!("{HEAD}a\tno\tpolarity=negated\tforward\t{reach}");
        let rules = parse("t.tsv", &text, |id| Cow::Owned(id.to_owned())).unwrap();
        assert_eq!(rules.rules[0].reach, Reach { tokens, stop });
    }

    #[test]
    fn what_must_follow_is_no_part_of_the_cue() {
        let text = format!("{HEAD}a\tno >change in vision\tpolarity=negated\tforward\t3");
        let rules = parse("t.tsv", &text, |id| Cow::Owned(id.to_owned())).unwrap();
        assert_eq!((rules.phrases[0].text.as_str(), rules.phrases[0].cue), ("no change in vision", 2));
    }

    #[test]
    fn what_must_precede_is_no_part_of_the_cue() {
        let text = format!("{HEAD}a\ttetanus ^given\ttemporality=hypothetical\tbackward\t2");
        let rules = parse("t.tsv", &text, |id| Cow::Owned(id.to_owned())).unwrap();
        let phrase = &rules.phrases[0];
        assert_eq!((phrase.text.as_str(), phrase.lead, phrase.cue), ("tetanus given", 8, 5));
    }
}
