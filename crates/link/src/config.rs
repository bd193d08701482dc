use std::path::PathBuf;

use clinlink_model::System;
use serde::{Deserialize, Serialize};

use crate::dense::DenseConfig;

/// Settings of [`PackLinker`](crate::PackLinker).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LinkerConfig {
    /// Candidates below this score (0 to 1) are left out; if none is left, the mention is NIL.
    pub threshold: f32,
    /// At most this many candidates of one system for one mention.
    pub candidates: usize,
    /// What was learnt from linked mentions (`clinlink train ranker`): a file, relative to the pipeline's folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<PathBuf>,
    /// Candidates that the model ranks are left out below this probability, 0 to 1.
    pub probability: f32,
    /// The systems to link to. Each is reached directly or, failing that, over cross-references.
    pub systems: Vec<System>,
    /// Whether the dear ways are tried where looking terms up finds nothing: other spellings, full-text search.
    pub search: bool,
    /// Whether a mention that is no term may stand for the longest term inside it, which is more general.
    pub part: bool,
    /// Whether a mention that nothing else finds may stand for terms that mean the same. Off by default.
    pub dense: Option<DenseConfig>,
}

impl Default for LinkerConfig {
    fn default() -> Self {
        Self {
            threshold: 0.6,
            candidates: 4,
            model: None,
            probability: 0.05,
            systems: vec![System::ICD10CM, System::HPO, System::MONDO, System::DOID, System::MESH],
            search: true,
            part: true,
            dense: None,
        }
    }
}
