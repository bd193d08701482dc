//! Where candidates come from: a plain list of sources, cheap ones first, each asked only for what is still open.

use std::sync::Arc;

use clinlink_model::System;
use clinlink_vocab::Pack;

use crate::config::LinkerConfig;
use crate::hits::Hits;
use crate::lexicon::Lexicon;
use crate::query::Query;

/// What every source may use.
pub(crate) struct Knowledge {
    pub(crate) pack: Arc<Pack>,
    pub(crate) lexicon: Arc<Lexicon>,
    pub(crate) config: LinkerConfig,
}

impl Knowledge {
    /// The systems without a candidate that is good enough.
    pub(crate) fn unreached<'s>(&'s self, hits: &'s Hits) -> impl Iterator<Item = &'s System> {
        self.config.systems.iter().filter(|system| !hits.reach(system, self.config.threshold))
    }

    /// Whether no candidate is good enough.
    pub(crate) fn is_nil(&self, hits: &Hits) -> bool {
        hits.is_nil(self.config.threshold)
    }
}

/// When a source is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Always.
    Always,
    /// If a system that is asked for has no candidate that is good enough.
    Unreached,
    /// If no system has one.
    Nil,
}

/// One way to come from a mention to concepts.
pub(crate) trait Source: Send + Sync {
    /// When it is asked, by what the sources before it have found.
    fn need(&self) -> Need;

    /// Adds what it finds, each with its evidence.
    fn find(&self, query: &Query<'_>, with: &Knowledge, hits: &mut Hits);

    /// Adds what it finds for each of several mentions.
    fn find_all(&self, asked: &mut [(&Query<'_>, &mut Hits)], with: &Knowledge) {
        for (query, hits) in asked {
            self.find(query, with, hits);
        }
    }
}
