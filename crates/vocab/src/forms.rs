//! The normal forms of all terms, and the concepts that each names.
//!
//! A term that ends in `NOS`, `not otherwise specified` or `unspecified` names its concept without that end too.

use std::thread;

use crate::builder::{DraftTerm, PackBuilder};
use crate::entry::TermKind;
use crate::normal::normal_form;

/// A normal form with a concept that it names, by its number in the pack.
pub(crate) type Form = (String, TermKind, u32);

/// The pairs of normal form and concept, each once with its surest kind, by form, then by kind, then by concept.
/// `number` gives a draft's number in the pack.
pub(crate) fn forms(builder: &PackBuilder, number: impl Fn(u32) -> u32 + Sync) -> Vec<Form> {
    let mut forms = in_parts(&builder.terms, &|terms| {
        let mut forms: Vec<Form> = Vec::with_capacity(terms.len());
        for term in terms {
            let form = normal_form(&term.text);
            if let Some(shorter) = without_unspecified(&form).filter(|shorter| is_usable(shorter)) {
                // What a rule makes of a title is no title.
                let kind = term.kind.max(TermKind::Synonym);
                forms.push((shorter.to_owned(), kind, number(term.concept)));
            }
            if is_usable(&form) {
                forms.push((form, term.kind, number(term.concept)));
            }
        }
        forms.sort_unstable_by(|a, b| (&a.0, a.2, a.1).cmp(&(&b.0, b.2, b.1)));
        forms
    });
    // Made of sorted runs: a stable sort merges them.
    forms.sort_by(|a, b| (&a.0, a.2, a.1).cmp(&(&b.0, b.2, b.1)));
    forms.dedup_by(|later, first| first.0 == later.0 && first.2 == later.2);
    for same in forms.chunk_by_mut(|a, b| a.0 == b.0) {
        same.sort_unstable_by_key(|&(_, kind, concept)| (kind, concept));
    }
    forms
}

/// Ends of normal forms that say only that nothing more is known.
const NOTHING_MORE: [&str; 3] = [" nos", " not otherwise specified", " unspecified"];

/// `Pneumonia NOS` is said as `pneumonia`.
fn without_unspecified(form: &str) -> Option<&str> {
    NOTHING_MORE.iter().find_map(|end| form.strip_suffix(end))
}

/// What `work` makes of the terms, a part of them on each processor, in the order of the parts.
fn in_parts(terms: &[DraftTerm], work: &(impl Fn(&[DraftTerm]) -> Vec<Form> + Sync)) -> Vec<Form> {
    let parts = thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
    let size = terms.len().div_ceil(parts).max(1);
    thread::scope(|scope| {
        let running: Vec<_> = terms.chunks(size).map(|part| scope.spawn(move || work(part))).collect();
        let mut all = Vec::with_capacity(terms.len());
        for part in running {
            // A panic in a part is a panic of the whole, with its own message.
            all.append(&mut part.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause)));
        }
        all
    })
}

/// More would wait for memory only.
const MOST_THREADS: usize = 8;

/// Whether a normal form can name something: not a single character, and not a number.
fn is_usable(form: &str) -> bool {
    form.chars().nth(1).is_some() && !form.bytes().all(|byte| byte.is_ascii_digit() || byte == b' ')
}
