//! Poisoning, adverse effect, underdosing and toxic effect: what a drug did, or too little of it, or a substance that is no
//! drug (Official Guidelines I.C.19.e).
//!
//! `Rash due to amoxicillin` is R21 and T36.0X5A, `overdose of acetaminophen` T39.1X1A, `noncompliance with insulin`
//! T38.3X6A, with Z91.148, `bee sting` T63.441A. A code is the group of its drug (`T36.0X`) with the character of the
//! circumstance. Groups come from the pack: from its table of drugs if it has that, else from titles that name the drug; then
//! from `vocab/rules/drugs.toml`, which also holds the words of the circumstances. Whether the group is of a drug (T36 to T50)
//! or of another substance (T51 to T65) decides between poisoning and toxic effect. The nature of an adverse effect stands
//! before its drug, a poisoning or toxic effect before what it caused ([`crate::sequence`]).

use std::collections::HashMap;

use clinlink_model::{AnnotatedMention, AnnotatedNote, Label, SectionKind, Span};
use clinlink_vocab::{ConceptId, Pack, normal_form};
use serde::Deserialize;

use crate::claim::{Claim, Rulebook, evidence, ground_of};
use crate::detail::Told;
use crate::encounter::Encounter;
use crate::rules;
use crate::said::Said;
use crate::strength;
use crate::words::{Word, affirm, affirmed, ends, has, starts, words_around, words_of};

/// The table `drugs.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DrugTable {
    fillers: Vec<String>,
    not_given: Vec<String>,
    something_else: Vec<String>,
    #[serde(default)]
    harmless: Vec<String>,
    circumstance: Vec<Cues>,
    intent: Vec<Intent>,
    wrongly_taken: Vec<String>,
    #[serde(default)]
    reason: Vec<Reason>,
    drug: Vec<Group>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cues {
    kind: Circumstance,
    #[serde(default)]
    explicit: bool,
    #[serde(default)]
    before: Vec<String>,
    #[serde(default)]
    after: Vec<String>,
    #[serde(default)]
    causes: Vec<String>,
    #[serde(default)]
    makes: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Intent {
    character: char,
    words: Vec<String>,
}

/// Why too little was taken.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reason {
    code: String,
    words: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    group: String,
    words: Vec<String>,
}

/// How a drug, or another substance, came to do what it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Circumstance {
    Poisoning,
    AdverseEffect,
    Underdosing,
    ToxicEffect,
}

/// The character of a poisoning of which nobody says that it was meant.
const ACCIDENTAL: char = '1';
/// The character of an adverse effect.
const ADVERSE: char = '5';
/// What titles say of each intent.
const INTENTS: [(char, &str); 4] =
    [(ACCIDENTAL, "accidental"), ('2', "self-harm"), ('3', "assault"), ('4', "undetermined")];
/// How many words may stand between a diagnosis and the words that relate a drug to it.
const NEAR: usize = 4;
/// How many words that change nothing may stand between a cue and its drug.
const FILLERS: usize = 4;

impl Circumstance {
    /// The circumstance that a code of T36 to T65 tells by its fifth or sixth character.
    pub(crate) fn of_code(code: &str) -> Option<Self> {
        let mut characters = code.chars().skip(5);
        let (fifth, sixth) = (characters.next()?, characters.next());
        let character = sixth.filter(|sixth| *sixth != 'X').unwrap_or(fifth);
        match (category(code)?, character) {
            (36..=50, '1'..='4') => Some(Self::Poisoning),
            (36..=50, '5') => Some(Self::AdverseEffect),
            (36..=50, '6') => Some(Self::Underdosing),
            (51..=65, '1'..='4') => Some(Self::ToxicEffect),
            _ => None,
        }
    }

    /// What words of this circumstance say of a group: whatever a substance that is no drug did is a toxic effect.
    fn of_group(self, group: &str) -> Option<Self> {
        match (self, category(group)?) {
            (Self::ToxicEffect, 36..=50) | (Self::Underdosing, 51..=65) => None,
            (_, 51..=65) => Some(Self::ToxicEffect),
            (kind, _) => Some(kind),
        }
    }

    /// The character of a code that says so.
    const fn character(self, intent: char) -> char {
        match self {
            Self::AdverseEffect => ADVERSE,
            Self::Underdosing => '6',
            Self::Poisoning | Self::ToxicEffect => intent,
        }
    }

    /// The rule of the catalogue.
    pub(crate) const fn rule(self) -> &'static str {
        match self {
            Self::Poisoning => rules::POISONING,
            Self::AdverseEffect => rules::ADVERSE_EFFECT,
            Self::Underdosing => rules::UNDERDOSING,
            Self::ToxicEffect => rules::TOXIC_EFFECT,
        }
    }
}

/// The number of a category of chapter T.
fn category(code: &str) -> Option<u32> {
    code.strip_prefix('T')?.get(..2)?.parse().ok()
}

/// Codes of toxic effects of which nobody says of what: they are left to a person.
const OF_UNKNOWN: &str = "T65.9";

/// Whether a code stands for what a drug or another substance did that is named.
pub(crate) fn is_of_substance(code: &str) -> bool {
    matches!(category(code), Some(36..=65)) && !code.starts_with(OF_UNKNOWN)
}

/// Whether a code below a category of toxic effects adds nothing but the intent, or only the placeholder before it.
pub(crate) fn adds_intent(code: &str, title: &str, parent: &str, intent: char) -> bool {
    let added = code.strip_prefix(parent).filter(|_| matches!(category(code), Some(51..=65)));
    let told = INTENTS.iter().any(|(character, words)| *character == intent && title.contains(words));
    added.is_some_and(|added| added == "X" || told && added.chars().eq([intent]))
}

/// The table, with its drugs in normal form.
#[derive(Debug, Clone)]
pub(crate) struct Drugs {
    table: DrugTable,
    groups: HashMap<String, String>,
    /// The drugs of the table by their first word, as texts have them.
    names: HashMap<String, Vec<String>>,
    not_given: Vec<String>,
}

impl Drugs {
    /// Makes the table ready for use.
    pub(crate) fn new(table: DrugTable) -> Self {
        let entries = table.drug.iter().flat_map(|drug| drug.words.iter().map(move |word| (word, drug)));
        let groups = entries.map(|(word, drug)| (normal_form(word), drug.group.clone())).collect();
        let mut names: HashMap<String, Vec<String>> = HashMap::new();
        for name in table.drug.iter().flat_map(|drug| &drug.words) {
            for name in [name.clone(), format!("{name}s")] {
                let forms: Vec<String> = words_of(&name, 0).into_iter().map(|word| word.form).collect();
                names.entry(forms[0].clone()).or_default().push(forms.join(" "));
            }
        }
        let not_given = table.not_given.iter().map(|word| normal_form(word)).collect();
        Self { table, groups, names, not_given }
    }

    /// What a note tells of its drugs: one claim for each that did something, or of which too little was taken, and one for
    /// why.
    pub(crate) fn told(&self, number: usize, note: &AnnotatedNote, with: &Rulebook<'_>) -> Vec<Claim> {
        let mut claims = Vec::new();
        let mentions: Vec<_> = note.outer_mentions().map(|(_, mention)| &mention.mention).collect();
        for sentence in &note.layout.sentences {
            // Mentions stand in the order of the text, and outer ones do not overlap.
            let first = mentions.partition_point(|mention| mention.span.start() < sentence.span.start());
            let rest = &mentions[first..];
            let here = &rest[..rest.partition_point(|mention| mention.span.end() <= sentence.span.end())];
            if here.is_empty() || note.layout.kind_at(sentence.span) == SectionKind::Allergies {
                continue;
            }
            let words = words_of(&note.note[sentence.span], sentence.span.start());
            let sentence = Sentence { drugs: self, note, words };
            let chemicals = here.iter().filter(|mention| mention.label == Label::Chemical);
            let chemicals = chemicals.map(|chemical| chemical.span);
            for drug in sentence.drugs(chemicals) {
                let Some(related) = sentence.relation(drug) else { continue };
                let Some(claim) = self.claim(drug, &related, (number, &sentence), with) else { continue };
                let underdosed = related.circumstance == Circumstance::Underdosing;
                let reason = underdosed.then(|| self.reason(&claim, &sentence, with)).flatten();
                claims.push(claim);
                claims.extend(reason);
            }
        }
        claims
    }

    fn claim(
        &self,
        drug: Span,
        related: &Relation,
        (number, sentence): (usize, &Sentence<'_>),
        with: &Rulebook<'_>,
    ) -> Option<Claim> {
        let note = sentence.note;
        let names = names(note, drug);
        if !related.explicit && self.not_given.contains(&normal_form(names[0])) {
            return None;
        }
        let (id, circumstance) = self.code(&names, related, with)?;
        if circumstance == Circumstance::ToxicEffect && has(&sentence.words, &self.table.harmless) {
            return None;
        }
        let encounter = Encounter::of(&note.note, &note.layout, drug, &with.tables.encounters);
        let resolved = with.resolved.get(with.pack, id, Told { encounter, ..Told::default() });
        // That a drug did something is told of now: the encounter is for its treatment.
        let detail = match resolved.rule {
            Some(rules::NOT_BILLABLE) => Some(rules::NOT_BILLABLE),
            _ => Some(circumstance.rule()),
        };
        // What is suspected, denied or past of the cue, or of what the drug did, is so of the drug. Words that no stage has
        // assessed say nothing.
        let section = note.layout.kind_at(related.span);
        let ground = |mention: &AnnotatedMention| ground_of(mention.assertion.as_ref(), section, with);
        let said = note.mentions.iter().filter(|mention| {
            related.span.overlaps(mention.mention.span) || related.diagnosis == Some(mention.mention.span)
        });
        let weakest = said.max_by_key(|mention| ground(mention))?;
        let (ground, evidence) = (ground(weakest), evidence(number, note, weakest, related.span));
        let strength = strength::of_claim(1.0, evidence.section, ground);
        Some(Claim { said: Said::new(resolved.id, detail, evidence.span, None), ground, strength, evidence })
    }

    /// Why too little was taken, by the words of the sentence.
    fn reason(&self, underdosing: &Claim, sentence: &Sentence<'_>, with: &Rulebook<'_>) -> Option<Claim> {
        let words = &sentence.words;
        let said = |phrases: &[String]| {
            affirmed(words, phrases).find_map(|at| {
                let length = phrases.iter().filter_map(|phrase| starts(&words[at..], phrase)).max()?;
                sentence.note.note.span(words[at].start..words[at + length - 1].end).ok()
            })
        };
        let (code, span) =
            self.table.reason.iter().find_map(|reason| Some((&reason.code, said(&reason.words)?)))?;
        let id = with.pack.find(&with.config.system, code)?;
        let mut claim = underdosing.clone();
        claim.evidence.span = claim.evidence.span.cover(span);
        claim.said = Said::new(id, Some(rules::UNDERDOSING_REASON), claim.evidence.span, None);
        Some(claim)
    }

    /// The code of a drug and a circumstance that the pack holds, and the circumstance that it tells.
    fn code(
        &self,
        drug: &[&str],
        related: &Relation,
        with: &Rulebook<'_>,
    ) -> Option<(ConceptId, Circumstance)> {
        let mut groups: Vec<String> = drug.iter().flat_map(|drug| groups_of(drug, with)).collect();
        groups.extend(drug.iter().filter_map(|drug| self.groups.get(&normal_form(drug)).cloned()));
        // What is a drug and a substance was given as a drug: lithium is a metal too.
        let is_drug = |group: &String| matches!(category(group), Some(36..=50));
        if groups.iter().any(is_drug) && related.circumstance != Circumstance::ToxicEffect {
            groups.retain(is_drug);
        }
        groups.into_iter().find_map(|group| {
            let circumstance = related.circumstance.of_group(&group)?;
            let code = format!("{group}{}", circumstance.character(related.intent));
            Some((with.pack.find(&with.config.system, &code)?, circumstance))
        })
    }

    /// The intent that the sentence of a linked poisoning or toxic effect tells.
    pub(crate) fn intent_at(&self, note: &AnnotatedNote, span: Span) -> char {
        self.intent(&words_around(note, span))
    }

    /// The code of the poisoning, where a linked adverse effect is of a drug that its sentence says was taken wrongly.
    pub(crate) fn as_taken(&self, pack: &Pack, id: ConceptId, note: &AnnotatedNote, span: Span) -> ConceptId {
        let concept = pack.concept(id);
        let adverse = Circumstance::of_code(concept.code) == Some(Circumstance::AdverseEffect);
        if !adverse || !has(&words_around(note, span), &self.table.wrongly_taken) {
            return id;
        }
        let (stem, rest) = concept.code.rsplit_once(ADVERSE).unwrap_or((concept.code, ""));
        let code = format!("{stem}{}{rest}", self.intent_at(note, span));
        pack.find(concept.system, &code).unwrap_or(id)
    }

    fn intent(&self, words: &[Word]) -> char {
        let mut intents = self.table.intent.iter();
        let meant = intents.find(|intent| affirm(words, &intent.words));
        meant.map_or(ACCIDENTAL, |intent| intent.character)
    }
}

/// The code for the same substance with the intent that is told, where `id` only says that it was an accident.
pub(crate) fn with_intent(pack: &Pack, id: ConceptId, intent: char) -> ConceptId {
    let concept = pack.concept(id);
    let accidental = concept.title.contains(INTENTS[0].1);
    let Some(at) = concept.code.rfind(ACCIDENTAL).filter(|_| accidental && intent != ACCIDENTAL) else {
        return id;
    };
    let code = format!("{}{intent}{}", &concept.code[..at], &concept.code[at + 1..]);
    pack.find(concept.system, &code).unwrap_or(id)
}

/// The words of a drug and, of an abbreviation, its long form.
fn names(note: &AnnotatedNote, span: Span) -> Vec<&str> {
    let long = note.expansions.iter().find(|expansion| expansion.short == span);
    std::iter::once(&note.note[span]).chain(long.map(|expansion| expansion.long.as_str())).collect()
}

/// The groups of a drug by the terms of the pack.
fn groups_of(drug: &str, with: &Rulebook<'_>) -> Vec<String> {
    let mut groups = Vec::new();
    for way in ["adverse effect of", "poisoning by", "underdosing of", "toxic effect of"] {
        let Some(value) = with.pack.terms().get(normal_form(&format!("{way} {drug}"))) else { continue };
        let concepts = with.pack.postings(value).map(|posting| with.pack.concept(posting.concept));
        for concept in concepts.filter(|concept| *concept.system == with.config.system) {
            // A category of a toxic effect, to which the intent is added, and a code that has it.
            let accident = with.pack.find(concept.system, &format!("{}{ACCIDENTAL}", concept.code));
            let is_group = accident.is_some_and(|id| {
                let title = with.pack.title(id);
                adds_intent(&format!("{}{ACCIDENTAL}", concept.code), title, concept.code, ACCIDENTAL)
            });
            if is_group {
                groups.push(concept.code.to_owned());
            } else if Circumstance::of_code(concept.code).is_some() {
                groups.push(concept.code[..concept.code.len() - 1].to_owned());
            }
        }
    }
    groups
}

/// What a sentence says that a drug did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Relation {
    circumstance: Circumstance,
    /// Whether the words name the harm itself.
    explicit: bool,
    /// The character of how a poisoning came about.
    intent: char,
    /// The words from the cue to the drug, or from the drug to the cue.
    span: Span,
    /// What the drug did, where a diagnosis had to be beside the cue.
    diagnosis: Option<Span>,
}

/// The sentence of a drug.
struct Sentence<'a> {
    drugs: &'a Drugs,
    note: &'a AnnotatedNote,
    words: Vec<Word>,
}

impl Sentence<'_> {
    const fn table(&self) -> &DrugTable {
        &self.drugs.table
    }

    /// The drugs of the sentence: mentions of chemicals, and words of the table in no such mention, in text order.
    fn drugs(&self, chemicals: impl Iterator<Item = Span>) -> Vec<Span> {
        let mut drugs: Vec<Span> = chemicals.collect();
        let mut at = 0;
        while at < self.words.len() {
            let names = self.drugs.names.get(&self.words[at].form);
            let longest =
                names.into_iter().flatten().filter_map(|name| starts(&self.words[at..], name)).max();
            if let Some(length) = longest {
                let bytes = self.words[at].start..self.words[at + length - 1].end;
                let span = self.note.note.span(bytes).ok();
                drugs.extend(span.filter(|span| !drugs.iter().any(|drug| drug.overlaps(*span))));
            }
            at += longest.unwrap_or(1);
        }
        drugs.sort_unstable();
        drugs
    }

    /// What the sentence says that the drug at `span` did.
    fn relation(&self, span: Span) -> Option<Relation> {
        let first = self.words.iter().take_while(|word| word.start < span.start()).count();
        let behind = self.words.iter().take_while(|word| word.start < span.end()).count();
        if self.table().something_else.iter().any(|words| starts(&self.words[behind..], words).is_some()) {
            return None;
        }
        let before = self.before(first);
        self.table().circumstance.iter().find_map(|cues| {
            let alone = cues.before.iter().find_map(|cue| Some(before - ends(&self.words[..before], cue)?));
            let after = || cues.after.iter().find_map(|cue| starts(&self.words[behind..], cue));
            if let Some(start) = alone {
                return self.related(cues, (start, behind), None);
            }
            if let Some(length) = after() {
                return self.related(cues, (first, behind + length), None);
            }
            let caused = cues.causes.iter().find_map(|cue| Some(before - ends(&self.words[..before], cue)?));
            // `Steroid-induced hyperglycemia` may be one mention.
            let around = || self.diagnosis(|diagnosis| diagnosis.contains(span) && diagnosis != span);
            if let Some(start) = caused
                && let Some(diagnosis) = self.diagnosis_before(start).or_else(around)
            {
                return self.related(cues, (start, behind), Some(diagnosis));
            }
            let made = cues.makes.iter().find_map(|cue| starts(&self.words[behind..], cue))?;
            let diagnosis = self.diagnosis_after(behind + made).or_else(around)?;
            self.related(cues, (first, behind + made), Some(diagnosis))
        })
    }

    /// The place before a drug where a cue may end: before words that change nothing, and before other drugs of a list.
    fn before(&self, first: usize) -> usize {
        let mut at = first;
        let mut fillers = 0;
        while let Some(before) = at.checked_sub(1) {
            let word = &self.words[before];
            let is_joined = matches!(word.form.as_str(), "and" | "or" | "plus");
            // `of` may be a filler, and the end of a cue.
            let is_cue = || {
                let mut cues =
                    self.table().circumstance.iter().flat_map(|cues| cues.before.iter().chain(&cues.causes));
                cues.any(|cue| ends(&self.words[..at], cue).is_some())
            };
            if is_cue() {
                break;
            }
            if let Some(start) = self.drug_at(word) {
                at = self.words.iter().take_while(|word| word.start < start).count();
            } else if is_joined {
                at = before;
            } else if fillers < FILLERS && self.table().fillers.contains(&word.form) {
                (at, fillers) = (before, fillers + 1);
            } else {
                break;
            }
        }
        at
    }

    /// Where the drug begins of which a word is part.
    fn drug_at(&self, word: &Word) -> Option<usize> {
        let drugs = self.note.mentions.iter().filter(|mention| mention.mention.label == Label::Chemical);
        let mut spans = drugs.map(|mention| mention.mention.span);
        spans.find(|span| span.start() <= word.start && word.end <= span.end()).map(Span::start)
    }

    fn diagnosis_before(&self, cue: usize) -> Option<Span> {
        let near = self.words[cue.saturating_sub(NEAR + 1)..cue].first()?.start;
        let end = self.words[cue].start;
        self.diagnosis(|span| span.end() > near && span.end() <= end)
    }

    fn diagnosis_after(&self, behind: usize) -> Option<Span> {
        let words = &self.words[behind..(behind + NEAR).min(self.words.len())];
        let (start, end) = (words.first()?.start, words.last()?.end);
        self.diagnosis(|span| span.start() >= start && span.start() < end)
    }

    fn diagnosis(&self, fits: impl Fn(Span) -> bool) -> Option<Span> {
        let diagnoses = self.note.mentions.iter().filter(|mention| mention.mention.label == Label::Disease);
        diagnoses.map(|mention| mention.mention.span).find(|span| fits(*span))
    }

    /// A relation, told by the words of a range.
    fn related(
        &self,
        cues: &Cues,
        (start, end): (usize, usize),
        diagnosis: Option<Span>,
    ) -> Option<Relation> {
        let wrongly = diagnosis.is_some() && has(&self.words, &self.table().wrongly_taken);
        let circumstance = if wrongly { Circumstance::Poisoning } else { cues.kind };
        let (explicit, intent) = (wrongly || cues.explicit, self.drugs.intent(&self.words));
        let bytes = self.words.get(start)?.start..self.words.get(end.checked_sub(1)?)?.end;
        let span = self.note.note.span(bytes).ok()?;
        Some(Relation { circumstance, explicit, intent, span, diagnosis })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("T36.0X5A", Some(Circumstance::AdverseEffect))]
    #[case("T39.95XA", Some(Circumstance::AdverseEffect))]
    #[case("T39.1X2", Some(Circumstance::Poisoning))]
    #[case("T50.901A", Some(Circumstance::Poisoning))]
    #[case("T38.3X6D", Some(Circumstance::Underdosing))]
    #[case("T51.0X1A", Some(Circumstance::ToxicEffect))]
    #[case("T58.92XA", Some(Circumstance::ToxicEffect))]
    #[case("T51.0X", None)]
    #[case("T66.XXXA", None)]
    #[case("T39.1", None)]
    #[case("R21", None)]
    fn codes_tell_their_circumstance(#[case] code: &str, #[case] expected: Option<Circumstance>) {
        assert_eq!(Circumstance::of_code(code), expected);
    }

    #[rstest]
    #[case("T51.0X1", "Toxic effect of ethanol, accidental (unintentional)", "T51.0X", '1', true)]
    #[case("T51.0X2", "Toxic effect of ethanol, intentional self-harm", "T51.0X", '1', false)]
    #[case("T51.0X", "Toxic effect of ethanol", "T51.0", '1', true)]
    #[case("T63.01", "Toxic effect of rattlesnake venom", "T63.0", '1', false)]
    #[case("T39.1X", "Poisoning by 4-Aminophenol derivatives", "T39.1", '1', false)]
    fn titles_tell_an_intent(
        #[case] code: &str,
        #[case] title: &str,
        #[case] parent: &str,
        #[case] intent: char,
        #[case] adds: bool,
    ) {
        assert_eq!(adds_intent(code, title, parent, intent), adds);
    }
}
