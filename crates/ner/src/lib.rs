//! Windows, batching and training of the BERT token classifier.
