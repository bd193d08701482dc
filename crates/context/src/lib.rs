//! Abbreviations, and negation, temporality, experiencer and certainty of each mention.
