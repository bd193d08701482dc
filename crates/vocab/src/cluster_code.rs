//! Clusters of ICD-11 codes: a stem code with extension codes behind `&`, and further stem codes behind `/`.
//!
//! The syntax is that of the *ICD-11 Reference Guide*, 2.5 (post-coordination): `2C25.0&XH1234/1B91&XA0001`. Extension
//! codes start with X; everything else is a stem code.

use std::fmt;

use clinlink_model::System;
use thiserror::Error;

use crate::entry::{ConceptId, Fact};
use crate::pack::Pack;

/// A cluster of codes.
///
/// ```
/// use clinlink_vocab::ClusterCode;
///
/// let cluster = ClusterCode::parse("2C25.0&XH1234/1B91").unwrap();
/// assert_eq!(cluster.stems[0].extensions, ["XH1234"]);
/// assert_eq!(cluster.to_string(), "2C25.0&XH1234/1B91");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterCode {
    /// The stem codes in order, at least one.
    pub stems: Vec<Stem>,
}

/// A stem code with what is combined with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stem {
    /// The stem code.
    pub code: String,
    /// The extension codes in order.
    pub extensions: Vec<String>,
}

/// Why a text is no cluster.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ClusterError {
    /// A part between `&` and `/` is no code.
    #[error(
        "{part:?} (part {place} of the cluster) is no ICD-11 code; codes are joined by & and /, such as 2C25.0&XH1234/1B91"
    )]
    NoCode {
        /// The part.
        part: String,
        /// Its place, from 1.
        place: usize,
    },
    /// An extension code stands where a stem code must.
    #[error("{code} is an extension code; a cluster and every part behind / start with a stem code")]
    NoStem {
        /// The extension code.
        code: String,
    },
    /// A stem code stands where an extension code must.
    #[error("{code} is a stem code; behind & stand extension codes (X…), stem codes are joined by /")]
    NoExtension {
        /// The stem code.
        code: String,
    },
}

/// What is wrong with a cluster that is well written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ClusterFault {
    /// The pack does not have a code.
    #[error("{code} is not in the pack's ICD-11")]
    Unknown {
        /// The code.
        code: String,
    },
    /// A code is no category that may be reported.
    #[error("{code} is no code to report; a more detailed one stands below it")]
    NotReportable {
        /// The code.
        code: String,
    },
    /// A code stands twice.
    #[error("{code} stands twice")]
    Twice {
        /// The code.
        code: String,
    },
    /// None of the stem code's axes takes an extension code.
    #[error("{stem} takes no {extension}; its axes are {axes}")]
    NotOnAxis {
        /// The stem code.
        stem: String,
        /// The extension code.
        extension: String,
        /// The names of the axes.
        axes: String,
    },
    /// A required axis has no value.
    #[error("{stem} needs a value of the axis {axis}")]
    AxisEmpty {
        /// The stem code.
        stem: String,
        /// The axis.
        axis: String,
    },
    /// An axis that takes one value has several.
    #[error("{stem} takes one value of the axis {axis}")]
    AxisFull {
        /// The stem code.
        stem: String,
        /// The axis.
        axis: String,
    },
}

impl ClusterCode {
    /// Reads a cluster. Spaces around the signs are allowed.
    ///
    /// # Errors
    /// If a part is no code, or a stem and an extension code stand in each other's place.
    pub fn parse(text: &str) -> Result<Self, ClusterError> {
        let mut stems = Vec::new();
        let mut place = 0;
        for group in text.split('/') {
            let mut codes = group.split('&').map(|part| {
                place += 1;
                code(part.trim(), place)
            });
            let stem = codes.next().unwrap_or_else(|| code("", 1))?;
            if is_extension(&stem) {
                return Err(ClusterError::NoStem { code: stem });
            }
            let extensions = codes.collect::<Result<Vec<_>, _>>()?;
            if let Some(other) = extensions.iter().find(|code| !is_extension(code)) {
                return Err(ClusterError::NoExtension { code: other.clone() });
            }
            stems.push(Stem { code: stem, extensions });
        }
        Ok(Self { stems })
    }

    /// Checks the codes and their combination against a pack: all faults, in text order. Axes are checked where the
    /// pack knows those of a stem code (see the recipe `icd11`).
    pub fn check(&self, pack: &Pack) -> Vec<ClusterFault> {
        let mut faults = Vec::new();
        for (at, stem) in self.stems.iter().enumerate() {
            if self.stems[..at].contains(stem) {
                faults.push(ClusterFault::Twice { code: stem.code.clone() });
            }
            let Some(id) = known(&stem.code, pack, &mut faults) else { continue };
            let mut extensions = Vec::new();
            for (at, extension) in stem.extensions.iter().enumerate() {
                if stem.extensions[..at].contains(extension) {
                    faults.push(ClusterFault::Twice { code: extension.clone() });
                } else if let Some(id) = known(extension, pack, &mut faults) {
                    extensions.push(id);
                }
            }
            check_axes(id, &extensions, pack, &mut faults);
        }
        faults
    }
}

impl fmt::Display for ClusterCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, stem) in self.stems.iter().enumerate() {
            let slash = if at > 0 { "/" } else { "" };
            write!(f, "{slash}{}", stem.code)?;
            for extension in &stem.extensions {
                write!(f, "&{extension}")?;
            }
        }
        Ok(())
    }
}

fn is_extension(code: &str) -> bool {
    code.starts_with('X')
}

/// A code has four characters or more, capital letters and digits, with at most one point behind the fourth.
fn code(part: &str, place: usize) -> Result<String, ClusterError> {
    let (category, rest) =
        part.split_once('.').map_or((part, None), |(category, rest)| (category, Some(rest)));
    let is_part = |part: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&part.len())
            && part.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    let longest = if is_extension(part) { 6 } else { 4 };
    if is_part(category, 4..=longest) && rest.is_none_or(|rest| is_part(rest, 1..=3)) {
        return Ok(part.to_owned());
    }
    Err(ClusterError::NoCode { part: part.to_owned(), place })
}

/// A code in the pack; a fault if it is not there or not to be reported.
fn known(code: &str, pack: &Pack, faults: &mut Vec<ClusterFault>) -> Option<ConceptId> {
    let found = pack.find(&System::ICD11, code);
    match found {
        None => faults.push(ClusterFault::Unknown { code: code.to_owned() }),
        // An extension code may have others below it and still be used.
        Some(id) if !pack.is_billable(id) && !is_extension(code) => {
            faults.push(ClusterFault::NotReportable { code: code.to_owned() });
        }
        Some(_) => {}
    }
    found
}

/// An axis as the fact `Axis` says it.
struct Axis<'p> {
    name: &'p str,
    required: bool,
    several: bool,
    values: Vec<&'p str>,
}

impl<'p> Axis<'p> {
    fn read(fact: &'p str) -> Self {
        let (head, values) = fact.split_once(": ").unwrap_or((fact.trim_end_matches(':'), ""));
        let (name, how) = head.split_once(" (").unwrap_or((head, ""));
        let values = values.split(" | ").filter(|value| !value.is_empty()).collect();
        Self { name, required: how.contains("required"), several: how.contains("several"), values }
    }

    /// Whether an extension code is one of the values or below one.
    fn takes(&self, extension: ConceptId, pack: &Pack) -> bool {
        let mut lineage = std::iter::once(extension).chain(pack.all_ancestors(extension));
        lineage.any(|id| self.values.contains(&pack.code(id)))
    }
}

fn check_axes(stem: ConceptId, extensions: &[ConceptId], pack: &Pack, faults: &mut Vec<ClusterFault>) {
    let axes: Vec<Axis<'_>> = pack
        .facts(stem)
        .filter(|(fact, _)| *fact == Fact::Axis)
        .map(|(_, value)| Axis::read(value))
        .collect();
    if axes.is_empty() {
        return;
    }
    let code = |concept: ConceptId| pack.code(concept).to_owned();
    let mut counts = vec![0_usize; axes.len()];
    for &id in extensions {
        match axes.iter().position(|axis| axis.takes(id, pack)) {
            Some(place) => counts[place] += 1,
            None => faults.push(ClusterFault::NotOnAxis {
                stem: code(stem),
                extension: code(id),
                axes: axes.iter().map(|axis| axis.name).collect::<Vec<_>>().join(", "),
            }),
        }
    }
    for (axis, count) in axes.iter().zip(counts) {
        let (stem, name) = (code(stem), axis.name.to_owned());
        if count == 0 && axis.required {
            faults.push(ClusterFault::AxisEmpty { stem, axis: name });
        } else if count > 1 && !axis.several {
            faults.push(ClusterFault::AxisFull { stem, axis: name });
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::stem("1A00", "1A00")]
    #[case::point("2C25.0", "2C25.0")]
    #[case::extension("2C25.0&XH1234", "2C25.0&XH1234")]
    #[case::cluster("2C25.0 & XH1234 / 1B91&XA0001&XK8G", "2C25.0&XH1234/1B91&XA0001&XK8G")]
    fn clusters(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(ClusterCode::parse(text).unwrap().to_string(), expected);
    }

    #[rstest]
    #[case::empty("", "\"\" (part 1 of the cluster) is no ICD-11 code")]
    #[case::ends_early("1A00&", "\"\" (part 2 of the cluster)")]
    #[case::old("A00.1", "\"A00.1\" (part 1")]
    #[case::small("1a00", "\"1a00\"")]
    #[case::extension_first("XH1234&1A00", "XH1234 is an extension code")]
    #[case::stem_behind("1A00&1B91", "1B91 is a stem code")]
    #[case::after_slash("1A00/XA0001", "XA0001 is an extension code")]
    fn texts_that_are_none(#[case] text: &str, #[case] expected: &str) {
        let message = ClusterCode::parse(text).unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_the_same(text in "[0-9A-Z.&/ x\\PC]{0,24}") {
            if let Ok(cluster) = ClusterCode::parse(&text) {
                let written = cluster.to_string();
                prop_assert_eq!(&written, &text.split_whitespace().collect::<String>());
                prop_assert_eq!(ClusterCode::parse(&written).unwrap(), cluster);
            }
        }
    }
}
