use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a user may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reviews episodes that are assigned to them or to nobody.
    Coder,
    /// Reviews, assigns, adjudicates, imports and exports every episode.
    Lead,
    /// A lead who also keeps users and engines.
    Admin,
    /// A program with a token: annotates, codes, imports and exports; reviews nothing.
    Service,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Coder, Self::Lead, Self::Admin, Self::Service];

    /// The name as it is stored and shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Coder => "coder",
            Self::Lead => "lead",
            Self::Admin => "admin",
            Self::Service => "service",
        }
    }

    /// The role of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// A bit of its own, for sets of roles.
    pub(crate) const fn bit(self) -> u8 {
        match self {
            Self::Coder => 1,
            Self::Lead => 2,
            Self::Admin => 4,
            Self::Service => 8,
        }
    }

    /// Whether they may see and direct the work of others.
    pub(crate) const fn leads(self) -> bool {
        matches!(self, Self::Lead | Self::Admin)
    }
}
