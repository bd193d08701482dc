//! The hierarchy as the sources state it: each concept with its parents, and no concept its own ancestor.

use std::collections::HashSet;

use crate::builder::PackBuilder;

/// Parents and children in pack numbers.
pub(crate) struct Hierarchy {
    /// Pairs of child and parent, by child; the parents of one child in the order in which they were stated.
    pub parents: Vec<(u32, u32)>,
    /// The steps that would close a circle and are left out: the number of the source, and the codes round the circle.
    pub circles: Vec<(u8, String)>,
}

struct Step {
    child: u32,
    parent: u32,
    source: u8,
    yields: bool,
}

/// How far the walk up from a concept has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

impl Hierarchy {
    /// The parents that are in the pack. `number` gives a draft's number in the pack, `drafts` the reverse.
    pub fn of(builder: &PackBuilder, number: impl Fn(u32) -> u32, drafts: &[u32]) -> Self {
        let mut steps = steps(builder, number);
        let code = |number: &u32| builder.concepts[drafts[*number as usize] as usize].code.as_str();
        let mut circles = Vec::new();
        loop {
            let found = find_circles(&steps, drafts.len());
            if found.is_empty() {
                break;
            }
            let mut cut = HashSet::new();
            for (last, round) in found {
                // A step that yields gives way; where none does, the one that closes the circle.
                let pairs: Vec<_> = round.windows(2).map(|pair| (pair[0], pair[1])).collect();
                let yielding =
                    steps.iter().find(|step| step.yields && pairs.contains(&(step.child, step.parent)));
                if yielding.is_none() {
                    let codes: Vec<&str> = round.iter().map(code).collect();
                    circles.push((steps[last].source, codes.join(" below ")));
                }
                let step = yielding.unwrap_or(&steps[last]);
                cut.insert((step.child, step.parent));
            }
            steps.retain(|step| !cut.contains(&(step.child, step.parent)));
        }
        Self { parents: steps.iter().map(|step| (step.child, step.parent)).collect(), circles }
    }

    /// Pairs of parent and child, by parent, then by child.
    pub fn children(&self) -> Vec<(u32, u32)> {
        let mut pairs: Vec<_> = self.parents.iter().map(|&(child, parent)| (parent, child)).collect();
        pairs.sort_unstable();
        pairs
    }
}

/// The steps to parents that are in the pack, each once, by child; those of one child as they were stated.
fn steps(builder: &PackBuilder, number: impl Fn(u32) -> u32) -> Vec<Step> {
    let mut steps = Vec::with_capacity(builder.parents.len());
    let mut seen = HashSet::with_capacity(builder.parents.len());
    for stated in &builder.parents {
        let system = builder.concepts[stated.child as usize].system;
        let Some(parent) = builder.number(system, &stated.code) else { continue };
        let (child, parent) = (number(stated.child), number(parent));
        if seen.insert((child, parent)) {
            steps.push(Step { child, parent, source: stated.source, yields: stated.yields });
        }
    }
    // A stable sort: the first parent stated stays the first.
    steps.sort_by_key(|step| step.child);
    steps
}

/// The steps, by their places, that lead back to a concept which they started from, with the numbers round the circle.
/// `steps` are sorted by child.
fn find_circles(steps: &[Step], concepts: usize) -> Vec<(usize, Vec<u32>)> {
    let mut starts = vec![0_usize; concepts + 1];
    for step in steps {
        starts[step.child as usize + 1] += 1;
    }
    for at in 0..concepts {
        starts[at + 1] += starts[at];
    }
    let mut state = vec![State::New; concepts];
    let mut found = Vec::new();
    for start in 0..concepts as u32 {
        if state[start as usize] != State::New {
            continue;
        }
        state[start as usize] = State::Open;
        let mut path = vec![(start, starts[start as usize])];
        while let Some((at, next)) = path.last_mut() {
            let (here, step) = (*at as usize, *next);
            if step == starts[here + 1] {
                state[here] = State::Done;
                path.pop();
                continue;
            }
            *next += 1;
            let parent = steps[step].parent;
            match state[parent as usize] {
                State::New => {
                    state[parent as usize] = State::Open;
                    path.push((parent, starts[parent as usize]));
                }
                State::Open => found.push((step, round(&path, parent))),
                State::Done => {}
            }
        }
    }
    found
}

/// The numbers on the path from `to` on, and `to` again.
fn round(path: &[(u32, usize)], to: u32) -> Vec<u32> {
    let numbers = path.iter().map(|&(number, _)| number);
    numbers.skip_while(|&number| number != to).chain(std::iter::once(to)).collect()
}
