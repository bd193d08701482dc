use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};

use clinlink_model::Status;
use serde::Serialize;

use crate::bands::{self, Band};
use crate::counts::Counts;
use crate::coverage::{Coverage, Pair, pair};
use crate::error::ScoreError;
use crate::gold;
use crate::identifiers;
use crate::prediction::{self, PredictedCode};
use crate::ranking::{self, MeanScores, RecallAt};
use crate::table::{self, COUNTS, Table, figure};

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
    /// Whole codes by how often the training data has them; empty if it is not given.
    pub bands: Vec<Band>,
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

/// Scores the codes of `clinlink code`.
///
/// # Errors
/// If a file cannot be read, or a line is broken or repeats an episode.
pub fn codes(gold: &Path, predicted: &Path, options: &CodeOptions) -> Result<CodeReport, ScoreError> {
    let (pairs, episodes) = pair(gold::read_codes(gold)?, prediction::read_codes(predicted)?);
    let whole = || pairs.iter().map(|episode| sets(episode, options, usize::MAX)).collect::<Vec<_>>();
    let bands = options.training.as_ref().map(|training| bands::bands(training, &whole())).transpose()?;
    Ok(CodeReport {
        episodes,
        review: options.review,
        system: options.system.clone(),
        without_gold: pairs.iter().filter(|p| p.gold.is_empty()).count(),
        full: level(&pairs, options, usize::MAX),
        category: level(&pairs, options, 3),
        bands: bands.unwrap_or_default(),
    })
}

/// The figures when only the first `length` characters of each code count.
fn level(pairs: &[Pair<String, PredictedCode>], options: &CodeOptions, length: usize) -> Level {
    let mut micro = Counts::default();
    let mut documents = Vec::new();
    let mut rankings = Vec::new();
    for episode in pairs {
        let (gold, predicted) = sets(episode, options, length);
        let counts = Counts::of(gold.intersection(&predicted).count(), predicted.len(), gold.len());
        micro += counts;
        if !gold.is_empty() {
            documents.push(counts);
            let ranked = considered(episode, options).filter(|code| code.status != Status::Rejected);
            let ranked = ranked.map(|code| form(&code.code, length));
            rankings.push((gold.len(), rights(ranked, &gold)));
        }
    }
    Level {
        micro,
        macro_: ranking::macro_average(&documents),
        map: ranking::mean_average_precision(&rankings),
        recall_at: ranking::recall_at(&rankings),
    }
}

/// The gold and the predicted codes of an episode, of which the first `length` characters count.
fn sets(
    episode: &Pair<String, PredictedCode>,
    options: &CodeOptions,
    length: usize,
) -> (HashSet<String>, HashSet<String>) {
    let gold = episode.gold.iter().map(|code| form(code, length)).collect();
    let predicted = considered(episode, options).filter(|code| counts_as_predicted(code, options));
    (gold, predicted.map(|code| form(&code.code, length)).collect())
}

fn considered<'e>(
    episode: &'e Pair<String, PredictedCode>,
    options: &'e CodeOptions,
) -> impl Iterator<Item = &'e PredictedCode> {
    episode.predicted.iter().filter(|code| of_system(code, options.system.as_deref()))
}

fn form(code: &str, length: usize) -> String {
    identifiers::code(code).chars().take(length).collect()
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

impl fmt::Display for CodeReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "episodes: {}", self.episodes)?;
        let mut sets = Table::new(std::iter::once("code sets").chain(COUNTS));
        let depths = self.full.recall_at.iter().map(|at| format!("R@{}", at.k)).collect::<Vec<_>>();
        let mut ranked =
            Table::new(["ranked codes", "MAP"].into_iter().chain(depths.iter().map(String::as_str)));
        for (name, level) in [("full codes", &self.full), ("3 characters", &self.category)] {
            sets.row(format!("{name}, micro"), table::counts(level.micro));
            let mean = |of: fn(&MeanScores) -> f64| figure(level.macro_.as_ref().map(of));
            sets.row(format!("{name}, macro"), [mean(|m| m.precision), mean(|m| m.recall), mean(|m| m.f1)]);
            let recalls = level.recall_at.iter().map(|at| figure(at.recall));
            ranked.row(name, std::iter::once(figure(level.map)).chain(recalls));
        }
        writeln!(f, "{sets}\n{ranked}")?;
        if !self.bands.is_empty() {
            let mut bands = Table::new(std::iter::once("full codes, in training").chain(COUNTS));
            for band in &self.bands {
                bands.row(band.seen, table::counts(band.micro));
            }
            writeln!(f, "{bands}")?;
        }
        let predicted = if self.review { "accepted and to review" } else { "accepted" };
        writeln!(f, "predicted: codes {predicted}; ranked: accepted, then to review")?;
        writeln!(
            f,
            "macro, MAP and R@k: means over the episodes; {} without gold codes left out",
            self.without_gold
        )
    }
}
