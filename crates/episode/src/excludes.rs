//! Codes that exclude each other are not reported together.
//!
//! An Excludes1 note says that two conditions cannot be one patient's at the same time: congenital and acquired forms of
//! the same thing (Official Guidelines I.A.12.a). Of such a pair the code with more evidence stays: more statements that
//! affirm it, then the higher score, then the code that comes first.

use std::cmp::Ordering;

use clinlink_model::Status;
use clinlink_vocab::{NoteKind, Pack};

use crate::claim::Considered;
use crate::rules;

/// Rejects the weaker code of every accepted pair that excludes itself, going from the strongest code down.
pub(crate) fn resolve(pack: &Pack, codes: &mut [Considered]) {
    let mut order: Vec<usize> = (0..codes.len()).filter(|&at| codes[at].status == Status::Accepted).collect();
    order.sort_by(|&a, &b| stronger(pack, &codes[a], &codes[b]));
    let excluded: Vec<(&str, Vec<String>)> = order
        .iter()
        .map(|&at| (pack.concept(codes[at].id).code, pack.note_codes(codes[at].id, NoteKind::Excludes1)))
        .collect();
    for weak in 1..order.len() {
        let strong = (0..weak).find(|&strong| {
            codes[order[strong]].status == Status::Accepted && exclude(&excluded[strong], &excluded[weak])
        });
        if let Some(strong) = strong {
            let (kept, lost) = (&codes[order[strong]], &codes[order[weak]]);
            let reason = format!(
                "{} and {} exclude each other; {} has more evidence ({} to {})",
                excluded[strong].0,
                excluded[weak].0,
                excluded[strong].0,
                kept.affirmed(),
                lost.affirmed()
            );
            codes[order[weak]].lower(Status::Rejected, rules::EXCLUDES1, reason);
        }
    }
}

fn stronger(pack: &Pack, a: &Considered, b: &Considered) -> Ordering {
    let code = |considered: &Considered| pack.concept(considered.id).code.to_owned();
    b.affirmed()
        .cmp(&a.affirmed())
        .then_with(|| b.score().total_cmp(&a.score()))
        .then_with(|| code(a).cmp(&code(b)))
}

/// Whether the note of either names the other. A note at a common ancestor says nothing about the two.
fn exclude(a: &(&str, Vec<String>), b: &(&str, Vec<String>)) -> bool {
    names(&a.1, b.0) && !names(&a.1, a.0) || names(&b.1, a.0) && !names(&b.1, b.0)
}

fn names(prefixes: &[String], code: &str) -> bool {
    prefixes.iter().any(|prefix| code.starts_with(prefix.as_str()))
}
