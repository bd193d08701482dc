//! Structured facts of the chart: laboratory results and vital signs, problem list, medication list, codes.
//!
//! They stand beside the words as evidence of their own kind. `Potassium 2.9 mmol/L` supports hypokalemia that a provider
//! has named, and speaks against it if every value is normal; alone it is no code, but a question to the provider
//! (Official Guidelines I.A.19, III.B). A measured body mass index is coded beside obesity (I.B.14), a drug of the
//! medication list that is taken for long has its status code. A code that the chart has already is marked, and left to
//! a person if no note supports it. Which value speaks for what stands in `vocab/rules/measurements.toml`.

use clinlink_model::{
    ChartCode, ChartFact, CodeEntry, Episode, FactEvidence, Measurement, Report, Status, System, Weighs,
};
use clinlink_vocab::{ConceptId, Pack};
use serde::Deserialize;

use crate::claim::Considered;
use crate::rules;
use crate::strength;
use crate::tables::{Tables, any_prefix};

/// The table `measurements.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Measurements {
    measurement: Vec<Measured>,
    body_mass_index: BodyMassIndex,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Measured {
    name: String,
    loinc: Vec<String>,
    normal: Option<[f64; 2]>,
    unit: Option<String>,
    #[serde(default)]
    low: Vec<String>,
    #[serde(default)]
    high: Vec<String>,
    #[serde(default)]
    low_supports: Vec<String>,
    #[serde(default)]
    high_supports: Vec<String>,
    #[serde(default)]
    ask: [String; 2],
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct BodyMassIndex {
    loinc: Vec<String>,
}

/// How a value stands to its reference range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Low,
    Normal,
    High,
}

/// A value with its level, and the fact that it is.
struct Valued {
    level: Level,
    fact: FactEvidence,
}

/// How many values of one measurement are shown beside a code.
const SHOWN: usize = 3;

/// Puts the facts of an episode beside its codes, and adds the codes that only facts speak of. Returns entries for codes
/// of the chart that the pack does not hold.
pub(crate) fn weigh(
    pack: &Pack,
    system: &System,
    tables: &Tables,
    episode: &Episode,
    codes: &mut Vec<Considered>,
) -> Vec<CodeEntry> {
    let mut chart = Chart { pack, system, tables, episode, codes };
    for measured in &tables.measurements.measurement {
        chart.weigh_values(measured);
    }
    chart.add_body_mass();
    chart.add_drugs();
    chart.add_codes()
}

struct Chart<'a> {
    pack: &'a Pack,
    system: &'a System,
    tables: &'a Tables,
    episode: &'a Episode,
    codes: &'a mut Vec<Considered>,
}

impl<'a> Chart<'a> {
    /// The facts, each with its record and its place there.
    fn facts(&self) -> impl Iterator<Item = (usize, usize, &'a ChartFact)> + use<'a> {
        let notes = self.episode.notes.iter().enumerate();
        notes.flat_map(|(note, annotated)| {
            annotated.note.facts.iter().enumerate().map(move |(at, fact)| (note, at, fact))
        })
    }

    fn weigh_values(&mut self, measured: &Measured) {
        let values: Vec<Valued> = self
            .facts()
            .filter_map(|(note, fact, known)| match known {
                ChartFact::Measurement(value) if measured.loinc.contains(&value.loinc) => {
                    measured.level(value).map(|(level, says)| Valued {
                        level,
                        fact: FactEvidence { note, fact, weighs: Weighs::For, says },
                    })
                }
                _ => None,
            })
            .collect();
        if values.is_empty() {
            return;
        }
        let sides = [
            (Level::Low, &measured.low, &measured.low_supports, &measured.ask[0]),
            (Level::High, &measured.high, &measured.high_supports, &measured.ask[1]),
        ];
        for (level, says_so, supports, ask) in sides {
            let abnormal: Vec<&FactEvidence> = values
                .iter()
                .filter(|value| value.level == level)
                .map(|value| &value.fact)
                .take(SHOWN)
                .collect();
            let mut named = false;
            for code in self.codes.iter_mut() {
                let name = self.pack.code(code.id);
                let defined = any_prefix(says_so, name);
                if !defined && !any_prefix(supports, name) {
                    continue;
                }
                named |= code.status != Status::Rejected;
                code.facts.extend(abnormal.iter().copied().cloned());
                if let Some(other) = values.last().filter(|_| defined && abnormal.is_empty()) {
                    code.facts.push(FactEvidence { weighs: Weighs::Against, ..other.fact.clone() });
                }
            }
            if !named && !abnormal.is_empty() && !ask.is_empty() {
                self.ask_for(ask, &abnormal);
            }
        }
    }

    /// Adds a code that a value asks for and no note names, as rejected.
    fn ask_for(&mut self, code: &str, facts: &[&FactEvidence]) {
        let Some(id) = self.pack.find(self.system, code) else { return };
        if let Some(known) = self.codes.iter_mut().find(|known| known.id == id) {
            let new: Vec<FactEvidence> =
                facts.iter().filter(|fact| !known.facts.contains(fact)).copied().cloned().collect();
            known.facts.extend(new);
            return;
        }
        let reason = "a value alone is no diagnosis; ask the provider".to_owned();
        let facts = facts.iter().copied().cloned().collect();
        self.add(id, Status::Rejected, rules::VALUE_ALONE, reason, facts);
    }

    /// The code of a measured body mass index, where a diagnosis makes it matter.
    fn add_body_mass(&mut self) {
        let index = &self.tables.measurements.body_mass_index;
        let last = self.facts().filter_map(|(note, fact, known)| match known {
            ChartFact::Measurement(value) if index.loinc.contains(&value.loinc) => {
                let says = format!("body mass index {}", value.value);
                Some((value.value, FactEvidence { note, fact, weighs: Weighs::For, says }))
            }
            _ => None,
        });
        let Some((value, fact)) = last.last() else { return };
        let Some(id) = body_mass_code(value).and_then(|code| self.pack.find(self.system, &code)) else {
            return;
        };
        if let Some(known) = self.codes.iter_mut().find(|known| known.id == id) {
            known.facts.push(fact);
            return;
        }
        let (status, reason) = if self.tables.status.has_reason_for_body_mass(self.pack, self.codes) {
            (Status::Accepted, "measured, beside a diagnosis for which it matters")
        } else {
            (Status::Rejected, "no accepted diagnosis for which it matters")
        };
        self.add(id, status, rules::BODY_MASS_INDEX, reason.to_owned(), vec![fact]);
    }

    fn add_drugs(&mut self) {
        for (note, fact, known) in self.facts() {
            let ChartFact::Medication(entry) = known else { continue };
            let Some((code, status)) = self.tables.status.of_drug(entry) else { continue };
            let Some(id) = self.pack.find(self.system, code) else { continue };
            let says = format!("medication list: {entry}");
            let evidence = FactEvidence { note, fact, weighs: Weighs::For, says };
            let reason = "on the medication list".to_owned();
            self.support_or_add(id, status, rules::ON_MEDICATION_LIST, reason, evidence);
        }
    }

    /// Problem list and codes of the chart. Codes of other systems are passed over.
    fn add_codes(&mut self) -> Vec<CodeEntry> {
        let mut unknown = Vec::new();
        for (note, fact, known) in self.facts() {
            let (code, rule, list, reason) = match known {
                ChartFact::Problem(code) => {
                    (code, rules::PROBLEM_LIST, "problem list", "on the problem list only")
                }
                ChartFact::Code(code) => {
                    (code, rules::IN_CHART, "chart", "in the chart; no note supports it")
                }
                _ => continue,
            };
            if code.system != *self.system {
                continue;
            }
            let says = format!("{list}: {}", code.code);
            let evidence = FactEvidence { note, fact, weighs: Weighs::For, says };
            let Some(id) = self.pack.in_system(self.system, &code.code) else {
                unknown.push(unknown_entry(code, evidence, rule == rules::IN_CHART));
                continue;
            };
            self.support_or_add(id, Status::Review, rule, reason.to_owned(), evidence);
            if rule == rules::IN_CHART
                && let Some(known) = self.codes.iter_mut().find(|known| known.id == id)
            {
                known.in_chart = true;
            }
        }
        unknown
    }

    fn support_or_add(
        &mut self,
        id: ConceptId,
        status: Status,
        rule: &'static str,
        reason: String,
        evidence: FactEvidence,
    ) {
        match self.codes.iter_mut().find(|known| known.id == id) {
            Some(known) => known.facts.push(evidence),
            None => self.add(id, status, rule, reason, vec![evidence]),
        }
    }

    fn add(
        &mut self,
        id: ConceptId,
        status: Status,
        rule: &'static str,
        reason: String,
        facts: Vec<FactEvidence>,
    ) {
        let mut code = Considered::new(id, Vec::new(), status);
        code.verdicts.push((rule.into(), reason));
        code.facts = facts;
        self.codes.push(code);
    }
}

impl Measured {
    /// The level of a value, with the value in words; `None` where no range is known for its unit.
    fn level(&self, value: &Measurement) -> Option<(Level, String)> {
        let same_unit = |unit: &String| value.unit.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(unit));
        let normal = self.normal.filter(|_| self.unit.as_ref().is_some_and(same_unit));
        let own = value.low.is_some() || value.high.is_some();
        let [low, high] = match normal {
            Some([low, high]) if !own => [Some(low), Some(high)],
            _ => [value.low, value.high],
        };
        let unit = value.unit.as_ref().map_or(String::new(), |unit| format!(" {unit}"));
        let said = format!("{} {}{unit}", self.name, value.value);
        match (low, high) {
            (None, None) => None,
            (Some(low), _) if value.value < low => Some((Level::Low, format!("{said}, below {low}"))),
            (_, Some(high)) if value.value > high => Some((Level::High, format!("{said}, above {high}"))),
            _ => Some((Level::Normal, format!("{said}, within its range"))),
        }
    }
}

/// The code of an adult's body mass index in kg/m².
fn body_mass_code(value: f64) -> Option<String> {
    Some(match value {
        v if !(5.0..=200.0).contains(&v) => return None,
        v if v < 20.0 => "Z68.1".to_owned(),
        v if v < 40.0 => format!("Z68.{}", v.trunc()),
        v if v < 45.0 => "Z68.41".to_owned(),
        v if v < 50.0 => "Z68.42".to_owned(),
        v if v < 60.0 => "Z68.43".to_owned(),
        v if v < 70.0 => "Z68.44".to_owned(),
        _ => "Z68.45".to_owned(),
    })
}

/// A code of the chart, or of its problem list, that the pack does not hold.
fn unknown_entry(code: &ChartCode, evidence: FactEvidence, in_chart: bool) -> CodeEntry {
    CodeEntry {
        system: code.system.clone(),
        code: code.code.clone(),
        title: String::new(),
        score: strength::of_facts_alone(Status::Rejected),
        status: Status::Rejected,
        reason: "the vocabulary pack does not hold this code".to_owned(),
        rules: vec![rules::NOT_IN_PACK.to_owned()],
        evidence: Vec::new(),
        facts: vec![evidence],
        report: Report { in_chart, ..Report::default() },
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::body_mass_code;

    #[rstest]
    #[case(18.4, Some("Z68.1"))]
    #[case(34.1, Some("Z68.34"))]
    #[case(39.99, Some("Z68.39"))]
    #[case(40.0, Some("Z68.41"))]
    #[case(71.0, Some("Z68.45"))]
    #[case(0.0, None)]
    #[case(f64::NAN, None)]
    fn body_mass_has_a_code(#[case] value: f64, #[case] code: Option<&str>) {
        assert_eq!(body_mass_code(value).as_deref(), code);
    }
}
