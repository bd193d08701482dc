use std::ops::AddAssign;

use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

/// True positives, false positives and false negatives. Add them up first; divide last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Predicted and in the gold.
    pub tp: usize,
    /// Predicted, not in the gold.
    pub fp: usize,
    /// In the gold, not predicted.
    pub fn_: usize,
}

impl Counts {
    /// The counts when `tp` of `predicted` things are among the `gold` ones.
    pub(crate) fn of(tp: usize, predicted: usize, gold: usize) -> Self {
        Self { tp, fp: predicted - tp, fn_: gold - tp }
    }

    /// The share of what is predicted that is right, 0 to 1; `None` if nothing is predicted.
    pub fn precision(self) -> Option<f64> {
        ratio(self.tp, self.tp + self.fp)
    }

    /// The share of the gold that is predicted, 0 to 1; `None` if the gold is empty.
    pub fn recall(self) -> Option<f64> {
        ratio(self.tp, self.tp + self.fn_)
    }

    /// The harmonic mean of precision and recall, 0 to 1; `None` if nothing is predicted and the gold is empty.
    pub fn f1(self) -> Option<f64> {
        ratio(2 * self.tp, 2 * self.tp + self.fp + self.fn_)
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.tp += other.tp;
        self.fp += other.fp;
        self.fn_ += other.fn_;
    }
}

impl Serialize for Counts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Counts", 6)?;
        fields.serialize_field("precision", &self.precision())?;
        fields.serialize_field("recall", &self.recall())?;
        fields.serialize_field("f1", &self.f1())?;
        fields.serialize_field("tp", &self.tp)?;
        fields.serialize_field("fp", &self.fp)?;
        fields.serialize_field("fn", &self.fn_)?;
        fields.end()
    }
}

/// `part / whole`, or `None` if there is no whole.
pub(crate) fn ratio(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::Counts;

    #[rstest]
    #[case::mixed(Counts { tp: 3, fp: 1, fn_: 2 }, Some(0.75), Some(0.6), Some(6.0 / 9.0))]
    #[case::nothing_predicted(Counts { tp: 0, fp: 0, fn_: 2 }, None, Some(0.0), Some(0.0))]
    #[case::nothing_in_gold(Counts { tp: 0, fp: 4, fn_: 0 }, Some(0.0), None, Some(0.0))]
    #[case::nothing_at_all(Counts::default(), None, None, None)]
    fn figures_of_counts(
        #[case] counts: Counts,
        #[case] precision: Option<f64>,
        #[case] recall: Option<f64>,
        #[case] f1: Option<f64>,
    ) {
        assert_eq!((counts.precision(), counts.recall(), counts.f1()), (precision, recall, f1));
    }
}
