//! The report as a page: scores, how training went, what is taken for what, calibration, and the mistakes in their
//! sentences. It loads nothing and has no script.

use std::ops::Range;
use std::path::Path;

use askama::Template;
use clinlink_encoder::{EncoderError, write_text};
use clinlink_model::{Label, Note};

use super::report::{LabelScore, TrainReport};
use super::review::Pair;
use super::{Calibration, Document};

/// Mistakes that are shown, of each sort.
const SHOWN: usize = 100;
/// Characters that are shown on either side of a mistake.
const AROUND: usize = 60;
/// Width and height of the charts, in pixels.
const CHART: (f64, f64) = (320.0, 200.0);

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    report: &'a TrainReport,
    scores: Vec<ScoreRow>,
    /// Names of the labels, then "none".
    labels: Vec<&'static str>,
    /// The points of a line over the passes, from 0 (below) to 1.
    f1: String,
    /// The same, as a part of the greatest loss.
    loss: String,
    /// Axis marks: x and the number of the pass.
    passes: Vec<(f64, usize)>,
    calibration: &'a Calibration,
    bars: Vec<Bar>,
    mistakes: Vec<Mistakes<'a>>,
}

struct ScoreRow {
    label: &'static str,
    mentions: usize,
    precision: String,
    recall: String,
    f1: String,
    /// F1 without the hints of the gazetteer; empty for a model that has none.
    without: String,
}

/// A bin of the calibration chart.
struct Bar {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    title: String,
}

/// Mistakes of one sort.
struct Mistakes<'a> {
    name: &'static str,
    count: usize,
    shown: Vec<Mistake<'a>>,
}

/// A mistake in its sentence. What is annotated and what was found may overlap, so the words around both are quoted
/// with each in its own line.
struct Mistake<'a> {
    note: &'a str,
    gold: Option<Marked<'a>>,
    found: Option<Marked<'a>>,
    score: String,
}

struct Marked<'a> {
    label: &'static str,
    before: &'a str,
    words: &'a str,
    after: &'a str,
}

/// Writes report.html.
pub(super) fn write_page(
    report: &TrainReport,
    dev: &[Document],
    pairs: &[Pair],
    out: &Path,
) -> Result<(), EncoderError> {
    let Some(calibration) = &report.calibration else { return Ok(()) };
    let most = report.epochs.iter().map(|e| e.loss).fold(f64::MIN_POSITIVE, f64::max);
    let page = Page {
        report,
        scores: scores(report),
        labels: report.config.labels.iter().map(|label| label.name()).chain(["none"]).collect(),
        f1: line(report.epochs.iter().map(|e| e.f1)),
        loss: line(report.epochs.iter().map(|e| e.loss / most)),
        passes: report.epochs.iter().map(|e| (x(e.epoch - 1, report.epochs.len()), e.epoch)).collect(),
        calibration,
        bars: bars(calibration),
        mistakes: mistakes(dev, pairs),
    };
    let path = out.join("report.html");
    let fault = |source| EncoderError::Write { path: path.clone(), source };
    let html = page.render().map_err(|e| fault(std::io::Error::other(e)))?;
    write_text(&path, &html)
}

fn scores(report: &TrainReport) -> Vec<ScoreRow> {
    let row = |(at, score): (usize, &LabelScore)| ScoreRow {
        label: score.label.name(),
        mentions: score.true_positives + score.false_negatives,
        precision: format!("{:.3}", score.precision),
        recall: format!("{:.3}", score.recall),
        f1: format!("{:.3}", score.f1),
        without: report
            .stored_dev_without_gazetteer
            .get(at)
            .map_or_else(String::new, |score| format!("{:.3}", score.f1)),
    };
    report.stored_dev.iter().enumerate().map(row).collect()
}

fn x(at: usize, of: usize) -> f64 {
    if of < 2 { CHART.0 / 2.0 } else { CHART.0 * at as f64 / (of - 1) as f64 }
}

fn line(values: impl ExactSizeIterator<Item = f64>) -> String {
    let of = values.len();
    let point = |(at, value): (usize, f64)| format!("{:.1},{:.1}", x(at, of), CHART.1 * (1.0 - value));
    values.enumerate().map(point).collect::<Vec<_>>().join(" ")
}

fn bars(calibration: &Calibration) -> Vec<Bar> {
    let width = CHART.0 / calibration.bins.len() as f64;
    let bars = calibration.bins.iter().enumerate().filter(|(_, bin)| bin.mentions > 0);
    bars.map(|(at, bin)| Bar {
        x: width * at as f64 + 1.0,
        y: CHART.1 * (1.0 - bin.right),
        width: width - 2.0,
        height: CHART.1 * bin.right,
        title: format!("{} mentions, mean score {:.2}, right {:.2}", bin.mentions, bin.score, bin.right),
    })
    .collect()
}

fn mistakes<'a>(dev: &'a [Document], pairs: &[Pair]) -> Vec<Mistakes<'a>> {
    let mut out: Vec<Mistakes> = Vec::new();
    for pair in pairs {
        let Some(fault) = pair.fault() else { continue };
        let at = out.iter().position(|m| m.name == fault.name()).unwrap_or_else(|| {
            out.push(Mistakes { name: fault.name(), count: 0, shown: Vec::new() });
            out.len() - 1
        });
        out[at].count += 1;
        if out[at].shown.len() < SHOWN {
            out[at].shown.push(mistake(&dev[pair.document].note, pair));
        }
    }
    out
}

fn mistake<'a>(note: &'a Note, pair: &Pair) -> Mistake<'a> {
    Mistake {
        note: note.id(),
        gold: pair.gold.map(|(span, label)| marked(note.text(), span.start()..span.end(), label)),
        found: pair.found.map(|(span, label, _)| marked(note.text(), span.start()..span.end(), label)),
        score: pair.found.map_or_else(String::new, |(_, _, score)| format!("{score:.2}")),
    }
}

fn marked(text: &str, span: Range<usize>, label: Label) -> Marked<'_> {
    let (before, after) = (&text[..span.start], &text[span.end..]);
    let start = before.char_indices().rev().nth(AROUND - 1).map_or(0, |(at, _)| at);
    let end = after.char_indices().nth(AROUND).map_or(after.len(), |(at, _)| at);
    Marked { label: label.name(), before: &before[start..], words: &text[span], after: &after[..end] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_around_a_mention_are_cut_at_characters() {
        let text = format!("{}fever{}", "ä".repeat(70), "ö".repeat(70));
        let found = marked(&text, 140..145, Label::Disease);
        assert_eq!(
            (found.before.chars().count(), found.words, found.after.chars().count()),
            (60, "fever", 60)
        );
        let found = marked("fever", 0..5, Label::Disease);
        assert_eq!((found.before, found.words, found.after), ("", "fever", ""));
    }

    #[test]
    fn a_line_runs_from_left_to_right() {
        assert_eq!(line([0.0, 0.5, 1.0].into_iter()), "0.0,200.0 160.0,100.0 320.0,0.0");
        assert_eq!(line([1.0].into_iter()), "160.0,0.0");
    }
}
