//! What the events of a review come to.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::decision::{Axis, Change, CodeKey, Decision, Place, Reason, Setting};
use super::event::Event;

/// What is decided in a review.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct State {
    /// The codes that somebody decided.
    pub(crate) decided: Vec<Decided>,
    /// How words are meant; a later change of the same words and axis takes the place of the earlier one.
    pub(crate) context: Vec<ContextChange>,
    /// What the machine should learn.
    pub(crate) teachings: Vec<Teaching>,
    /// The principal diagnosis.
    #[serde(default)]
    pub(crate) principal: Principal,
    /// Codes that others added and this review must decide.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) suggested: Vec<Suggested>,
    /// The event that signed it off.
    #[serde(skip)]
    pub(crate) signed: Option<i64>,
    /// The proposed code set that it stands on.
    #[serde(skip)]
    pub(crate) proposal: Option<String>,
    /// The number of the last event.
    #[serde(skip)]
    pub(crate) version: i64,
    /// The events that were taken back.
    #[serde(skip)]
    pub(crate) undone: BTreeSet<i64>,
}

/// The principal diagnosis of a review.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Principal {
    /// As the machine proposed.
    #[default]
    Proposed,
    /// None: somebody took it away.
    None,
    /// A code that somebody chose.
    Chosen(CodeKey),
}

/// A code that somebody decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Decided {
    #[serde(flatten)]
    pub(crate) key: CodeKey,
    pub(crate) verdict: Verdict,
    /// Who.
    pub(crate) who: String,
    /// The code in whose place it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) replaces: Option<CodeKey>,
    /// Words that the coder picked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) evidence: Vec<Place>,
}

/// What somebody decided about a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    /// It stands.
    Accepted,
    /// It does not.
    Rejected { reason: Reason, note: Option<String> },
    /// It was not among the machine's, and stands.
    Added,
    /// Another stands in its place.
    Replaced { with: CodeKey },
}

impl Verdict {
    pub(crate) const fn stands(&self) -> bool {
        matches!(self, Self::Accepted | Self::Added)
    }
}

/// A code that a review must decide though the machine has not proposed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Suggested {
    #[serde(flatten)]
    pub(crate) key: CodeKey,
    /// Who suggests it.
    pub(crate) who: String,
    pub(crate) evidence: Vec<Place>,
}

/// How words are meant, as a coder says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ContextChange {
    #[serde(flatten)]
    pub(crate) place: Place,
    pub(crate) axis: Axis,
    pub(crate) value: String,
}

/// What the machine should learn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum Teaching {
    Synonym { term: String, system: String, code: String },
    Abbreviation { term: String, means: String },
}

/// What the events of one review, in their order, come to.
pub(crate) fn fold(events: &[Event]) -> State {
    let undone: BTreeSet<i64> = events.iter().filter_map(|event| event.payload.undoes).collect();
    let mut state = State::default();
    for event in events {
        if let Some(opening) = &event.payload.opening {
            state = opening.carried.clone();
        }
        // A proposal holds even if its event was taken back: the undo brings a proposal of its own.
        if let Some(proposal) = &event.payload.proposal {
            state.proposal = Some(proposal.clone());
        }
        if let (false, Some(decision)) = (undone.contains(&event.seq), &event.payload.decision) {
            state.decide(decision, event);
        }
        state.version = event.version;
    }
    state.undone = undone;
    state
}

/// The last decision of `who` that can be taken back and is not taken back yet.
pub(crate) fn last_of<'e>(events: &'e [Event], state: &State, who: &str) -> Option<&'e Event> {
    events
        .iter()
        .rev()
        .find(|event| event.who == who && event.undoable() && !state.undone.contains(&event.seq))
}

impl Event {
    fn undoable(&self) -> bool {
        match &self.payload.decision {
            None | Some(Decision::Undo {} | Decision::SignOff {}) => false,
            Some(_) => true,
        }
    }
}

impl State {
    /// What is decided about a code.
    pub(crate) fn of(&self, key: &CodeKey) -> Option<&Decided> {
        self.decided.iter().find(|decided| decided.key == *key)
    }

    /// The changes of context in force.
    pub(crate) fn changes(&self) -> Vec<Change> {
        let change = |change: &ContextChange| {
            Some(Change { place: change.place.clone(), set: Setting::new(change.axis, &change.value)? })
        };
        self.context.iter().filter_map(change).collect()
    }

    fn decide(&mut self, decision: &Decision, event: &Event) {
        let key = |system: &str, code: &str| CodeKey { system: system.to_owned(), code: code.to_owned() };
        let decided = |key, verdict| Decided {
            key,
            verdict,
            who: event.who.clone(),
            replaces: None,
            evidence: Vec::new(),
        };
        match decision {
            Decision::Accept { system, code } => self.set(decided(key(system, code), Verdict::Accepted)),
            Decision::Reject { system, code, reason, note } => {
                let verdict = Verdict::Rejected { reason: *reason, note: note.clone() };
                self.set(decided(key(system, code), verdict));
            }
            Decision::Replace { system, code, with } => {
                let old = key(system, code);
                let evidence = self.of(&old).map(|known| known.evidence.clone()).unwrap_or_default();
                self.set(decided(old.clone(), Verdict::Replaced { with: with.clone() }));
                let new = decided(with.clone(), Verdict::Added);
                self.set(Decided { replaces: Some(old), evidence, ..new });
            }
            Decision::Add { system, code, evidence } => {
                let new = decided(key(system, code), Verdict::Added);
                self.set(Decided { evidence: evidence.clone(), ..new });
            }
            Decision::Clear { system, code } => self.clear(&key(system, code)),
            Decision::Context { note, start_char, end_char, axis, value } => {
                let place = Place { note: note.clone(), start_char: *start_char, end_char: *end_char };
                self.context.retain(|known| known.place != place || known.axis != *axis);
                self.context.push(ContextChange { place, axis: *axis, value: value.clone() });
            }
            Decision::Synonym { term, system, code } => self.teachings.push(Teaching::Synonym {
                term: term.clone(),
                system: system.clone(),
                code: code.clone(),
            }),
            Decision::Abbreviation { short, long } => {
                self.teachings.push(Teaching::Abbreviation { term: short.clone(), means: long.clone() });
            }
            Decision::Principal { system, code } => {
                let chosen = system.as_deref().zip(code.as_deref());
                self.principal = match chosen {
                    Some((system, code)) => Principal::Chosen(key(system, code)),
                    None => Principal::None,
                };
            }
            Decision::SignOff {} => self.signed = Some(event.seq),
            Decision::Comment { .. } | Decision::Undo {} => {}
        }
    }

    fn set(&mut self, decided: Decided) {
        // What was put in its place goes with the decision that put it there.
        self.clear(&decided.key);
        self.decided.push(decided);
    }

    fn clear(&mut self, key: &CodeKey) {
        self.decided.retain(|known| known.key != *key && known.replaces.as_ref() != Some(key));
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn decision(json: &str) -> Decision {
        serde_json::from_str(json).unwrap()
    }

    fn event(seq: i64, who: &str, json: &str) -> Event {
        let decision = decision(json);
        Event {
            seq,
            at: String::new(),
            who: who.to_owned(),
            version: seq,
            kind: decision.kind().to_owned(),
            payload: super::super::Payload { decision: Some(decision), ..Default::default() },
        }
    }

    fn icd(code: &str) -> CodeKey {
        CodeKey { system: "ICD-10-CM".to_owned(), code: code.to_owned() }
    }

    const ACCEPT: &str = r#"{"kind": "accept", "system": "ICD-10-CM", "code": "I10"}"#;
    const REJECT: &str = r#"{"kind": "reject", "system": "ICD-10-CM", "code": "I10", "reason": "negated"}"#;
    const REPLACE: &str = r#"{"kind": "replace", "system": "ICD-10-CM", "code": "I10",
        "with": {"system": "ICD-10-CM", "code": "I11.0"}}"#;
    const CLEAR: &str = r#"{"kind": "clear", "system": "ICD-10-CM", "code": "I10"}"#;

    #[rstest]
    #[case::the_last_word_counts(&[ACCEPT, REJECT], &[("I10", false)])]
    #[case::other_way_round(&[REJECT, ACCEPT], &[("I10", true)])]
    #[case::replaced(&[REPLACE], &[("I10", false), ("I11.0", true)])]
    #[case::a_replacement_goes_with_its_decision(&[REPLACE, ACCEPT], &[("I10", true)])]
    #[case::cleared(&[ACCEPT, CLEAR], &[])]
    #[case::a_replacement_is_cleared_whole(&[REPLACE, CLEAR], &[])]
    fn decisions_add_up(#[case] decisions: &[&str], #[case] expected: &[(&str, bool)]) {
        let events: Vec<Event> =
            decisions.iter().zip(1..).map(|(json, seq)| event(seq, "anna", json)).collect();
        let state = fold(&events);
        let found: Vec<(&str, bool)> =
            state.decided.iter().map(|d| (d.key.code.as_str(), d.verdict.stands())).collect();
        assert_eq!(found, expected);
        assert_eq!(state.version, i64::try_from(decisions.len()).unwrap());
    }

    #[test]
    fn an_undo_takes_back_one_decision_and_the_one_before_holds_again() {
        let mut events = vec![event(1, "anna", ACCEPT), event(2, "anna", REJECT)];
        let last = last_of(&events, &fold(&events), "anna").unwrap().seq;
        assert_eq!(last, 2);
        let mut undo = event(3, "anna", r#"{"kind": "undo"}"#);
        undo.payload.undoes = Some(last);
        events.push(undo);
        let state = fold(&events);
        assert!(state.of(&icd("I10")).unwrap().verdict.stands());
        assert_eq!(last_of(&events, &state, "anna").unwrap().seq, 1);
        assert!(last_of(&events, &state, "berta").is_none());
    }

    #[test]
    fn a_later_change_of_the_same_words_takes_the_place_of_the_earlier() {
        let change = |value: &str| {
            format!(
                r#"{{"kind": "context", "note": "n", "start_char": 1, "end_char": 4, "axis": "polarity", "value": "{value}"}}"#
            )
        };
        let events = [event(1, "anna", &change("negated")), event(2, "anna", &change("affirmed"))];
        let state = fold(&events);
        assert_eq!(state.context.len(), 1);
        assert_eq!(state.context[0].value, "affirmed");
    }

    #[rstest]
    #[case::as_proposed(Principal::Proposed)]
    #[case::none(Principal::None)]
    #[case::one(Principal::Chosen(icd("I10")))]
    fn what_is_carried_over_is_read_back_as_it_was(#[case] principal: Principal) {
        let state = State { principal, ..fold(&[event(1, "anna", REPLACE)]) };
        let json = serde_json::to_string(&state).unwrap();
        let back: State = serde_json::from_str(&json).unwrap();
        assert_eq!((back.decided, back.principal), (state.decided, state.principal));
    }
}
