//! The rules of `vocab/cues.tsv`; its head describes the columns.

use std::borrow::Cow;

use clinlink_model::{Certainty, Course, Experiencer, Polarity, Temporality, TimeKind};

/// The farthest that any scope reaches, in tokens: it keeps the work linear in sentences of any length.
pub(crate) const MAX_REACH: u32 = 120;

/// The things of which a cue may speak, as indices.
pub(crate) const AXES: [&str; 6] = ["polarity", "certainty", "temporality", "experiencer", "course", "time"];

/// What a cue says on one axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value {
    Polarity(Polarity),
    Certainty(Certainty),
    Temporality(Temporality),
    /// Recent where a section would say hypothetical: "Instructions: take the inhaler for your asthma".
    Existing,
    /// Recent by the date beside it, whatever "history of" says; set by stated times only.
    InEpisode,
    Experiencer(Experiencer),
    Course(Course),
    /// Set by stated times only, not by the file.
    Time(TimeKind),
}

impl Value {
    pub(crate) const ALL: [(&'static str, Self); 15] = [
        ("polarity=negated", Self::Polarity(Polarity::Negated)),
        ("polarity=affirmed", Self::Polarity(Polarity::Affirmed)),
        ("certainty=certain", Self::Certainty(Certainty::Certain)),
        ("certainty=probable", Self::Certainty(Certainty::Probable)),
        ("certainty=possible", Self::Certainty(Certainty::Possible)),
        ("temporality=recent", Self::Temporality(Temporality::Recent)),
        ("temporality=historical", Self::Temporality(Temporality::Historical)),
        ("temporality=hypothetical", Self::Temporality(Temporality::Hypothetical)),
        ("temporality=existing", Self::Existing),
        ("experiencer=patient", Self::Experiencer(Experiencer::Patient)),
        ("experiencer=family", Self::Experiencer(Experiencer::Family)),
        ("experiencer=other", Self::Experiencer(Experiencer::Other)),
        ("course=resolved", Self::Course(Course::Resolved)),
        ("course=planned", Self::Course(Course::Planned)),
        ("course=conditional", Self::Course(Course::Conditional)),
    ];

    /// Its axis, as an index into [`AXES`].
    pub(crate) const fn axis(self) -> usize {
        match self {
            Self::Polarity(_) => 0,
            Self::Certainty(_) => 1,
            Self::Temporality(_) | Self::Existing | Self::InEpisode => 2,
            Self::Experiencer(_) => 3,
            Self::Course(_) => 4,
            Self::Time(_) => 5,
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
    Ends([bool; AXES.len()]),
}

/// Where the mentions stand that a cue speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Forward,
    Backward,
    Both,
    /// As backward, if nothing of its clause follows: "Monospot negative." but not "negative deflections".
    Closing,
    /// As forward, if the cue begins its clause: "Unlikely meningitis" but not "PE unlikely, fever".
    Opening,
    /// As opening, in a review of systems only, and over its list: "ROS: neg fever, cough".
    Review,
    /// As both, but back only to a bare subject: "Diabetes can damage the eyes", but not "Her diabetes can".
    General,
    /// Of what the last doubt before it speaks of: "PE was considered, so CTA was done and it was ruled out".
    Recalling,
}

/// How far a cue reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reach {
    /// In tokens, at most [`MAX_REACH`].
    pub tokens: u32,
    /// What ends it before that.
    pub stop: Stop,
}

/// What ends the reach of a cue before its number of tokens does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Only the end of the sentence.
    Sentence,
    /// A comma or a semicolon.
    Phrase,
    /// The same, unless the row goes on to an "or": of "without bleeding, abscess or fever" all is denied, of "COPD without
    /// exacerbation, gout" only the first.
    Item,
}

/// One row of the file.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub id: Cow<'static, str>,
    pub role: Role,
    pub direction: Direction,
    pub reach: Reach,
}

/// Words that set off rules.
#[derive(Debug, Clone)]
pub(crate) struct Phrase {
    /// In lower case, single spaces between words.
    pub text: String,
    /// How many bytes of it must stand before the cue, but are not part of it.
    pub lead: usize,
    /// How many bytes of it are the cue; the rest must follow, but is not part of it.
    pub cue: usize,
    /// The rules, as indices.
    pub rules: Vec<u32>,
    /// The relative that the words name.
    pub relative: Option<&'static str>,
}

/// All rules, with the phrases that set them off.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rules {
    pub rules: Vec<Rule>,
    /// The phrases, in the order of the file.
    pub phrases: Vec<Phrase>,
}
