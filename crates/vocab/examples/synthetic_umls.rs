//! A release in the format and of the size of the UMLS from invented terms: `synthetic_umls META [THOUSAND_TERMS]` (5000)
//! writes MRCONSO, MRSTY, MRRANK, MRREL and MRDEF into the folder META, for `build_pack RECIPES OUT umls=META`.
//!
//! Two terms and a half a concept (see `invented`) that the recipe keeps. Beside them stand what it leaves out: Spanish
//! names for every other concept, obsolete names for every fourth, concepts of unwanted types (1 in 11), and relations
//! that are neither hierarchy nor broader or narrower. Each relation stands in both directions, as in a release.

mod invented;

use std::fs::{self, File};
use std::io::{BufWriter, Result, Write};
use std::path::Path;

use invented::Numbers;

/// Sources with the type of their first and of their other names.
const SOURCES: [(&str, &str, &str); 6] = [
    ("SNOMEDCT_US", "PT", "SY"),
    ("MSH", "MH", "ET"),
    ("ICD10CM", "PT", "ET"),
    ("NCI", "PT", "SY"),
    ("MTH", "PN", "NP"),
    ("RXNORM", "IN", "SY"),
];
/// Semantic types; the last one is none that the recipe keeps.
const TYPES: [(&str, &str); 6] = [
    ("T047", "Disease or Syndrome"),
    ("T033", "Finding"),
    ("T121", "Pharmacologic Substance"),
    ("T061", "Therapeutic or Preventive Procedure"),
    ("T191", "Neoplastic Process"),
    ("T170", "Intellectual Product"),
];

struct Files {
    conso: BufWriter<File>,
    sty: BufWriter<File>,
    rel: BufWriter<File>,
    def: BufWriter<File>,
    atoms: u64,
}

impl Files {
    fn create(folder: &Path) -> Result<Self> {
        let file =
            |name| -> Result<_> { Ok(BufWriter::with_capacity(1 << 20, File::create(folder.join(name))?)) };
        Ok(Self {
            conso: file("MRCONSO.RRF")?,
            sty: file("MRSTY.RRF")?,
            rel: file("MRREL.RRF")?,
            def: file("MRDEF.RRF")?,
            atoms: 0,
        })
    }

    /// A row of MRCONSO.
    fn atom(
        &mut self,
        concept: u64,
        language: &str,
        source: (&str, &str),
        name: &str,
        suppress: &str,
    ) -> Result<()> {
        self.atoms += 1;
        let (atom, (sab, tty)) = (self.atoms, source);
        let first = if tty == "SY" || tty == "ET" { "S" } else { "P" };
        writeln!(
            self.conso,
            "C{concept:07}|{language}|{first}|L{atom:08}|PF|S{atom:08}|Y|A{atom:08}||M{concept}|D{concept}|{sab}|{tty}|\
             {concept}{first}|{name}|0|{suppress}|256|"
        )
    }

    /// The two rows of a relation in MRREL: what `above` is to `below`, and the reverse.
    fn relation(&mut self, below: u64, above: u64, rel: [&str; 2], sab: &str) -> Result<()> {
        for (first, second, rel) in [(below, above, rel[0]), (above, below, rel[1])] {
            writeln!(
                self.rel,
                "C{first:07}|A{first:08}|SCUI|{rel}|C{second:07}|A{second:08}|SCUI|isa|R{first:08}|{second}|{sab}|{sab}||N|N||"
            )?;
        }
        Ok(())
    }
}

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: synthetic_umls META [THOUSAND_TERMS]")?;
    let folder = Path::new(&folder);
    let thousands: u64 = arguments.next().map_or(Ok(5000), |text| text.parse())?;
    fs::create_dir_all(folder)?;
    let mut numbers = Numbers(1);
    let mut files = Files::create(folder)?;
    for concept in 1..=thousands * 400 * 11 / 10 {
        add(concept, &mut numbers, &mut files)?;
    }
    let mut rank = BufWriter::new(File::create(folder.join("MRRANK.RRF"))?);
    for (number, (sab, first, other)) in SOURCES.iter().enumerate() {
        for (more, tty) in [(100, first), (0, other)] {
            writeln!(rank, "{:04}|{sab}|{tty}|N|", more + number)?;
        }
    }
    Ok(())
}

/// Writes a concept with its names, its type, its relations and every tenth time a definition.
fn add(concept: u64, numbers: &mut Numbers, files: &mut Files) -> Result<()> {
    let (sab, first, other) = SOURCES[(concept % 6) as usize];
    files.atom(concept, "ENG", (sab, first), &numbers.term(), "N")?;
    for _ in 0..=concept % 2 {
        files.atom(concept, "ENG", (sab, other), &numbers.term(), "N")?;
    }
    if concept.is_multiple_of(2) {
        files.atom(concept, "SPA", ("MSHSPA", "MH"), &numbers.term(), "N")?;
    }
    if concept.is_multiple_of(4) {
        files.atom(concept, "ENG", (sab, "OP"), &numbers.term(), "O")?;
    }
    let (tui, name) = if concept.is_multiple_of(11) { TYPES[5] } else { TYPES[(concept % 5) as usize] };
    writeln!(files.sty, "C{concept:07}|{tui}|B2.2.1|{name}|AT{concept:08}|256|")?;
    if concept.is_multiple_of(10) {
        let text = [numbers.term(), numbers.term(), numbers.term(), numbers.term()].join(", ");
        writeln!(files.def, "C{concept:07}|A{concept:08}|AT{concept:08}||MSH|{text}|N||")?;
    }
    if concept > 10 {
        files.relation(concept, concept / 10, ["PAR", "CHD"], "SNOMEDCT_US")?;
        files.relation(concept, concept / 10, ["RO", "RO"], "MSH")?;
        if concept.is_multiple_of(5) {
            let broader = 1 + numbers.below(concept - 1);
            files.relation(concept, broader, ["RB", "RN"], "MTH")?;
        }
    }
    Ok(())
}
