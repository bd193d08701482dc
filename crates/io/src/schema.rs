use serde::{Deserialize, Serialize};

/// The format of a JSON line. Its number rises when a field changes its meaning or goes; fields are added
/// without that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Schema {
    /// One note with its annotations.
    #[serde(rename = "clinlink/annotate/1")]
    Annotate,
    /// One episode with its codes.
    #[serde(rename = "clinlink/code/1")]
    Code,
    /// One episode, and what its notes say about codes that it was given.
    #[serde(rename = "clinlink/audit/1")]
    Audit,
}

impl Schema {
    /// The name as it stands in the field `schema`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Annotate => "clinlink/annotate/1",
            Self::Code => "clinlink/code/1",
            Self::Audit => "clinlink/audit/1",
        }
    }
}
