//! The rules that decide about codes, by the ids that stand in a code set. What each does, its section of the ICD-10-CM
//! Official Guidelines and the family by which a pipeline may leave it out stand in `vocab/rules/catalogue.toml`.

use serde::Deserialize;

use crate::family::Family;

/// A rule of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its id, as it stands beside a code.
    pub id: String,
    /// The family by which a pipeline may leave it out; `None` for a rule that is always in force.
    pub family: Option<Family>,
    /// The section of the Official Guidelines that it follows; empty for a rule of clinlink's own.
    pub section: String,
    /// What it does, in one sentence.
    pub says: String,
}

macro_rules! ids {
    ($($name:ident = $id:literal;)*) => {
        $(#[doc = concat!("`", $id, "`")] pub const $name: &str = $id;)*

        /// The ids that the code names itself; rules of the tables may have others.
        #[cfg(test)]
        pub(crate) const NAMED: &[&str] = &[$($id),*];
    };
}

ids! {
    AFFIRMED = "affirmed";
    NOT_ASSESSED = "not-assessed";
    NEGATED = "negated";
    FAMILY = "family";
    OTHER_PERSON = "other-person";
    HYPOTHETICAL = "hypothetical";
    HISTORICAL = "historical";
    HISTORY_SECTION = "history-section";
    CHRONIC = "chronic";
    UNCERTAIN = "uncertain";
    UNCERTAIN_AT_DISCHARGE = "uncertain-at-discharge";
    HISTORY_CODE = "history-code";
    FAMILY_HISTORY_CODE = "family-history-code";
    CURRENT_NOT_HISTORY = "current-not-history";
    REMISSION = "remission";
    STATUS_CODE = "status-code";
    STATES_THE_PAST = "states-the-past";
    NEEDS_DIAGNOSIS = "needs-diagnosis";
    UNSPECIFIED = "unspecified";
    SIDE = "side";
    DOMINANT_SIDE = "dominant-side";
    SEQUELA = "sequela";
    PREGNANCY = "pregnancy";
    PREGNANCY_TO_CONFIRM = "pregnancy-to-confirm";
    GESTATIONAL_DIABETES = "gestational-diabetes";
    PROCEDURE_DETAIL = "procedure-detail";
    TRIMESTER = "trimester";
    BIRTH = "birth";
    DIABETES_WITH = "diabetes-with";
    ENCOUNTER = "encounter";
    ACTIVE_TREATMENT = "active-treatment";
    TOLD_DETAIL = "told-detail";
    SEVENTH_CHARACTER = "seventh-character";
    NOT_BILLABLE = "not-billable";
    RULED_OUT = "ruled-out";
    FINDING_ALONE = "finding-alone";
    SPECIFIC = "specific";
    GENERAL = "general";
    POISONING = "poisoning";
    ADVERSE_EFFECT = "adverse-effect";
    UNDERDOSING = "underdosing";
    UNDERDOSING_REASON = "underdosing-reason";
    TOXIC_EFFECT = "toxic-effect";
    MASS = "mass-no-neoplasm";
    OWN_WORDS = "own-words";
    SPREAD = "spread-unknown";
    SPREAD_TO = "spread-to";
    UNDER_TREATMENT = "under-treatment";
    EXCLUDES1 = "excludes1";
    INTEGRAL_SYMPTOM = "integral-symptom";
    VALUE_ALONE = "value-alone";
    BODY_MASS_INDEX = "body-mass-index";
    ON_MEDICATION_LIST = "on-medication-list";
    PROBLEM_LIST = "problem-list";
    IN_CHART = "in-chart";
    LEARNED = "learned";
    INFERRED = "inferred";
    NOT_IN_PACK = "not-in-pack";
    EXTERNAL_CAUSE = "external-cause";
    UNRELATED = "unrelated";
    PROFILE = "profile";
    SEX_CONFLICT = "sex-conflict";
    AGE_CONFLICT = "age-conflict";
}

/// What no model may overrule: the record says that the patient does not have it, or nothing says so. All other rules
/// are a policy of coding.
pub const FINAL: [&str; 8] =
    [NOT_ASSESSED, NEGATED, FAMILY, OTHER_PERSON, HYPOTHETICAL, RULED_OUT, LEARNED, NOT_IN_PACK];

/// Whether no model may keep a code in spite of the rule.
pub(crate) fn is_final(rule: &str) -> bool {
    FINAL.contains(&rule)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::NAMED;
    use crate::combine::Combination;
    use crate::tables::Tables;

    #[test]
    fn every_rule_stands_once_in_the_catalogue_and_is_used() {
        let tables = Tables::embedded();
        let ids: Vec<&str> = tables.rules().iter().map(|rule| rule.id.as_str()).collect();
        let catalogue: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(catalogue.len(), ids.len(), "an id stands twice");
        let in_tables = tables.combinations.iter().map(Combination::rule);
        let used: BTreeSet<&str> = NAMED.iter().copied().chain(in_tables).collect();
        assert_eq!(catalogue, used);
        assert!(tables.rules().iter().all(|rule| !rule.says.is_empty()));
    }
}
