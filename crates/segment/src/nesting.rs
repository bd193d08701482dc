//! Which sections stand within others.
//!
//! - In Markdown, the number of `#` says so.
//! - Vital signs, and the organs named after them, are within an examination that is open.
//! - Under a plan, a course or a list of problems, a heading that no rule knows is one of the problems
//!   ("HYPERTENSION: continue lisinopril").
//!
//! Any other header ends all sections that are open.

use clinlink_model::SectionKind;

use crate::headers::{Header, Origin};

/// The sections that are open, outermost first.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    open: Vec<Open>,
}

#[derive(Debug)]
struct Open {
    section: u32,
    kind: SectionKind,
    origin: Origin,
    level: usize,
}

impl Outline {
    /// Opens the section of that number under `header` and returns the number of the one that it is within.
    pub(crate) fn open(&mut self, section: u32, header: &Header) -> Option<u32> {
        while self.open.last().is_some_and(|outer| !outer.holds(header)) {
            self.open.pop();
        }
        let parent = self.open.last().map(|outer| outer.section);
        let Header { kind, origin, level, .. } = *header;
        self.open.push(Open { section, kind, origin, level });
        parent
    }
}

impl Open {
    fn holds(&self, header: &Header) -> bool {
        use SectionKind::{
            AssessmentAndPlan, HospitalCourse, PhysicalExam, Plan, ProblemList, Unknown, VitalSigns,
        };
        if self.level > 0 && header.level > 0 {
            return self.level < header.level;
        }
        match self.kind {
            PhysicalExam if self.origin != Origin::Part => {
                header.kind == VitalSigns || (header.kind == PhysicalExam && header.origin == Origin::Part)
            }
            AssessmentAndPlan | Plan | HospitalCourse | ProblemList => {
                header.origin == Origin::Looks && header.kind == Unknown
            }
            _ => false,
        }
    }
}
