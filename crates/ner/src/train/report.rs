use std::collections::BTreeSet;

use clinlink_model::{Label, Layout, Mention, Note, Segmenter, Span, TagError, Tagger};
use serde::{Deserialize, Serialize};

use super::calibration::Calibration;
use super::review::judgeable;
use super::{Document, Progress, TrainConfig};

/// Strict scores of one label: a mention is right if span and label are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabelScore {
    /// The label.
    pub label: Label,
    /// Mentions found that are gold.
    pub true_positives: usize,
    /// Mentions found that are not gold.
    pub false_positives: usize,
    /// Gold mentions not found.
    pub false_negatives: usize,
    /// Precision, 0 to 1; 0 if nothing was found.
    pub precision: f64,
    /// Recall, 0 to 1; 0 if there is no gold mention.
    pub recall: f64,
    /// Harmonic mean of both.
    pub f1: f64,
}

/// What one pass over the documents gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EpochReport {
    /// Number of the pass, from 1.
    pub epoch: usize,
    /// Mean loss over the pass, in nats a word.
    pub loss: f64,
    /// Scores on the development documents after it, with 32-bit weights.
    pub dev: Vec<LabelScore>,
    /// Mean of the labels' F1.
    pub f1: f64,
}

/// What was trained, on what, how, and how well it does: the content of report.json.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainReport {
    /// The settings.
    pub config: TrainConfig,
    /// The SHA-256 of the base and of all documents, their texts, mentions, shares and what the gazetteer finds in them.
    pub input_sha256: String,
    /// Documents trained on.
    pub train_documents: usize,
    /// Mentions in them, for each label of the settings.
    pub train_mentions: Vec<usize>,
    /// Windows that they were cut into.
    pub train_windows: usize,
    /// Documents held apart.
    pub dev_documents: usize,
    /// Mentions in them, for each label of the settings.
    pub dev_mentions: Vec<usize>,
    /// One entry a pass.
    pub epochs: Vec<EpochReport>,
    /// The pass whose weights were kept: the one with the best mean F1.
    pub best_epoch: usize,
    /// Scores on the development documents of the model as it is stored; empty until training is done.
    pub stored_dev: Vec<LabelScore>,
    /// The same without the hints of the gazetteer; empty for a model that has none.
    pub stored_dev_without_gazetteer: Vec<LabelScore>,
    /// How often the stored model takes a label (row) for another (column); the last row and column stand for none.
    pub confusion: Vec<Vec<usize>>,
    /// How well its scores are calibrated; `None` until training is done.
    pub calibration: Option<Calibration>,
}

impl TrainReport {
    /// Whether the last pass was the best so far.
    pub(super) fn is_best(&self) -> bool {
        self.best_epoch > 0 && self.best_epoch == self.epochs.len()
    }

    /// Whether the last `patience` passes were no better than the best.
    pub(super) fn is_stopped(&self) -> bool {
        self.config.patience.is_some_and(|patience| self.epochs.len() >= self.best_epoch + patience)
    }
}

impl EpochReport {
    pub(super) fn progress(&self) -> Progress {
        Progress::Pass { pass: self.epoch, loss: self.loss, f1: self.f1 }
    }
}

impl LabelScore {
    fn new(label: Label, found: usize, gold: usize, both: usize) -> Self {
        let part = |whole: usize| if whole == 0 { 0.0 } else { both as f64 / whole as f64 };
        let (precision, recall) = (part(found), part(gold));
        let f1 = if both == 0 { 0.0 } else { 2.0 * precision * recall / (precision + recall) };
        Self {
            label,
            true_positives: both,
            false_positives: found - both,
            false_negatives: gold - both,
            precision,
            recall,
            f1,
        }
    }
}

/// Strict precision, recall and F1 of `tagger` for each of `labels`, over the documents that annotate the label.
///
/// # Errors
/// If the tagger fails.
pub fn evaluate(
    tagger: &dyn Tagger,
    labels: &[Label],
    documents: &[Document],
    segmenter: &dyn Segmenter,
) -> Result<Vec<LabelScore>, TagError> {
    let found = tagger.tag(&batch(documents, &layouts(documents, segmenter)))?;
    Ok(scores(labels, documents, &judgeable(labels, documents, found)))
}

pub(super) fn layouts(documents: &[Document], segmenter: &dyn Segmenter) -> Vec<Layout> {
    documents.iter().map(|document| segmenter.segment(&document.note)).collect()
}

pub(super) fn batch<'a>(documents: &'a [Document], layouts: &'a [Layout]) -> Vec<(&'a Note, &'a Layout)> {
    documents.iter().map(|document| &document.note).zip(layouts).collect()
}

/// Scores of the mentions `found` in each document, by label.
pub(super) fn scores(labels: &[Label], documents: &[Document], found: &[Vec<Mention>]) -> Vec<LabelScore> {
    let of = |&label: &Label| {
        let (mut n_found, mut n_gold, mut n_both) = (0, 0, 0);
        for (document, mentions) in documents.iter().zip(found).filter(|(d, _)| d.annotated.contains(&label))
        {
            let mentions = mentions.iter().map(|m| (m.span, m.label));
            let found: BTreeSet<Span> = mentions.filter(|m| m.1 == label).map(|m| m.0).collect();
            let gold: BTreeSet<Span> =
                document.mentions.iter().filter(|m| m.1 == label).map(|m| m.0).collect();
            n_found += found.len();
            n_gold += gold.len();
            n_both += found.intersection(&gold).count();
        }
        LabelScore::new(label, n_found, n_gold, n_both)
    };
    labels.iter().map(of).collect()
}

/// Mean of the F1 of those labels that the documents annotate.
pub(super) fn mean_f1(scores: &[LabelScore]) -> f64 {
    let known: Vec<f64> =
        scores.iter().filter(|s| s.true_positives + s.false_negatives > 0).map(|s| s.f1).collect();
    // The sum of none would be -0.
    known.iter().fold(0.0, |sum, f1| sum + f1) / known.len().max(1) as f64
}

/// Number of mentions of each label.
pub(super) fn count(labels: &[Label], documents: &[Document]) -> Vec<usize> {
    let of = |label| documents.iter().flat_map(|d| &d.mentions).filter(|m| m.1 == label).count();
    labels.iter().map(|&label| of(label)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_of_no_scores_is_0() {
        assert_eq!(format!("{:.4}", mean_f1(&[LabelScore::new(Label::Disease, 3, 0, 0)])), "0.0000");
        let known = [LabelScore::new(Label::Disease, 2, 2, 1), LabelScore::new(Label::Chemical, 0, 2, 0)];
        assert!((mean_f1(&known) - 0.25).abs() < 1e-9);
    }
}
