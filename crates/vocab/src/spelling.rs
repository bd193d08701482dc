//! British spelling to American, by the parts of words in which the two differ in medical English.

/// Parts with *ae* or *oe* that may stand anywhere in a word.
const DIGRAPHS: [(&str, &str); 21] = [
    ("aem", "em"),       // haemorrhage, anaemia, ischaemia, uraemia
    ("aesth", "esth"),   // anaesthesia, paraesthesia
    ("paed", "ped"),     // paediatric, orthopaedic
    ("gynaec", "gynec"), // gynaecology
    ("phaeo", "pheo"),   // phaeochromocytoma
    ("aetio", "etio"),   // aetiology
    ("praee", "pree"),   // praeeclampsia
    ("naev", "nev"),     // naevus
    ("caec", "cec"),     // caecum
    ("faec", "fec"),     // faeces
    ("oedem", "edem"),   // oedema, lymphoedema
    ("oesoph", "esoph"), // oesophagus
    ("oestr", "estr"),   // oestrogen
    ("rrhoe", "rrhe"),   // diarrhoea, seborrhoeic
    ("pnoe", "pne"),     // apnoea, dyspnoeic
    ("coeli", "celi"),   // coeliac
    ("amoeb", "ameb"),   // amoebic
    ("foet", "fet"),     // foetal
    ("homoeo", "homeo"), // homoeostasis
    ("noeuv", "neuv"),   // manoeuvre
    ("oelom", "elom"),   // coelom
];

/// Parts that may stand anywhere in a word, without *ae* or *oe*.
const PARTS: [(&str, &str); 6] = [
    ("sulph", "sulf"),
    ("leucocyt", "leukocyt"),
    ("leucop", "leukop"),
    ("leucod", "leukod"),
    ("tumour", "tumor"),
    ("isation", "ization"),
];

/// Endings.
const ENDINGS: [(&str, &str); 21] = [
    ("alise", "alize"),
    ("alised", "alized"),
    ("alising", "alizing"),
    ("ilised", "ilized"),
    ("otised", "otized"),
    ("lyse", "lyze"),
    ("lysed", "lyzed"),
    ("colour", "color"),
    ("coloured", "colored"),
    ("behaviour", "behavior"),
    ("behavioural", "behavioral"),
    ("labour", "labor"),
    ("odour", "odor"),
    ("fibre", "fiber"),
    ("centre", "center"),
    ("litre", "liter"),
    ("goitre", "goiter"),
    ("titre", "titer"),
    ("aluminium", "aluminum"),
    ("mould", "mold"),
    ("grey", "gray"),
];

/// Gives a word of lower-case ASCII letters its American spelling.
pub(crate) fn make_american(word: &mut String) {
    let hints = Hints::of(word);
    if hints.digraph {
        for (british, american) in DIGRAPHS {
            // American English keeps the o of angioedema.
            if let Some(at) = word.find(british)
                && !(british == "oedem" && word[..at].ends_with("angi"))
            {
                word.replace_range(at..at + british.len(), american);
            }
        }
    }
    if hints.part {
        for (british, american) in PARTS {
            if let Some(at) = word.find(british) {
                word.replace_range(at..at + british.len(), american);
            }
        }
    }
    if hints.ending {
        let stem = word.trim_end_matches('s').len();
        for (british, american) in ENDINGS {
            if word[..stem].ends_with(british) {
                word.replace_range(stem - british.len()..stem, american);
                break;
            }
        }
    }
}

/// Which lists can apply to a word at all: one pass over its letters spares nearly all words the lists.
struct Hints {
    digraph: bool,
    part: bool,
    ending: bool,
}

impl Hints {
    fn of(word: &str) -> Self {
        let bytes = word.as_bytes();
        let mut hints = Self { digraph: false, part: false, ending: false };
        for pair in bytes.windows(2) {
            match pair {
                b"ae" | b"oe" => hints.digraph = true,
                b"lp" | b"uc" | b"mo" | b"sa" => hints.part = true,
                b"is" | b"ys" | b"ou" | b"re" | b"ni" => hints.ending = true,
                _ => {}
            }
        }
        hints
    }
}
