//! The order of concepts in a pack: by system name, then by code.

use crate::builder::PackBuilder;
use crate::manifest::SystemCount;

/// The numbers that drafts and systems get in the pack.
pub(crate) struct Order {
    /// Draft numbers in pack order.
    pub drafts: Vec<u32>,
    /// Pack number of each draft.
    numbers: Vec<u32>,
    /// Builder's system number to the pack's.
    systems: Vec<u8>,
    /// The systems that have concepts, in pack order.
    pub counts: Vec<SystemCount>,
}

impl Order {
    pub fn of(builder: &PackBuilder) -> Self {
        let mut concepts = vec![0_u32; builder.systems.len()];
        for concept in &builder.concepts {
            concepts[usize::from(concept.system)] += 1;
        }
        // A system that is only referred to has no place in the pack.
        let mut names: Vec<usize> = (0..builder.systems.len()).filter(|&at| concepts[at] > 0).collect();
        names.sort_by_key(|&system| builder.systems[system].name());
        let mut systems = vec![u8::MAX; builder.systems.len()];
        let mut counts = Vec::with_capacity(names.len());
        for (rank, &system) in names.iter().enumerate() {
            systems[system] = rank as u8;
            counts.push(SystemCount { system: builder.systems[system].clone(), concepts: concepts[system] });
        }
        let mut drafts: Vec<u32> = (0..builder.concepts.len() as u32).collect();
        drafts.sort_unstable_by_key(|&draft| {
            let concept = &builder.concepts[draft as usize];
            (systems[usize::from(concept.system)], concept.code.as_str())
        });
        let mut numbers = vec![0; drafts.len()];
        for (number, &draft) in drafts.iter().enumerate() {
            numbers[draft as usize] = number as u32;
        }
        Self { drafts, numbers, systems, counts }
    }

    /// The pack's number of a draft.
    pub fn number(&self, draft: u32) -> u32 {
        self.numbers[draft as usize]
    }

    /// Whether the pack holds a concept of the system with that number in the builder.
    pub fn holds(&self, system: u8) -> bool {
        self.systems[usize::from(system)] != u8::MAX
    }
}
