//! The report on codes as text.

use std::fmt;

use crate::codes::CodeReport;
use crate::counts::Counts;
use crate::ranking::MeanScores;
use crate::table::{self, COUNTS, Table, figure};

impl fmt::Display for CodeReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "episodes: {}", self.episodes)?;
        writeln!(f, "{}\n{}", sets(self), ranked(self))?;
        let tables =
            [estimates(self), against(self), bands(self), evidence(self), calibration(self), deferral(self)];
        for table in tables.into_iter().flatten() {
            writeln!(f, "{table}")?;
        }
        let predicted = if self.review { "accepted and to review" } else { "accepted" };
        writeln!(f, "predicted: codes {predicted}; ranked: accepted, then to review")?;
        writeln!(f, "hierarchical: codes with their beginnings of three characters and more")?;
        writeln!(
            f,
            "macro, MAP and R@k: means over the episodes; {} without gold codes left out",
            self.without_gold
        )
    }
}

fn sets(report: &CodeReport) -> Table {
    let mut table = Table::new(std::iter::once("code sets").chain(COUNTS));
    let levels = [
        ("full codes", report.full.micro, report.full.macro_),
        ("3 characters", report.category.micro, report.category.macro_),
        ("hierarchical", report.hierarchical.micro, report.hierarchical.macro_),
    ];
    for (name, micro, mean) in levels {
        table.row(format!("{name}, micro"), table::counts(micro));
        let of = |of: fn(&MeanScores) -> f64| figure(mean.as_ref().map(of));
        table.row(format!("{name}, macro"), [of(|m| m.precision), of(|m| m.recall), of(|m| m.f1)]);
    }
    table
}

fn ranked(report: &CodeReport) -> Table {
    let depths = report.full.recall_at.iter().map(|at| format!("R@{}", at.k)).collect::<Vec<_>>();
    let mut table = Table::new(["ranked codes", "MAP"].into_iter().chain(depths.iter().map(String::as_str)));
    for (name, level) in [("full codes", &report.full), ("3 characters", &report.category)] {
        let recalls = level.recall_at.iter().map(|at| figure(at.recall));
        table.row(name, std::iter::once(figure(level.map)).chain(recalls));
    }
    table
}

fn estimates(report: &CodeReport) -> Option<Table> {
    let mut table = Table::new(["95 % intervals", "value", "from", "to"]);
    for estimate in &report.estimates {
        table.row(
            estimate.figure,
            [estimate.value, estimate.low, estimate.high].map(|value| figure(Some(value))),
        );
    }
    (!report.estimates.is_empty()).then_some(table)
}

fn against(report: &CodeReport) -> Option<Table> {
    let mut table = Table::new(["against the other", "value", "other", "diff", "from", "to", "p"]);
    for d in &report.against {
        let figures = [d.value, d.other, d.value - d.other, d.low, d.high].map(|value| figure(Some(value)));
        table.row(d.figure, figures.into_iter().chain([format!("{:.4}", d.p)]));
    }
    (!report.against.is_empty()).then_some(table)
}

fn bands(report: &CodeReport) -> Option<Table> {
    let mut table = Table::new(std::iter::once("full codes, in training").chain(COUNTS));
    for band in &report.bands {
        table.row(band.seen, table::counts(band.micro));
    }
    (!report.bands.is_empty()).then_some(table)
}

fn evidence(report: &CodeReport) -> Option<Table> {
    let evidence = report.evidence?;
    let mut table = Table::new(std::iter::once("evidence").chain(COUNTS));
    for (of, counts) in [("all codes", evidence.all_codes), ("right codes", evidence.right_codes)] {
        let mut row = |name: &str, counts: Counts| table.row(format!("{of}, {name}"), table::counts(counts));
        row("exact", counts.exact);
        row("position-independent", counts.position_independent);
        row("token", counts.token);
    }
    Some(table)
}

fn calibration(report: &CodeReport) -> Option<Table> {
    let calibration = report.calibration.as_ref()?;
    let title = format!("scores (ECE {:.3}, Brier {:.3})", calibration.ece, calibration.brier);
    let mut table = Table::new([title.as_str(), "codes", "mean", "right"]);
    for bin in &calibration.bins {
        let figures = [figure(Some(bin.score)), figure(Some(bin.right))];
        table.row(format!("from {:.1}", bin.from), [bin.codes.to_string()].into_iter().chain(figures));
    }
    Some(table)
}

fn deferral(report: &CodeReport) -> Option<Table> {
    let mut table = Table::new(["accepted unseen from", "codes", "precision", "of gold", "to a person"]);
    for point in report.deferral.iter().step_by(2) {
        let figures = [point.precision, point.recall, point.deferred].map(figure);
        table.row(format!("{:.2}", point.threshold), [point.accepted.to_string()].into_iter().chain(figures));
    }
    (!report.deferral.is_empty()).then_some(table)
}
