//! What was found for the wordings of earlier notes: notes say the same things in the same words, so three of four wordings
//! have been asked for before.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;

use crate::hits::Hits;
use crate::query::Wording;

/// How many wordings are kept, those that were asked for last: about a kilobyte each.
const MOST: NonZeroUsize = NonZeroUsize::new(8192).unwrap();

/// The wordings that were asked for last, with what was found. The same wording always finds the same, so this saves time
/// and changes nothing.
pub(crate) struct Memory {
    found: Mutex<LruCache<Wording, Arc<Hits>>>,
}

impl Default for Memory {
    fn default() -> Self {
        Self { found: Mutex::new(LruCache::new(MOST)) }
    }
}

impl Memory {
    /// What was found for each of the wordings, in their order; `find` is asked for those that are not known.
    pub(crate) fn of(
        &self,
        wordings: &[&Wording],
        find: impl FnOnce(&[&Wording]) -> Vec<Hits>,
    ) -> Vec<Arc<Hits>> {
        let known: Vec<Option<Arc<Hits>>> = {
            let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
            wordings.iter().map(|wording| found.get(*wording).cloned()).collect()
        };
        let is_new = |(_, known): &(&&Wording, &Option<Arc<Hits>>)| known.is_none();
        let new: Vec<&Wording> =
            wordings.iter().zip(&known).filter(is_new).map(|(wording, _)| *wording).collect();
        let fresh: Vec<Arc<Hits>> = find(&new).into_iter().map(Arc::new).collect();
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        for (wording, hits) in new.into_iter().zip(&fresh) {
            found.put(wording.clone(), Arc::clone(hits));
        }
        drop(found);
        let mut fresh = fresh.into_iter();
        known.into_iter().filter_map(|known| known.or_else(|| fresh.next())).collect()
    }
}
