//! The report on codes as one self-contained page, without a script.

use std::io::{self, Write};

use askama::Template;

use crate::calibration::{Bin, Calibration, Deferral};
use crate::codes::CodeReport;
use crate::counts::Counts;
use crate::evidence::EvidenceCounts;
use crate::table::figure;

/// Writes a report on codes as an HTML page. It holds figures only, no text of a note.
///
/// # Errors
/// If `out` refuses.
pub fn write_code_page(report: &CodeReport, out: &mut impl Write) -> io::Result<()> {
    let page = Page {
        report,
        sets: sets(report),
        bands: report.bands.iter().map(|band| Row::new(band.seen, band.micro)).collect(),
        evidence: evidence(report),
        calibration: report.calibration.as_ref().map(CalibrationPlot::new),
        curve: curve(&report.deferral),
    };
    out.write_all(page.render().map_err(io::Error::other)?.as_bytes())
}

#[derive(Template)]
#[template(path = "codes.html")]
struct Page<'a> {
    report: &'a CodeReport,
    sets: Vec<Row>,
    bands: Vec<Row>,
    evidence: Vec<Row>,
    calibration: Option<CalibrationPlot<'a>>,
    curve: Vec<Point>,
}

/// Precision, recall and F1 of one kind of things.
struct Row {
    name: String,
    precision: String,
    recall: String,
    f1: String,
    /// F1 in hundredths, for a bar.
    bar: f64,
    counts: Counts,
}

impl Row {
    fn new(name: impl Into<String>, counts: Counts) -> Self {
        Self {
            name: name.into(),
            precision: figure(counts.precision()),
            recall: figure(counts.recall()),
            f1: figure(counts.f1()),
            bar: 100.0 * counts.f1().unwrap_or(0.0),
            counts,
        }
    }
}

fn sets(report: &CodeReport) -> Vec<Row> {
    vec![
        Row::new("full codes", report.full.micro),
        Row::new("3 characters", report.category.micro),
        Row::new("hierarchical", report.hierarchical.micro),
    ]
}

fn evidence(report: &CodeReport) -> Vec<Row> {
    let rows = |of: &str, counts: EvidenceCounts| {
        [
            Row::new(format!("{of}, exact"), counts.exact),
            Row::new(format!("{of}, position-independent"), counts.position_independent),
            Row::new(format!("{of}, token"), counts.token),
        ]
    };
    let report = report.evidence.into_iter();
    report
        .flat_map(|e| rows("all codes", e.all_codes).into_iter().chain(rows("right codes", e.right_codes)))
        .collect()
}

/// The side of a plot, in its own units.
const SIDE: f64 = 300.0;

/// A mark on a plot, from the upper left corner.
struct Point {
    x: f64,
    y: f64,
    radius: f64,
    says: String,
}

impl Point {
    fn new(x: f64, y: f64, radius: f64, says: String) -> Self {
        let rounded = |value: f64| (value * 10.0).round() / 10.0;
        Self { x: rounded(x * SIDE), y: rounded((1.0 - y) * SIDE), radius: rounded(radius), says }
    }
}

/// Mean score and share of right codes, by bin.
struct CalibrationPlot<'a> {
    figures: &'a Calibration,
    ece: String,
    brier: String,
    points: Vec<Point>,
}

impl<'a> CalibrationPlot<'a> {
    fn new(figures: &'a Calibration) -> Self {
        let most = figures.bins.iter().map(|bin| bin.codes).max().unwrap_or(1) as f64;
        let point = |bin: &Bin| {
            let says = format!("{} codes: mean score {:.2}, right {:.2}", bin.codes, bin.score, bin.right);
            Point::new(bin.score, bin.right, 3.0 + 9.0 * (bin.codes as f64 / most).sqrt(), says)
        };
        Self {
            figures,
            ece: figure(Some(figures.ece)),
            brier: figure(Some(figures.brier)),
            points: figures.bins.iter().map(point).collect(),
        }
    }
}

/// Precision over the share of codes that is accepted unseen.
fn curve(deferral: &[Deferral]) -> Vec<Point> {
    let point = |at: &Deferral| {
        let unseen = 1.0 - at.deferred?;
        let precision = at.precision?;
        let says = format!(
            "from {:.2}: {} codes accepted unseen, {precision:.3} right; {:.0} % of the proposed codes to a person",
            at.threshold,
            at.accepted,
            100.0 * (1.0 - unseen),
        );
        Some(Point::new(unseen, precision, 3.5, says))
    };
    deferral.iter().filter_map(point).collect()
}
