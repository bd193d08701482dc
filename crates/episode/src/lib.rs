//! From the annotated notes of an episode to its code set.
