//! Relations between the concepts of one system, of which some are its hierarchy.
//!
//! The hierarchies of a thesaurus's sources may contradict one another once their concepts are merged: A above B in
//! one, B above A in another. A pack's hierarchy has no circles, so the pair that closes one is kept as a broader
//! cross-reference instead.

use std::collections::HashMap;

/// Pairs of a concept and a broader one, by the numbers of their codes.
#[derive(Default)]
pub(super) struct Relations {
    /// Child and parent.
    pub parents: Vec<(u32, u32)>,
    /// A concept, a broader one, and what the source calls the relation.
    pub broader: Vec<(u32, u32, String)>,
}

impl Relations {
    /// Sorts, takes out what is there twice, and opens circles.
    pub fn tidy(&mut self) {
        self.parents.sort_unstable();
        self.parents.dedup();
        let closing = closing_pairs(&self.parents);
        self.parents.retain(|pair| closing.binary_search(pair).is_err());
        self.broader.extend(closing.into_iter().map(|(child, parent)| (child, parent, String::new())));
        self.broader.retain(|(child, parent, _)| {
            child != parent && self.parents.binary_search(&(*child, *parent)).is_err()
        });
        self.broader.sort_unstable();
        self.broader.dedup_by(|later, first| (later.0, later.1) == (first.0, first.1));
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Visit {
    Open,
    Done,
}

/// The pairs that lead back to a concept on the way from it, in rising order. `parents` is sorted; the walk goes
/// upwards from the smallest number, so that the answer does not depend on the order in the file.
fn closing_pairs(parents: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let mut visits: HashMap<u32, Visit> = HashMap::new();
    let mut closing = Vec::new();
    let first_of = |child: u32| parents.partition_point(|&(known, _)| known < child);
    for &(start, _) in parents {
        if visits.contains_key(&start) {
            continue;
        }
        visits.insert(start, Visit::Open);
        let mut path = vec![(start, first_of(start))];
        while let Some((child, next)) = path.last_mut() {
            match parents.get(*next).filter(|(known, _)| known == child) {
                None => {
                    visits.insert(*child, Visit::Done);
                    path.pop();
                }
                Some(&(child, parent)) => {
                    *next += 1;
                    match visits.get(&parent) {
                        Some(Visit::Open) => closing.push((child, parent)),
                        Some(Visit::Done) => {}
                        None => {
                            visits.insert(parent, Visit::Open);
                            path.push((parent, first_of(parent)));
                        }
                    }
                }
            }
        }
    }
    closing.sort_unstable();
    closing
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::none(&[(1, 2), (1, 3), (2, 4), (3, 4)], &[])]
    #[case::itself(&[(1, 1)], &[(1, 1)])]
    #[case::two(&[(1, 2), (2, 1)], &[(2, 1)])]
    #[case::long(&[(1, 2), (2, 3), (3, 1), (3, 4)], &[(3, 1)])]
    fn circles_are_opened(#[case] parents: &[(u32, u32)], #[case] expected: &[(u32, u32)]) {
        assert_eq!(closing_pairs(parents), expected);
    }

    proptest! {
        #[test]
        fn what_is_left_has_no_circle(pairs in prop::collection::vec((0_u32..12, 0_u32..12), 0..60)) {
            let mut relations = Relations { parents: pairs.clone(), broader: Vec::new() };
            relations.tidy();
            prop_assert!(closing_pairs(&relations.parents).is_empty());
            for (child, parent) in pairs {
                let kept = relations.parents.contains(&(child, parent))
                    || relations.broader.iter().any(|&(a, b, _)| (a, b) == (child, parent));
                prop_assert!(kept || child == parent, "{child} below {parent} is lost");
            }
        }
    }
}
