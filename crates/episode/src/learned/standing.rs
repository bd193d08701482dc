use clinlink_model::Status;

/// How far what was learnt may overrule the rules about a code.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The rules decide.
    #[default]
    Ruled,
    /// The model finds the code worth a look: where a rule rejects it, a person decides.
    Disputed,
    /// The model is sure of it: it stays.
    Sure,
}

impl Standing {
    /// The worst status that a rule which may be overruled can give.
    pub(crate) const fn allows(self) -> Status {
        match self {
            Self::Ruled => Status::Rejected,
            Self::Disputed => Status::Review,
            Self::Sure => Status::Accepted,
        }
    }
}
