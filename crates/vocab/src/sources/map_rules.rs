//! The rules of SNOMED CT's map to ICD-10, in words.
//!
//! A rule says when a row of the map applies. Its language is that of the *ICD-10 Mapping Technical Guide*: `TRUE`,
//! `OTHERWISE TRUE`, or conditions `IFA <concept> | <name> | <comparison> <value>` joined by `AND`:
//!
//! | rule | in words |
//! |---|---|
//! | `IFA 248152002 \| Female (finding) \|` | if the patient is female |
//! | `IFA 445518008 \| Age at onset of clinical finding (observable entity) \| < 28.0 days` | if the age at onset is below 28 days |
//! | `IFA 363406005 \| Malignant tumor of colon (disorder) \|` | if there is also Malignant tumor of colon |
//! | `OTHERWISE TRUE` | otherwise |

/// A rule in words; empty for one that always holds.
pub(super) fn in_words(rule: &str) -> String {
    let rule = rule.trim();
    match rule {
        "" | "TRUE" => return String::new(),
        "OTHERWISE TRUE" => return "otherwise".to_owned(),
        _ => {}
    }
    let conditions: Vec<String> = rule.split(" AND ").map(condition).collect();
    // Two limits of the same thing are said once: at least 12 years and below 18 years.
    let mut words = String::new();
    let mut said = "";
    for condition in &conditions {
        let (subject, limit) = condition.split_once('\t').unwrap_or((condition, ""));
        if words.is_empty() {
            words.push_str("if ");
        } else {
            words.push_str(" and ");
        }
        if subject != said || limit.is_empty() {
            words.push_str(subject);
        }
        if !limit.is_empty() {
            if subject != said {
                words.push_str(" is ");
            }
            words.push_str(limit);
        }
        said = subject;
    }
    words
}

/// A condition: a subject, and for a comparison a tab and its limit.
fn condition(text: &str) -> String {
    let text = text.trim();
    let Some(body) = text.strip_prefix("IFA ") else { return text.to_owned() };
    let mut parts = body.splitn(3, '|').map(str::trim);
    let (concept, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let comparison = parts.next().unwrap_or_default();
    match (concept, comparison) {
        ("248152002", "") => "the patient is female".to_owned(),
        ("248153007", "") => "the patient is male".to_owned(),
        ("445518008", limit) if !limit.is_empty() => format!("the age at onset\t{}", self::limit(limit)),
        ("424144002", limit) if !limit.is_empty() => format!("the age\t{}", self::limit(limit)),
        (_, "") if name.is_empty() => format!("there is also {concept}"),
        (_, "") => format!("there is also {}", without_tag(name)),
        (_, limit) => format!("{}\t{}", without_tag(name), self::limit(limit)),
    }
}

/// `>= 12.0 years` is `at least 12 years`.
fn limit(text: &str) -> String {
    let (sign, value) = text.split_at(text.find(|c: char| !"<>=".contains(c)).unwrap_or(text.len()));
    let value = value.trim().replacen(".0 ", " ", 1);
    match sign {
        "<" => format!("below {value}"),
        "<=" => format!("at most {value}"),
        ">" => format!("above {value}"),
        ">=" => format!("at least {value}"),
        _ => value,
    }
}

/// A fully specified name without its semantic tag.
pub(super) fn without_tag(name: &str) -> &str {
    split_tag(name).0
}

/// A fully specified name, and its semantic tag: the last parentheses.
pub(super) fn split_tag(name: &str) -> (&str, Option<&str>) {
    match name.strip_suffix(')').and_then(|open| open.rsplit_once(" (")) {
        Some((name, tag)) if !name.is_empty() && !tag.is_empty() => (name.trim_end(), Some(tag)),
        _ => (name, None),
    }
}

/// The parts of a map's advice that say more than its target and its rule: `ALWAYS J18.9 | POSSIBLE REQUIREMENT FOR
/// AN EXTERNAL CAUSE CODE` keeps the second.
pub(super) fn without_target(advice: &str, target: &str) -> String {
    let parts = advice.split(" | ").map(str::trim).filter(|part| {
        let says_target = part.ends_with(target)
            && (part.starts_with("ALWAYS ") || part.starts_with("IF ") || part.starts_with("OTHERWISE "));
        !part.is_empty() && !says_target
    });
    parts.map(str::to_lowercase).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::always("TRUE", "")]
    #[case::rest("OTHERWISE TRUE", "otherwise")]
    #[case::female("IFA 248152002 | Female (finding) |", "if the patient is female")]
    #[case::age(
        "IFA 445518008 | Age at onset of clinical finding (observable entity) | < 28.0 days",
        "if the age at onset is below 28 days"
    )]
    #[case::between(
        "IFA 445518008 | Age at onset of clinical finding (observable entity) | >= 12.0 years AND IFA 445518008 | \
         Age at onset of clinical finding (observable entity) | < 18.5 years",
        "if the age at onset is at least 12 years and below 18.5 years"
    )]
    #[case::two(
        "IFA 248153007 | Male (finding) | AND IFA 90000001 | Purr failure (disorder) |",
        "if the patient is male and there is also Purr failure"
    )]
    #[case::other_language("WHENEVER 12", "if WHENEVER 12")]
    fn rules_in_words(#[case] rule: &str, #[case] expected: &str) {
        assert_eq!(in_words(rule), expected);
    }

    #[rstest]
    #[case("ALWAYS Q01.0", "")]
    #[case(
        "IF FEMALE CHOOSE Q01.0 | MAP OF SOURCE CONCEPT IS CONTEXT DEPENDENT",
        "map of source concept is context dependent"
    )]
    #[case("", "")]
    fn advice_beyond_the_target(#[case] advice: &str, #[case] expected: &str) {
        assert_eq!(without_target(advice, "Q01.0"), expected);
    }

    #[rstest]
    #[case("Heart (body structure)", "Heart", Some("body structure"))]
    #[case("Fever (38 C) (finding)", "Fever (38 C)", Some("finding"))]
    #[case("No tag", "No tag", None)]
    fn tags(#[case] name: &str, #[case] text: &str, #[case] tag: Option<&str>) {
        assert_eq!(split_tag(name), (text, tag));
    }

    proptest! {
        #[test]
        fn any_rule_is_read(rule in "(IFA |TRUE|AND| \\| |[<>=]{0,2}|[0-9.]{0,4}|\\PC){0,12}") {
            in_words(&rule);
            split_tag(&rule);
            without_target(&rule, "A00");
        }
    }
}
