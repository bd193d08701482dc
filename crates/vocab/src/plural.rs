//! Plural endings: English ones and the common Greek and Latin ones.

/// Words whose last *s* is no plural ending and whose shorter form is another word, or would read badly.
fn is_fixed(word: &str) -> bool {
    matches!(
        word,
        "diabetes"
            | "herpes"
            | "rabies"
            | "scabies"
            | "caries"
            | "series"
            | "species"
            | "ascites"
            | "facies"
            | "pancreas"
            | "biceps"
            | "triceps"
            | "quadriceps"
            | "forceps"
            | "lens"
            | "mumps"
            | "measles"
            | "rickets"
            | "tinnitus"
            | "aids"
            | "ards"
            | "sars"
            | "mers"
            | "sids"
            | "pots"
            | "shingles"
            | "yaws"
            | "hives"
            | "does"
            | "always"
            | "perhaps"
    )
}

/// Takes the plural ending off a word of more than three lower-case ASCII letters.
pub(crate) fn make_singular(word: &mut String) {
    if !word.ends_with('s') {
        // vertebrae, bursae
        if word.len() > 4 && word.ends_with("ae") {
            word.pop();
        }
        return;
    }
    if word.ends_with("ss") || word.ends_with("us") || word.ends_with("is") || is_fixed(word) {
        return;
    }
    let (cut, add) = ending(word);
    word.truncate(word.len() - cut);
    word.push_str(add);
}

/// How many letters to take off a word in *-s*, and what to put there.
fn ending(word: &str) -> (usize, &'static str) {
    let ends = |suffix: &str| word.ends_with(suffix);
    let any = |suffixes: &[&str]| suffixes.iter().any(|suffix| word.ends_with(suffix));
    if ends("ies") && word.len() > 4 {
        (3, "y") // arteries
    } else if !ends("es") || ends("aches") {
        (1, "") // ulcers, headaches
    } else if any(&["sses", "shes", "ches", "xes", "zzes"]) {
        (2, "") // abscesses, rashes, patches, reflexes
    } else if word.len() > 5 && any(&["oses", "yses", "stases", "crises", "theses", "reses"]) {
        (2, "is") // diagnoses, metastases, prostheses, pareses
    } else if ends("uses") && !any(&["auses", "ouses", "buses", "fuses", "muses"]) {
        (2, "") // viruses, sinuses; not causes, abuses
    } else {
        (1, "")
    }
}
