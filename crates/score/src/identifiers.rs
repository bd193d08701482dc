//! Concept identifiers of gold and prediction, made comparable.
//!
//! `MESH:D003000`, `d003000` and `D003000` are one MeSH concept; `http://purl.obolibrary.org/obo/MONDO_0007739`
//! is Mondo's `MONDO:0007739`; `E119` is `E11.9`.

/// What a gold identifier is to one code system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Identifier {
    /// A concept of the system, in the form of [`code`].
    Concept(String),
    /// No concept of any system.
    Nil,
    /// A concept of another system, by the prefix that it has.
    Elsewhere,
}

/// A gold identifier, without `|`.
pub(crate) fn identifier(id: &str, system: &str) -> Identifier {
    let id = id.trim();
    if matches!(id, "" | "-" | "-1")
        || ["nil", "none", "null", "cui-less"].iter().any(|nil| id.eq_ignore_ascii_case(nil))
    {
        return Identifier::Nil;
    }
    match split(id) {
        (Some(prefix), _) if !names(prefix, system) => Identifier::Elsewhere,
        (_, local) => Identifier::Concept(normal(local)),
    }
}

/// The concept of `system` that a gold identifier names, in the form of [`code`]; `None` if it names none.
pub fn concept_of(id: &str, system: &str) -> Option<String> {
    match identifier(id, system) {
        Identifier::Concept(concept) => Some(concept),
        Identifier::Nil | Identifier::Elsewhere => None,
    }
}

/// A code in the form in which codes are compared: without its prefix, in upper case, without dots.
pub fn code(code: &str) -> String {
    normal(split(code.trim()).1)
}

/// Whether two names are of the same code system (`MESH`, `MeSH`; `HP`, `HPO`; `ICD-10-CM`, `icd10cm`).
pub(crate) fn names(name: &str, system: &str) -> bool {
    squeezed(name) == squeezed(system)
}

fn normal(code: &str) -> String {
    code.chars().filter(|&c| c != '.').flat_map(char::to_uppercase).collect()
}

/// Prefix and local part, as in `MESH:D003000` and `…/obo/MONDO_0007739`.
fn split(id: &str) -> (Option<&str>, &str) {
    let last = id.rsplit('/').next().unwrap_or(id);
    let parts = last.split_once(':').or_else(|| last.split_once('_'));
    parts.map_or((None, last), |(prefix, local)| (Some(prefix), local))
}

/// The name of a system in lower-case letters and digits, by the one of its names that we use.
fn squeezed(name: &str) -> String {
    let name: String =
        name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    match name.as_str() {
        "hp" => "hpo".to_owned(),
        "orpha" | "orphanet" => "ordo".to_owned(),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Identifier, code, identifier};

    #[rstest]
    #[case("D003000", "MeSH", "D003000")]
    #[case("MESH:d003000", "MeSH", "D003000")]
    #[case("HP:0001250", "HPO", "0001250")]
    #[case("http://purl.obolibrary.org/obo/MONDO_0007739", "Mondo", "0007739")]
    #[case("e11.9", "ICD-10-CM", "E119")]
    #[case("ORPHA:558", "ORDO", "558")]
    fn concepts_of_the_system(#[case] id: &str, #[case] system: &str, #[case] form: &str) {
        assert_eq!(identifier(id, system), Identifier::Concept(form.to_owned()));
        assert_eq!(code(id), form);
    }

    #[rstest]
    #[case("", Identifier::Nil)]
    #[case("-1", Identifier::Nil)]
    #[case("CUI-less", Identifier::Nil)]
    #[case("OMIM:600057", Identifier::Elsewhere)]
    fn what_is_no_concept_of_mesh(#[case] id: &str, #[case] is: Identifier) {
        assert_eq!(identifier(id, "MeSH"), is);
    }
}
