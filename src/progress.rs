//! Progress on stderr, when it is a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A counter of notes whose number is not known beforehand.
pub fn notes() -> ProgressBar {
    let bar = ProgressBar::no_length();
    bar.set_style(style("{spinner} {pos} notes, {per_sec}, {elapsed}{msg}"));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// A line that says what is being done.
pub fn task() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    bar.set_style(style("{spinner} {msg} ({elapsed})"));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// A bar of `steps` steps with the time that is left.
pub fn steps(steps: u64) -> ProgressBar {
    let bar = ProgressBar::new(steps);
    bar.set_style(style("{wide_bar} {pos}/{len} steps, {eta} left{msg}"));
    bar
}

/// A bar of terms with the time that is left.
pub fn terms() -> ProgressBar {
    let bar = ProgressBar::new(0);
    bar.set_style(style("{wide_bar} {pos}/{len} terms, {per_sec}, {eta} left"));
    bar
}

/// The style, or indicatif's own should the template be faulty.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}
