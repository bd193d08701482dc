//! Finds concepts by what people type.

use clinlink_model::System;

use super::Pack;
use crate::entry::ConceptId;

impl Pack {
    /// The code systems, by name.
    pub fn systems(&self) -> impl Iterator<Item = &System> + '_ {
        self.manifest().systems.iter().map(|count| &count.system)
    }

    /// A code system by its name; case and everything but letters and digits do not matter (`icd10cm`).
    pub fn system(&self, name: &str) -> Option<&System> {
        let wanted = letters(name);
        self.systems().find(|system| letters(system.name()) == wanted)
    }

    /// The concepts with a code, in all systems that have it: as it stands, else in upper case, else with the point
    /// that ICD puts after three characters. `SYSTEM:CODE` is a code of that system.
    pub fn by_code(&self, text: &str) -> Vec<ConceptId> {
        let text = text.trim();
        for spelling in spellings(text) {
            let found: Vec<_> = self.systems().filter_map(|system| self.find(system, &spelling)).collect();
            if !found.is_empty() {
                return found;
            }
        }
        let Some((system, code)) = text.split_once(':') else { return Vec::new() };
        let Some(system) = self.system(system) else { return Vec::new() };
        self.in_system(system, code).into_iter().collect()
    }

    /// The concept of a system with a code in any of the spellings that [`by_code`](Self::by_code) takes.
    pub fn in_system(&self, system: &System, code: &str) -> Option<ConceptId> {
        spellings(code.trim()).into_iter().find_map(|spelling| self.find(system, &spelling))
    }
}

fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// The ways to spell a code, the one given first.
fn spellings(code: &str) -> Vec<String> {
    let upper = code.to_ascii_uppercase();
    let mut spellings = vec![code.to_owned(), upper.clone()];
    if upper.len() > 3 && upper.is_char_boundary(3) && !upper.contains(['.', ':']) {
        let (category, rest) = upper.split_at(3);
        spellings.push(format!("{category}.{rest}"));
    }
    spellings
}
