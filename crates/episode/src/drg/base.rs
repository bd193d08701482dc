//! Which MS-DRGs a stay may come to, before its severity is looked at.

use clinlink_model::{DrgSource, System};
use clinlink_vocab::{Fact, Pack};

use super::families::Families;
use super::split::Base;
use super::{DrgCase, fact};

/// The MDCs for which a principal diagnosis is not enough: newborns (age), multiple trauma and HIV (other diagnoses),
/// transplants (procedures).
const NEED_MORE: [&str; 4] = ["15", "24", "25", "PRE"];

/// A base and where it comes from.
pub(crate) struct Found {
    pub(crate) base: Base,
    pub(crate) source: DrgSource,
    /// What must hold.
    pub(crate) assumes: Option<String>,
    /// What else is to be said.
    pub(crate) note: Option<String>,
}

impl Found {
    fn defined(base: Base) -> Self {
        Self { base, source: DrgSource::Definitions, assumes: None, note: None }
    }
}

/// A line of CMS's index: an MDC and ranges of MS-DRGs.
struct Line<'p> {
    mdc: &'p str,
    ranges: &'p str,
}

/// The base of a stay, or why none is known.
pub(crate) fn find(pack: &Pack, families: &Families, case: &DrgCase) -> Result<Found, String> {
    if pack.concepts(&System::MS_DRG).next().is_none() {
        return Err(
            "the pack has no MS-DRGs; fetch and build it anew (clinlink vocab fetch, clinlink vocab build)"
                .to_owned(),
        );
    }
    let Some(principal) = case.principal.as_deref() else {
        return Err("no principal diagnosis, so no MS-DRG".to_owned());
    };
    let all = std::iter::once(principal).chain(case.secondary.iter().map(String::as_str));
    if let Some(code) = all.into_iter().find(|code| families.is_barred_by(code)) {
        return Err(format!(
            "beside {code} more than the principal diagnosis decides; CMS's grouper is needed"
        ));
    }
    let lines = index(pack, &System::ICD10CM, principal);
    let needs_more = |line: &&Line<'_>| NEED_MORE.contains(&line.mdc);
    let own: Vec<&Line<'_>> = lines.iter().filter(|line| !needs_more(line)).collect();
    let surgical = surgical(pack, families, case, &own)?;
    if !surgical.is_empty() {
        return match surgical[..] {
            [base] => Ok(Found::defined(base)),
            _ => Err(several(pack, "the procedures", &surgical)),
        };
    }
    let medical = bases(pack, &own, "MED");
    let by_family = families.of(principal).and_then(|family| Some((family, Base::of(pack, &family.drgs)?)));
    match (&medical[..], by_family) {
        ([base], _) => Ok(Found::defined(*base)),
        ([], None) if !own.is_empty() => Err(format!("CMS's index has no medical MS-DRG for {principal}")),
        ([], None) => Err(format!("{principal} is in no medical family of vocab/rules/drg.toml; {NEED}")),
        (several_of, Some((family, base))) if several_of.is_empty() || several_of.contains(&base) => {
            let note = several_of.len() > 1;
            let note = note.then(|| format!("{}; the family decides", several(pack, principal, several_of)));
            Ok(Found { base, source: DrgSource::Families, assumes: family.assumes.clone(), note })
        }
        (several_of, _) => Err(several(pack, principal, several_of)),
    }
}

/// How to know more.
const NEED: &str = "CMS's definitions are needed (clinlink vocab build --with drg-definitions=FOLDER)";

/// The surgical bases of the stay's procedures; none if no procedure decides.
fn surgical(
    pack: &Pack,
    families: &Families,
    case: &DrgCase,
    own: &[&Line<'_>],
) -> Result<Vec<Base>, String> {
    let mut found: Vec<Base> = Vec::new();
    let decisive = case.procedures.iter().filter(|procedure| !families.is_without_effect(procedure));
    for procedure in decisive {
        let lines = index(pack, &System::ICD10PCS, procedure);
        if lines.is_empty() {
            if has_procedures(pack) {
                continue;
            }
            return Err(format!(
                "surgical MS-DRGs need CMS's definitions: whether {procedure} makes one is not known; {NEED}"
            ));
        }
        let needs_room =
            pack.find(&System::ICD10PCS, procedure).and_then(|id| fact(pack, id, Fact::OperatingRoom))
                == Some("yes");
        let of_mdc: Vec<&Line<'_>> = lines
            .iter()
            .filter(|line| line.mdc == "PRE" || own.iter().any(|own| own.mdc == line.mdc))
            .collect();
        match (needs_room, of_mdc.is_empty()) {
            (false, true) => {}
            (false, false) => {
                return Err(format!(
                    "{procedure} may move the MS-DRG without an operating room; CMS's grouper is needed"
                ));
            }
            (true, true) => {
                return Err(format!(
                    "{procedure} does not belong to the principal diagnosis: 981 to 983 or 987 to 989, CMS's grouper is needed"
                ));
            }
            (true, false) => {
                let bases = bases(pack, &of_mdc, "SURG");
                if bases.is_empty() {
                    return Err(format!(
                        "CMS's index has no surgical MS-DRG for {procedure} beside the principal diagnosis"
                    ));
                }
                found.extend(bases.into_iter().filter(|base| !found.contains(base)).collect::<Vec<_>>());
            }
        }
    }
    Ok(found)
}

/// What CMS's index says of a code.
fn index<'p>(pack: &'p Pack, system: &System, code: &str) -> Vec<Line<'p>> {
    let facts = pack.find(system, code).into_iter().flat_map(|id| pack.facts(id));
    let values =
        facts.filter(|(fact, _)| *fact == Fact::DrgIndex).filter_map(|(_, value)| value.split_once(' '));
    values.map(|(mdc, ranges)| Line { mdc, ranges }).collect()
}

/// Whether the pack has CMS's index of procedures.
fn has_procedures(pack: &Pack) -> bool {
    pack.concepts(&System::ICD10PCS).any(|id| fact(pack, id, Fact::OperatingRoom).is_some())
}

/// The bases of one type among the lines of an index, each once.
fn bases(pack: &Pack, lines: &[&Line<'_>], kind: &str) -> Vec<Base> {
    let mut bases: Vec<Base> = Vec::new();
    for range in lines.iter().flat_map(|line| line.ranges.split(' ')) {
        for base in Base::all(pack, range, Some(kind)) {
            if !bases.contains(&base) {
                bases.push(base);
            }
        }
    }
    bases
}

fn several(pack: &Pack, what: &str, bases: &[Base]) -> String {
    let bases: Vec<String> = bases.iter().map(|base| base.codes(pack)).collect();
    format!("CMS's index has several bases for {what} ({})", bases.join("; "))
}
