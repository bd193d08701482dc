//! From mentions to concepts: dictionary, candidates, ranking, NIL.
