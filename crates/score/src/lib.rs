//! Precision, recall, F1 and MAP against gold.
