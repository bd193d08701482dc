//! The MS-DRGs of one base, by severity: their titles say which is which.

use clinlink_model::{Severity, System};
use clinlink_vocab::{ConceptId, Fact, Pack};

use super::fact;

/// How a title says for which severities its MS-DRG is: without, with CC, with MCC.
const SPLITS: [(&str, [bool; 3]); 5] = [
    (" WITHOUT CC/MCC", [true, false, false]),
    (" WITHOUT MCC", [true, true, false]),
    (" WITH CC/MCC", [false, true, true]),
    (" WITH MCC", [false, false, true]),
    (" WITH CC", [false, true, false]),
];

/// The MS-DRGs of a base: one for each severity, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Base {
    drgs: [ConceptId; 3],
}

impl Base {
    /// The base of one MS-DRG, whatever the severity (`313`), or of a range of them (`291-293`); `None` if the pack does
    /// not have them, or they are not one base for all severities.
    pub(crate) fn of(pack: &Pack, range: &str) -> Option<Self> {
        if !range.contains('-') {
            let drg = pack.find(&System::MS_DRG, range)?;
            return Some(Self { drgs: [drg; 3] });
        }
        match Self::all(pack, range, None)[..] {
            [base] => Some(base),
            _ => None,
        }
    }

    /// The bases of a range of MS-DRGs that are for all severities, of one type (`MED`, `SURG`) or any.
    pub(crate) fn all(pack: &Pack, range: &str, kind: Option<&str>) -> Vec<Self> {
        let mut bases: Vec<(&str, [Option<ConceptId>; 3])> = Vec::new();
        for id in within(pack, range) {
            if kind.is_some() && fact(pack, id, Fact::DrgType) != kind {
                continue;
            }
            let (stem, holds) = split(pack.title(id));
            let at = bases.iter().position(|(known, _)| *known == stem).unwrap_or_else(|| {
                bases.push((stem, [None; 3]));
                bases.len() - 1
            });
            for (drg, _) in bases[at].1.iter_mut().zip(holds).filter(|(_, holds)| *holds) {
                *drg = Some(id);
            }
        }
        let whole = |drgs: [Option<ConceptId>; 3]| Some(Self { drgs: [drgs[0]?, drgs[1]?, drgs[2]?] });
        bases.into_iter().filter_map(|(_, drgs)| whole(drgs)).collect()
    }

    /// The MS-DRG of a severity.
    pub(crate) fn at(&self, severity: Severity) -> ConceptId {
        match severity {
            Severity::Without => self.drgs[0],
            Severity::Cc => self.drgs[1],
            Severity::Mcc => self.drgs[2],
        }
    }

    /// Whether one of its MS-DRGs is in a range.
    pub(crate) fn is_in(&self, pack: &Pack, range: &str) -> bool {
        within(pack, range).any(|id| self.drgs.contains(&id))
    }

    /// Its MS-DRGs in the order of their numbers: `291, 292, 293`.
    pub(crate) fn codes(&self, pack: &Pack) -> String {
        let mut codes = self.drgs.map(|id| pack.code(id)).to_vec();
        codes.sort_unstable();
        codes.dedup();
        codes.join(", ")
    }
}

/// The MS-DRGs of a range; of one number, that one.
fn within<'p>(pack: &'p Pack, range: &str) -> impl Iterator<Item = ConceptId> + 'p {
    let (first, last) = range.split_once('-').unwrap_or((range, range));
    let (first, last) = (first.to_owned(), last.to_owned());
    pack.concepts(&System::MS_DRG).filter(move |&id| {
        let code = pack.code(id);
        first.as_str() <= code && code <= last.as_str()
    })
}

/// A title without its severity, and for which severities it is.
fn split(title: &str) -> (&str, [bool; 3]) {
    let at = |(words, holds): &(&str, [bool; 3])| title.find(words).map(|at| (at, *holds));
    match SPLITS.iter().find_map(at) {
        Some((at, holds)) => (&title[..at], holds),
        None => (title, [true; 3]),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::split;

    #[rstest]
    #[case("HEART FAILURE AND SHOCK WITH MCC", "HEART FAILURE AND SHOCK", [false, false, true])]
    #[case("HEART FAILURE AND SHOCK WITHOUT CC/MCC", "HEART FAILURE AND SHOCK", [true, false, false])]
    #[case("PULMONARY EMBOLISM WITH MCC OR ACUTE COR PULMONALE", "PULMONARY EMBOLISM", [false, false, true])]
    #[case("BRONCHITIS AND ASTHMA WITH CC/MCC", "BRONCHITIS AND ASTHMA", [false, true, true])]
    #[case("SEIZURES WITHOUT MCC", "SEIZURES", [true, true, false])]
    #[case("CHEST PAIN", "CHEST PAIN", [true, true, true])]
    fn a_title_says_its_severities(#[case] title: &str, #[case] stem: &str, #[case] holds: [bool; 3]) {
        assert_eq!(split(title), (stem, holds));
    }
}
