use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use clinlink_model::Status;
use serde::Serialize;

use crate::bands::{self, Band};
use crate::calibration::{Calibration, Deferral, Proposed, calibration, deferral};
use crate::counts::Counts;
use crate::coverage::{Coverage, Pair, pair};
use crate::error::ScoreError;
use crate::evidence::{EvidenceReport, Piece};
use crate::gold::{self, GoldCodes};
use crate::identifiers;
use crate::prediction::{self, PredictedCode};
use crate::ranking::{self, MeanScores, RecallAt};
use crate::resampling::{Difference, EpisodeScore, Estimate, differences, estimates};

/// What [`codes`] scores.
#[derive(Debug, Clone, Default)]
pub struct CodeOptions {
    /// Count codes to review as predicted, beside the accepted ones.
    pub review: bool,
    /// The code system to look at, by its name in the output (`ICD-10-CM`); `None` for all. A predicted code that
    /// names no system is always looked at.
    pub system: Option<String>,
    /// The gold of the training data, for figures by how often it has a code.
    pub training: Option<PathBuf>,
    /// What another system predicted for the same gold, to compare with.
    pub against: Option<PathBuf>,
}

/// How well episodes are coded. Codes are compared in upper case and without dots.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CodeReport {
    /// The episodes that were scored.
    pub episodes: Coverage,
    /// Whether codes to review count as predicted.
    pub review: bool,
    /// The code system looked at; `None` for all.
    pub system: Option<String>,
    /// Episodes with no code in the gold. What is predicted for them counts as wrong in the micro figures; the
    /// means leave them out.
    pub without_gold: usize,
    /// Whole codes.
    pub full: Level,
    /// The categories, which are the first three characters, each once an episode.
    pub category: Level,
    /// Codes with all that stands above them.
    pub hierarchical: Hierarchical,
    /// The main figures with their intervals.
    pub estimates: Vec<Estimate>,
    /// Whole codes by how often the training data has them; empty if it is not given.
    pub bands: Vec<Band>,
    /// The words behind the codes; `None` if the gold has no evidence.
    pub evidence: Option<EvidenceReport>,
    /// The scores as probabilities; `None` if no proposed code has one.
    pub calibration: Option<Calibration>,
    /// What comes of leaving codes of lower scores to a person.
    pub deferral: Vec<Deferral>,
    /// The other system, if one is given.
    pub against: Vec<Difference>,
}

/// The figures for codes of one length.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Level {
    /// Sets of codes, summed over the episodes.
    pub micro: Counts,
    /// Means over the episodes that have gold codes; `None` if there are none.
    #[serde(rename = "macro")]
    pub macro_: Option<MeanScores>,
    /// Mean average precision, 0 to 1, of all codes accepted or to review, in their order.
    pub map: Option<f64>,
    /// Mean recall of the first codes of that ranking.
    pub recall_at: Vec<RecallAt>,
}

/// Codes with their ancestors, so that a near miss is half right (set-augmented, Kosmopoulos et al., Data Mining and
/// Knowledge Discovery 2015). The ancestors of a code are its beginnings of three characters and more: those of E11.21 are
/// E11.2 and E11.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Hierarchical {
    /// Sets of codes and ancestors, summed over the episodes.
    pub micro: Counts,
    /// Means over the episodes that have gold codes; `None` if there are none.
    #[serde(rename = "macro")]
    pub macro_: Option<MeanScores>,
}

type Episode = Pair<GoldCodes, PredictedCode>;

/// Scores the codes of `clinlink code`.
///
/// # Errors
/// If a file cannot be read, a line is broken or repeats an episode, or no predicted code is of the system asked for.
pub fn codes(gold: &Path, predicted: &Path, options: &CodeOptions) -> Result<CodeReport, ScoreError> {
    let read = |predicted: &Path| Ok(pair(gold::read_codes(gold)?, prediction::read_codes(predicted)?));
    let (pairs, episodes) = read(predicted)?;
    known_system(predicted, &pairs, options)?;
    let whole = || pairs.iter().map(|episode| sets(episode, options, Form::Full)).collect::<Vec<_>>();
    let bands = options.training.as_ref().map(|training| bands::bands(training, &whole())).transpose()?;
    let scores = scores(&pairs, options);
    let against = match &options.against {
        Some(other) => differences(&scores, &self::scores(&read(other)?.0, options)),
        None => Vec::new(),
    };
    let proposed: Vec<Proposed> = pairs.iter().flat_map(|episode| proposed(episode, options)).collect();
    let full = level(&pairs, options, Form::Full);
    Ok(CodeReport {
        episodes,
        review: options.review,
        system: options.system.clone(),
        without_gold: pairs.iter().filter(|p| p.gold.codes.is_empty()).count(),
        category: level(&pairs, options, Form::Category),
        hierarchical: hierarchical(&pairs, options),
        estimates: estimates(&scores),
        bands: bands.unwrap_or_default(),
        evidence: evidence(&pairs, options),
        calibration: calibration(&proposed),
        deferral: deferral(&proposed, full.micro.tp + full.micro.fn_),
        against,
        full,
    })
}

/// Refuses a system that no predicted code is of, though codes were predicted: its name is misspelt.
fn known_system(path: &Path, pairs: &[Episode], options: &CodeOptions) -> Result<(), ScoreError> {
    let Some(system) = options.system.as_deref() else { return Ok(()) };
    let all = || pairs.iter().flat_map(|episode| &episode.predicted);
    if all().next().is_none() || all().any(|code| of_system(code, Some(system))) {
        return Ok(());
    }
    let known: BTreeSet<&str> = all().filter_map(|code| code.system.as_deref()).collect();
    let known = known.into_iter().collect::<Vec<_>>().join(", ");
    let what = format!("no code is of {system}; name another system: {known}");
    Err(ScoreError::NothingToScore { path: path.to_owned(), what })
}

/// What stands for a code where codes are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Full,
    /// Its first three characters.
    Category,
    /// It and all its ancestors.
    WithAncestors,
}

impl Form {
    fn of(self, code: &str) -> Vec<String> {
        let code = identifiers::code(code);
        let start = |length: usize| code.chars().take(length).collect::<String>();
        match self {
            Self::Full => vec![code],
            Self::Category => vec![start(CATEGORY)],
            Self::WithAncestors => {
                let length = code.chars().count();
                (CATEGORY.min(length)..=length).map(start).collect()
            }
        }
    }
}

/// How many characters the category of a code has.
const CATEGORY: usize = 3;

/// The figures when codes are compared in one form.
fn level(pairs: &[Episode], options: &CodeOptions, form: Form) -> Level {
    let (micro, documents) = tally(pairs, options, form);
    let with_gold = pairs.iter().filter(|episode| !episode.gold.codes.is_empty());
    let rankings: Vec<_> = with_gold.map(|episode| ranking(episode, options, form)).collect();
    Level {
        micro,
        macro_: ranking::macro_average(&documents),
        map: ranking::mean_average_precision(&rankings),
        recall_at: ranking::recall_at(&rankings),
    }
}

fn hierarchical(pairs: &[Episode], options: &CodeOptions) -> Hierarchical {
    let (micro, documents) = tally(pairs, options, Form::WithAncestors);
    Hierarchical { micro, macro_: ranking::macro_average(&documents) }
}

/// The counts of all episodes together, and of each that has gold codes.
fn tally(pairs: &[Episode], options: &CodeOptions, form: Form) -> (Counts, Vec<Counts>) {
    let mut micro = Counts::default();
    let mut documents = Vec::new();
    for episode in pairs {
        let counts = compared(episode, options, form);
        micro += counts;
        if !episode.gold.codes.is_empty() {
            documents.push(counts);
        }
    }
    (micro, documents)
}

fn compared(episode: &Episode, options: &CodeOptions, form: Form) -> Counts {
    let (gold, predicted) = sets(episode, options, form);
    Counts::of(gold.intersection(&predicted).count(), predicted.len(), gold.len())
}

/// The number of gold codes, and whether each code as ranked is one of them.
fn ranking(episode: &Episode, options: &CodeOptions, form: Form) -> (usize, Vec<bool>) {
    let (gold, _) = sets(episode, options, form);
    let ranked = considered(episode, options).filter(|code| code.status != Status::Rejected);
    let ranked = ranked.flat_map(|code| form.of(&code.code));
    (gold.len(), rights(ranked, &gold))
}

/// The gold and the predicted codes of an episode.
fn sets(episode: &Episode, options: &CodeOptions, form: Form) -> (HashSet<String>, HashSet<String>) {
    let gold = episode.gold.codes.iter().flat_map(|code| form.of(code)).collect();
    let predicted = considered(episode, options).filter(|code| counts_as_predicted(code, options));
    (gold, predicted.flat_map(|code| form.of(&code.code)).collect())
}

fn considered<'e>(episode: &'e Episode, options: &'e CodeOptions) -> impl Iterator<Item = &'e PredictedCode> {
    episode.predicted.iter().filter(|code| of_system(code, options.system.as_deref()))
}

/// Whether each code is in the gold; a code that comes again is passed over.
fn rights(ranked: impl Iterator<Item = String>, gold: &HashSet<String>) -> Vec<bool> {
    let mut seen = HashSet::new();
    let mut rights = Vec::new();
    for code in ranked {
        let right = gold.contains(&code);
        if seen.insert(code) {
            rights.push(right);
        }
    }
    rights
}

/// What each episode gives to the figures that are resampled.
fn scores(pairs: &[Episode], options: &CodeOptions) -> Vec<EpisodeScore> {
    let score = |episode: &Episode| EpisodeScore {
        full: compared(episode, options, Form::Full),
        category: compared(episode, options, Form::Category),
        hierarchical: compared(episode, options, Form::WithAncestors),
        average_precision: (!episode.gold.codes.is_empty())
            .then(|| ranking::average_precision(&ranking(episode, options, Form::Full))),
    };
    pairs.iter().map(score).collect()
}

/// The codes of an episode that are accepted or to review and have a score, each once.
fn proposed<'e>(episode: &'e Episode, options: &'e CodeOptions) -> impl Iterator<Item = Proposed> + 'e {
    let (gold, _) = sets(episode, options, Form::Full);
    let mut seen = BTreeSet::new();
    considered(episode, options).filter_map(move |code| {
        let form = identifiers::code(&code.code);
        let proposed = Proposed {
            score: code.score?.clamp(0.0, 1.0),
            accepted: code.status == Status::Accepted,
            right: gold.contains(&form),
        };
        (code.status != Status::Rejected && seen.insert(form)).then_some(proposed)
    })
}

/// The agreement of evidence over the episodes whose gold has some.
fn evidence(pairs: &[Episode], options: &CodeOptions) -> Option<EvidenceReport> {
    let mut report = None;
    for episode in pairs {
        let Some(gold) = &episode.gold.evidence else { continue };
        let predicted = considered(episode, options).filter(|code| counts_as_predicted(code, options));
        let pieces = predicted.flat_map(|code| {
            code.evidence.iter().map(|words| Piece {
                code: identifiers::code(&code.code),
                note: words.note.clone(),
                span: (words.start_char, words.end_char),
                text: words.text.clone(),
            })
        });
        report.get_or_insert_with(EvidenceReport::default).add(gold, &pieces.collect::<Vec<_>>());
    }
    report
}

fn of_system(code: &PredictedCode, system: Option<&str>) -> bool {
    match (&code.system, system) {
        (Some(name), Some(system)) => identifiers::names(name, system),
        _ => true,
    }
}

fn counts_as_predicted(code: &PredictedCode, options: &CodeOptions) -> bool {
    match code.status {
        Status::Accepted => true,
        Status::Review => options.review,
        Status::Rejected => false,
    }
}
