use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use clinlink_model::{CareSetting, CodeEntry, CodeSet, Coder, Episode, FiredRule, Purpose, Report, System};
use clinlink_vocab::Pack;

use crate::claim::{Considered, Rulebook, Unknown, gather, suggest};
use crate::config::CoderConfig;
use crate::detail::Resolved;
use crate::drg::{DrgCase, DrgGrouper};
use crate::entry::{facts_of, unknown_entries};
use crate::family::Family;
use crate::learned::{CoderModel, Lessons};
use crate::purpose::made_for;
use crate::rules::Rule;
use crate::sources::Care;
use crate::tables::{Tables, TablesError};
use crate::{combine, excludes, facts, history, pregnancy, specific, status, symptoms};

/// Makes code sets by rules. See the [crate](crate) for the rules and their order.
#[derive(Clone)]
pub struct RuleCoder {
    pack: Arc<Pack>,
    config: CoderConfig,
    tables: Tables,
    model: Option<Arc<CoderModel>>,
}

impl RuleCoder {
    /// A coder with the built-in tables.
    pub fn new(pack: Arc<Pack>, config: CoderConfig) -> Self {
        Self { pack, config, tables: Tables::embedded(), model: None }
    }

    /// A coder with the tables of a folder of the form of `vocab/rules`. A file that it does not have is the one that is
    /// built in.
    ///
    /// # Errors
    /// If a file cannot be read or is not of its form.
    pub fn with_tables(pack: Arc<Pack>, config: CoderConfig, tables: &Path) -> Result<Self, TablesError> {
        Ok(Self { pack, config, tables: Tables::read(tables)?, model: None })
    }

    /// The same coder, which also uses what `model` has learnt.
    #[must_use]
    pub fn with_model(mut self, model: Arc<CoderModel>) -> Self {
        self.model = Some(model);
        self
    }

    /// Every rule that may decide about a code.
    pub fn rules(&self) -> &[Rule] {
        self.tables.rules()
    }

    /// What finds the MS-DRGs of its code sets.
    pub fn grouper(&self) -> DrgGrouper {
        DrgGrouper::new(Arc::clone(&self.pack), Arc::clone(&self.tables.families))
    }

    pub(crate) fn config(&self) -> &CoderConfig {
        &self.config
    }

    pub(crate) fn tables(&self) -> &Tables {
        &self.tables
    }

    pub(crate) fn pack(&self) -> &Pack {
        &self.pack
    }

    pub(crate) fn lessons(&self) -> Option<Lessons<'_>> {
        self.model.as_deref().map(Lessons::of)
    }

    /// The codes that the episode speaks of and the links that lead nowhere, before any code is compared with another.
    fn gathered(&self, episode: &Episode) -> (Vec<Considered>, Vec<Unknown>) {
        let (pack, config, tables) = (&*self.pack, &self.config, &self.tables);
        let (resolved, care) = (Resolved::default(), self.care(episode));
        let treated = tables.encounters.are_treated(episode);
        let with = Rulebook {
            pack,
            config,
            tables,
            resolved,
            care,
            treated,
            episode,
            lessons: self.lessons(),
            hand: OnceCell::new(),
            trimesters: OnceCell::new(),
        };
        let (mut codes, unknown) = gather(episode, &with);
        if let Some(lessons) = self.lessons() {
            let as_a_whole = lessons.as_a_whole(episode);
            suggest(episode, lessons, &as_a_whole, &mut codes, &with);
            lessons.recall(pack, episode, &as_a_whole, &mut codes);
        }
        (codes, unknown)
    }

    /// The codes that the episode speaks of, before any code is compared with another.
    pub(crate) fn considered(&self, episode: &Episode) -> Vec<Considered> {
        self.gathered(episode).0
    }

    /// Weighs the codes by what was learnt, and compares them with each other. Of `episode` only the notes' ids, kinds,
    /// settings and charts are looked at, not their text.
    pub(crate) fn settle(&self, episode: &Episode, codes: &mut Vec<Considered>) {
        if let Some(lessons) = self.lessons() {
            lessons.rank(&self.config, codes);
        }
        self.compare(episode, codes);
        if let Some(lessons) = self.lessons() {
            lessons.review_unsure(&self.config, codes);
        }
    }

    /// Where the patient is cared for: as one of the records says, else the kinds of the notes, else the pipeline.
    fn care(&self, episode: &Episode) -> Care {
        let told = self.tables.sources.care(episode);
        let mut said = episode.notes.iter().filter_map(|note| note.note.setting).peekable();
        let inpatient = match said.peek() {
            None => self.config.inpatient && told.is_none(),
            Some(_) => said.any(|setting| setting == CareSetting::Inpatient),
        };
        if inpatient { Care::Stay } else { told.unwrap_or(Care::Outpatient) }
    }

    fn is_inpatient(&self, episode: &Episode) -> bool {
        self.care(episode) == Care::Stay
    }

    /// What is reported of each code: its place among the accepted ones, whether it was there at admission, what else it
    /// needs.
    fn reports(&self, episode: &Episode, codes: &[Considered]) -> Vec<Report> {
        let (pack, tables) = (&*self.pack, &self.tables);
        // Present on admission and principal are said of diagnoses.
        let diagnoses = self.config.system != System::ICD10PCS;
        let stay = (diagnoses && self.is_inpatient(episode)).then(|| tables.admission.of(episode));
        let acquired = |code: &Considered| stay.as_ref().is_some_and(|stay| stay.is_acquired(code));
        let order = tables.sequence.order(pack, &self.config.system, codes, &acquired);
        let name = |code: &Considered| pack.code(code.id);
        let accepted: Vec<&str> = order.places.iter().map(|&at| name(&codes[at])).collect();
        let of = |(at, code): (usize, &Considered)| {
            let mut report = Report { in_chart: code.in_chart, ..facts_of(pack, code) };
            if let Some(place) = order.places.iter().position(|&known| known == at) {
                report.sequence = Some(place + 1);
                report.principal = order.principal.clone().filter(|_| diagnoses && place == 0);
                report.remarks = order.remarks(pack, &tables.sequence, (at, code.id), &accepted);
                let principal = report.principal.is_some();
                let chronic = tables.chronic.holds(name(code));
                let known = stay.as_ref().map(|stay| stay.indicator(code, name(code), chronic, principal));
                report.present_on_admission = known;
            }
            report
        };
        codes.iter().enumerate().map(of).collect()
    }

    /// The rules that look at several notes or several codes, each family if it is in force.
    fn compare(&self, episode: &Episode, codes: &mut Vec<Considered>) {
        let (pack, tables) = (&*self.pack, &self.tables);
        let on = |family| self.config.rules.contains(&family);
        if on(Family::Contradiction) {
            tables.sources.weigh(episode).resolve(pack, codes);
        }
        if on(Family::Findings) && self.is_inpatient(episode) {
            tables.sources.weigh(episode).review_findings(codes);
        }
        if on(Family::Specificity) {
            specific::prefer_specific(pack, codes);
            specific::prefer_told(pack, codes);
            specific::prefer_listed(pack, &tables.general, codes);
            specific::prefer_told_encounter(pack, codes);
        }
        if on(Family::Combinations) {
            pregnancy::replace(pack, &tables.pregnancies, codes);
            combine::combine(pack, &self.config.system, &tables.combinations, codes);
        }
        if on(Family::Excludes) {
            excludes::resolve(pack, codes);
        }
        if on(Family::Symptoms) {
            symptoms::leave_out(pack, &tables.symptoms, codes);
        }
        if on(Family::History) {
            history::prefer_current(pack, &tables.histories, codes);
        }
        if on(Family::Status) {
            status::settle(pack, &tables.status, codes);
        }
    }

    /// The rules that decided about a code, in the order of the catalogue.
    fn fired(&self, codes: &[CodeEntry]) -> Vec<FiredRule> {
        let ids: BTreeSet<&str> = codes.iter().flat_map(|code| &code.rules).map(String::as_str).collect();
        let fired = self.tables.rules().iter().filter(|rule| ids.contains(rule.id.as_str()));
        let fired = fired.map(|rule| FiredRule {
            id: rule.id.clone(),
            section: rule.section.clone(),
            says: rule.says.clone(),
        });
        fired.collect()
    }
}

impl Coder for RuleCoder {
    fn code(&self, episode: &Episode) -> CodeSet {
        let (mut considered, unknown) = self.gathered(episode);
        self.settle(episode, &mut considered);
        if let Some(profile) = self.config.profile {
            profile.apply(&mut considered);
        }
        let mut codes = unknown_entries(unknown);
        if self.config.rules.contains(&Family::Facts) {
            let (system, tables) = (&self.config.system, &self.tables);
            codes.extend(facts::weigh(&self.pack, system, tables, episode, &mut considered));
        }
        let reports = self.reports(episode, &considered);
        codes.extend(considered.into_iter().zip(reports).map(|(code, report)| self.entry(code, report)));
        codes.sort_by(|a, b| {
            a.status
                .cmp(&b.status)
                .then_with(|| b.score.total_cmp(&a.score))
                .then_with(|| a.code.cmp(&b.code))
        });
        let mut set =
            CodeSet { episode: episode.id.clone(), codes, rules: Vec::new(), purpose: None, drg: None };
        if let Some(purpose) = self.config.purpose {
            let diagnoses = self.config.system == System::ICD10CM;
            let is_stay = purpose == Purpose::Billing && diagnoses && self.is_inpatient(episode);
            // A bill leaves out what is to review.
            let to_review = is_stay.then(|| DrgCase::of(&set).to_review);
            set = made_for(purpose, set, &self.pack);
            set.drg =
                to_review.map(|to_review| self.grouper().group(&DrgCase { to_review, ..DrgCase::of(&set) }));
        }
        set.rules = self.fired(&set.codes);
        set
    }
}
