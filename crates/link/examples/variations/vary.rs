//! The ways in which a term is changed.

/// Numbers that look random, the same in each run (`SplitMix64`).
pub struct Random(u64);

impl Random {
    /// Numbers that depend on a name only.
    pub fn seeded(name: &str) -> Self {
        Self(name.bytes().fold(0xC11A_114C, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into())))
    }

    /// A number below `end`, which is above 0.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// A way to change a term; `None` if the term cannot be changed so.
type Variation = fn(&str, &mut Random) -> Option<String>;

/// All of them but abbreviations.
pub const VARIATIONS: [(&str, Variation); 9] = [
    ("exact", |term, _| Some(term.to_owned())),
    ("typo", typo),
    ("two-typos", two_typos),
    ("plural", plural),
    ("hyphen", hyphen),
    ("line-break", line_break),
    ("british", british),
    ("word-order", word_order),
    ("adjective", adjective),
];

/// One edit in a word of at least five letters: a letter dropped, doubled or changed, or two swapped.
fn typo(term: &str, random: &mut Random) -> Option<String> {
    misspelt(term, (5, 0, 1), random)
}

/// Two edits in a word of at least nine letters, whose first letter stays.
fn two_typos(term: &str, random: &mut Random) -> Option<String> {
    misspelt(term, (9, 1, 2), random)
}

/// So many edits behind the first `kept` letters of a word of at least `least` letters.
fn misspelt(term: &str, (least, kept, edits): (usize, usize, usize), random: &mut Random) -> Option<String> {
    let mut words: Vec<String> = term.split(' ').map(str::to_owned).collect();
    let is_long = |word: &String| word.len() >= least && word.bytes().all(|b| b.is_ascii_alphabetic());
    let long: Vec<usize> = (0..words.len()).filter(|&at| is_long(&words[at])).collect();
    let at = *(!long.is_empty()).then(|| random.pick(&long))?;
    let mut letters: Vec<char> = words[at].chars().collect();
    for _ in 0..edits {
        let place = kept + random.below(letters.len() - 1 - kept);
        let letter = char::from(b'a' + random.below(26) as u8);
        match random.below(4) {
            0 => drop(letters.remove(place)),
            1 => letters.insert(place, letter),
            2 => letters[place] = letter,
            _ => letters.swap(place, place + 1),
        }
    }
    words[at] = letters.into_iter().collect();
    Some(words.join(" ")).filter(|varied| !varied.eq_ignore_ascii_case(term))
}

/// The last word in the plural.
fn plural(term: &str, _: &mut Random) -> Option<String> {
    let last = term.rsplit(' ').next()?;
    if last.len() < 4 || !last.bytes().all(|b| b.is_ascii_lowercase()) {
        return None;
    }
    let vowel_before_y = |stem: &str| stem.ends_with(['a', 'e', 'i', 'o', 'u']);
    if let Some(stem) = term.strip_suffix("sis") {
        return Some(format!("{stem}ses"));
    }
    if let Some(stem) = term.strip_suffix('y').filter(|stem| !vowel_before_y(stem)) {
        return Some(format!("{stem}ies"));
    }
    if term.ends_with('s') || term.ends_with("ia") {
        // A plural already, or a state that has none.
        return None;
    }
    let sibilant = ["x", "ch", "sh"].iter().any(|ending| term.ends_with(ending));
    Some(format!("{term}{}", if sibilant { "es" } else { "s" }))
}

/// A space as a hyphen, a hyphen as a space or left out.
fn hyphen(term: &str, random: &mut Random) -> Option<String> {
    let places: Vec<usize> = term.match_indices([' ', '-']).map(|(at, _)| at).collect();
    let at = *(!places.is_empty()).then(|| random.pick(&places))?;
    let other = match (term.as_bytes()[at], random.below(2)) {
        (b' ', _) => "-",
        (_, 0) => " ",
        _ => "",
    };
    Some(format!("{}{other}{}", &term[..at], &term[at + 1..]))
}

/// A line break in place of a space, as in text of fixed width.
fn line_break(term: &str, random: &mut Random) -> Option<String> {
    let places: Vec<usize> = term.match_indices(' ').map(|(at, _)| at).collect();
    let at = *(!places.is_empty()).then(|| random.pick(&places))?;
    let line_break = *random.pick(&["\n", "\r\n", "\n    "]);
    Some(format!("{}{line_break}{}", &term[..at], &term[at + 1..]))
}

/// British spelling of an American term.
fn british(term: &str, _: &mut Random) -> Option<String> {
    const PARTS: [(&str, &str); 22] = [
        ("anemi", "anaemi"),
        ("hemorrh", "haemorrh"),
        ("hemat", "haemat"),
        ("hemo", "haemo"),
        ("ischemi", "ischaemi"),
        ("glycemi", "glycaemi"),
        ("uremi", "uraemi"),
        ("leukemi", "leukaemi"),
        ("thalassemi", "thalassaemi"),
        ("edema", "oedema"),
        ("esophag", "oesophag"),
        ("diarrhea", "diarrhoea"),
        ("dyspnea", "dyspnoea"),
        ("apnea", "apnoea"),
        ("estrogen", "oestrogen"),
        ("fetal", "foetal"),
        ("tumor", "tumour"),
        ("paresthesia", "paraesthesia"),
        ("celiac", "coeliac"),
        ("behavior", "behaviour"),
        ("orthopedic", "orthopaedic"),
        ("pheochromocyt", "phaeochromocyt"),
    ];
    let (american, british) = PARTS.iter().find(|(american, _)| term.contains(american))?;
    let done = term.contains(british) || term.contains("angioedema");
    (!done).then(|| term.replacen(american, british, 1))
}

/// The last word first, as in an index: `failure, renal`; of two nouns, one `of` the other.
fn word_order(term: &str, random: &mut Random) -> Option<String> {
    const JOINS: [&str; 8] = ["of", "in", "with", "and", "or", "to", "due", "by"];
    if (2..=5).contains(&term.split(' ').count()) && !term.split(' ').any(|word| JOINS.contains(&word)) {
        let (before, last) = term.rsplit_once(' ')?;
        // A number or a letter at the end belongs to the word before it.
        return (last.len() > 3).then(|| match random.below(2) {
            0 => format!("{last}, {before}"),
            _ => format!("{last} {before}"),
        });
    }
    let (head, of) = term.split_once(" of ")?;
    (!of.contains(" of ")).then(|| format!("{} {head}", of.trim_start_matches("the ")))
}

/// A word that says how much, since when or how sure, before the term or before its last word.
fn adjective(term: &str, random: &mut Random) -> Option<String> {
    const ADJECTIVES: [&str; 14] = [
        "severe",
        "mild",
        "moderate",
        "new",
        "known",
        "recurrent",
        "persistent",
        "marked",
        "progressive",
        "significant",
        "extensive",
        "worsening",
        "symptomatic",
        "slight",
    ];
    let adjective = random.pick(&ADJECTIVES);
    if random.below(2) == 0 {
        return Some(format!("{adjective} {term}"));
    }
    let (before, last) = term.rsplit_once(' ')?;
    (last.len() > 3).then(|| format!("{before} {adjective} {last}"))
}
