//! A small invented pack and layouts for the tests of linking.
#![allow(dead_code, missing_docs, clippy::unwrap_used, clippy::too_many_lines)]

use std::sync::Arc;

use clinlink_model::{Label, Layout, Note, Section, SectionKind, Sentence, System};
use clinlink_vocab::{Pack, PackBuilder, Relation, TermKind};

pub fn pack() -> Arc<Pack> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pack");
    let mut builder = PackBuilder::new();
    let icd = System::ICD10CM;
    let mut code = |code: &str, title: &str, terms: &[(&str, TermKind)]| {
        builder.concept(&icd, code, title, Label::Disease);
        for (term, kind) in terms {
            builder.term(term, *kind);
        }
    };
    code("E11", "Type 2 diabetes mellitus", &[("diabetes", TermKind::Index)]);
    code("E11.9", "Type 2 diabetes mellitus without complications", &[]);
    code("E23.2", "Diabetes insipidus", &[("diabetes", TermKind::Related)]);
    code("J18.9", "Pneumonia, unspecified organism", &[("pneumonia", TermKind::Synonym)]);
    code("J15.9", "Unspecified bacterial pneumonia", &[("pneumonia", TermKind::Index)]);
    code("M25.56", "Pain in knee", &[("knee pain", TermKind::Index)]);
    code("N13.5", "Crossing vessel and stricture of ureter", &[("stenosis ureter", TermKind::Index)]);
    code("I50.9", "Heart failure, unspecified", &[("congestive heart failure", TermKind::Synonym)]);
    code("K72.9", "Hepatic failure, unspecified", &[("liver failure", TermKind::Synonym)]);
    code("N19", "Unspecified kidney failure", &[("kidney failure", TermKind::Synonym)]);
    code("R20.8", "Synesthesia", &[]);
    code("I10", "Essential hypertension", &[("hypertension", TermKind::Synonym)]);
    code(
        "I95.9",
        "Hypotension, unspecified",
        &[("hypotension", TermKind::Synonym), ("low blood pressure", TermKind::Synonym)],
    );
    code("Q72.7", "Ectrodactyly", &[("split hand", TermKind::Synonym)]);
    code("A37", "Whooping cough", &[]);
    code(
        "K64.9",
        "Unspecified hemorrhoids",
        &[("Hemorrhoids (bleeding) NOS", TermKind::Synonym), ("bleeding", TermKind::Synonym)],
    );
    code("L98.3", "Eosinophilic cellulitis [Wells]", &[("Wells", TermKind::Synonym)]);
    code("N28.1", "Cyst of kidney", &[]);
    code("G35", "Multiple sclerosis", &[]);
    code("I34.2", "Nonrheumatic mitral stenosis", &[("mitral stenosis", TermKind::Synonym)]);
    code("I48", "Atrial fibrillation", &[]);
    code("H46", "Optic neuritis", &[]);
    code("Q61", "Polycystic kidney", &[]);
    code("M10.9", "Gout, unspecified", &[("gout", TermKind::Synonym)]);
    code("M45", "Ankylosing spondylitis", &[("ANKS", TermKind::Synonym), ("AS", TermKind::Synonym)]);
    code("Q92", "Cat eye syndrome", &[("CAT", TermKind::Synonym)]);
    code("R69", "Illness, unspecified", &[("disease", TermKind::Synonym)]);
    code("J45", "Asthma", &[("asthma allergic", TermKind::Index)]);
    code("J30", "Allergic rhinitis", &[]);
    code("J00", "Acute nasopharyngitis", &[("cold", TermKind::Synonym)]);
    code("F32.A", "Depression, unspecified", &[("depression", TermKind::Synonym)]);
    code("I63.9", "Cerebral infarction, unspecified", &[("stroke", TermKind::Synonym)]);
    code("B15.9", "Hepatitis A without hepatic coma", &[("hepatitis A", TermKind::Synonym)]);
    code("B19.10", "Unspecified viral hepatitis B", &[("hepatitis B", TermKind::Synonym)]);
    code("C18.9", "Malignant neoplasm of colon", &[("colon cancer", TermKind::Synonym)]);
    code("C78.7", "Secondary malignant neoplasm of liver", &[("metastasis to liver", TermKind::Synonym)]);
    code("C78.00", "Secondary malignant neoplasm of lung", &[("metastasis to lung", TermKind::Synonym)]);
    code("C79.51", "Secondary malignant neoplasm of bone", &[("metastasis to bone", TermKind::Synonym)]);
    code("R10.2", "Bone bruise", &[]);
    code("M25.55", "Pain in hip", &[]);
    code(
        "I45.10",
        "Unspecified right bundle branch block",
        &[("right bundle branch block", TermKind::Synonym)],
    );
    code("I44.7", "Left bundle branch block", &[]);
    code("I45.4", "Bundle branch block NOS", &[("bundle branch block", TermKind::Synonym)]);
    code("T14.90", "Injury, unspecified", &[("injury", TermKind::Synonym)]);
    code("D68.51", "Activated protein C resistance", &[("factor V Leiden", TermKind::Index)]);
    code("N17.9", "Acute kidney failure", &[("acute kidney injury", TermKind::Synonym)]);
    code("S37.009", "Unspecified injury of kidney", &[("kidney injury", TermKind::Synonym)]);
    code("N16", "Renal disorders in diseases classified elsewhere", &[("pyelonephritis", TermKind::Synonym)]);
    code(
        "N12",
        "Tubulo-interstitial nephritis, not specified as acute or chronic",
        &[("pyelonephritis", TermKind::Synonym)],
    );
    code("T14.8", "Closed fracture", &[]);
    code("S52.5", "Fracture of distal radius", &[]);
    code("D50.9", "Iron deficiency anemia, unspecified", &[("iron deficiency anemia", TermKind::Synonym)]);
    code("D64.9", "Anemia, unspecified", &[("anemia", TermKind::Synonym)]);
    code("E61.1", "Lack of iron", &[("iron binding deficency", TermKind::Synonym)]);
    let enzymes: Vec<(String, String)> =
        (100..220).map(|at| (format!("E88.{at}"), format!("Deficiency of enzyme {at}"))).collect();
    for (number, title) in &enzymes {
        code(number, title, &[]);
    }
    builder.concept(&icd, "Q05", "Spina bifida", Label::Disease);
    builder.term("meningomyelocele", TermKind::Synonym).billable(false);
    builder.concept(&icd, "Q05.9", "Spina bifida, unspecified", Label::Disease);
    builder.parent("Q05").billable(true);
    builder.map(&System::ICD9CM, "741.00", Relation::Approximate);
    builder.map(&System::ICD9CM, "741.90", Relation::Approximate);
    for (code, title) in [
        ("741.00", "Spina bifida with hydrocephalus, unspecified region"),
        ("741.90", "Spina bifida without mention of hydrocephalus, unspecified region"),
    ] {
        builder.heading(&System::ICD9CM, code, title, Label::Disease);
    }
    builder.concept(&System::MONDO, "MONDO:1", "Kawasaki disease", Label::Disease);
    builder.map(&icd, "M30.3", Relation::Exact);
    builder.heading(&icd, "M30.3", "Mucocutaneous lymph node syndrome", Label::Disease);
    builder.concept(&System::MONDO, "MONDO:2", "gastric antral vascular ectasia", Label::Disease);
    builder.term("gave", TermKind::Synonym);
    builder.concept(&System::MONDO, "MONDO:3", "chronic obstructive pulmonary disease", Label::Disease);
    builder.term("COLD", TermKind::Synonym);
    builder.concept(&System::MONDO, "MONDO:4", "Paget disease of the breast", Label::Disease);
    builder.term("PD", TermKind::Synonym);
    builder.concept(&System::MONDO, "MONDO:5", "wobbly knee syndrome", Label::Disease);
    builder.term("RA", TermKind::Synonym).term("rheumatoid arthritis", TermKind::Synonym);
    builder.concept(&System::HPO, "HP:4", "Bowed shins", Label::Disease);
    builder.term("tibia vara", TermKind::Synonym);
    builder.map(&System::MONDO, "MONDO:6", Relation::Exact).map(&System::MONDO, "MONDO:7", Relation::Exact);
    builder.concept(&System::MONDO, "MONDO:6", "Dwarfism of Vara", Label::Disease);
    builder.concept(&System::MONDO, "MONDO:7", "Vara of the tibia", Label::Disease);
    // Codes that lump, with what they refer to.
    for (code, title, term, system, other, narrower) in [
        ("T14.9", "Other specified injury", "wound", System::HPO, "HP:1", "Broken bone"),
        (
            "E10",
            "Type 1 diabetes mellitus",
            "sugar sickness",
            System::HPO,
            "HP:2",
            "Type I diabetes mellitus",
        ),
        ("N39.0", "Urinary infection", "water infection", System::HPO, "HP:3", "Urinary tract infection"),
    ] {
        builder.concept(&icd, code, title, Label::Disease);
        builder.term(term, TermKind::Synonym).map(&system, other, Relation::Exact);
        builder.heading(&system, other, narrower, Label::Disease);
    }
    builder.concept(&System::MESH, "D2", "Polyps", Label::Disease);
    builder.map(&icd, "N84", Relation::Exact);
    builder.heading(&icd, "N84", "Polyp of vagina", Label::Disease);
    for (code, title, term) in [
        ("HP:20", "Low-set ears", "ear low set"),
        ("HP:21", "Resting tremor", "tremor at rest"),
        ("HP:22", "Hand tremor", "tremor of hand"),
        ("HP:23", "Absent reflexes", "no reflexes"),
    ] {
        builder.concept(&System::HPO, code, title, Label::Disease).term(term, TermKind::Synonym);
    }
    builder.concept(&System::HPO, "HP:24", "Tumor of the gullet", Label::Disease);
    builder.term("gullet wound", TermKind::Related);
    builder.concept(&System::HPO, "HP:25", "Congenital hole of gullet", Label::Disease);
    builder.term("gullet fistula", TermKind::Related);
    // A code that is a joint's, with a word for all of its sort.
    builder.concept(&icd, "M25.1", "Fistula, unspecified joint", Label::Disease);
    builder.term("fistula", TermKind::Synonym);
    // A syndrome with a code for each of its findings, and one with a code of its own.
    builder.concept(&System::MONDO, "MONDO:8", "Bumblefoot syndrome", Label::Disease);
    builder.map(&icd, "H90.9", Relation::Exact).map(&icd, "M19.9", Relation::Exact);
    builder.concept(&System::MONDO, "MONDO:9", "Bumble ear disease", Label::Disease);
    builder.map(&icd, "H90.9", Relation::Exact).map(&icd, "H61.9", Relation::Exact);
    builder.heading(&icd, "H90.9", "Hearing loss", Label::Disease);
    builder.heading(&icd, "M19.9", "Osteoarthritis", Label::Disease);
    builder.heading(&icd, "H61.9", "Disorder of bumble", Label::Disease);
    builder.concept(&icd, "G37.81", "Myelin antibody disease", Label::Disease);
    builder.term("MOGAD", TermKind::Index);
    for (code, title) in [("MONDO:50", "closed nose"), ("MONDO:51", "waxy skin")] {
        builder.concept(&System::MONDO, code, title, Label::Disease).term("PCQ", TermKind::Synonym);
    }
    builder.concept(&System::MONDO, "MONDO:52", "kidney breakdown", Label::Disease);
    builder.map(&System::MESH, "D8", Relation::Exact).map(&System::MESH, "D9", Relation::Exact);
    builder.concept(&System::MESH, "D8", "Uremia", Label::Disease);
    builder.concept(&System::MESH, "D9", "Breakdown, Kidney", Label::Disease);
    // A code for many things that another system has as a whole.
    builder.concept(&System::DOID, "DOID:3", "spongy lung", Label::Disease);
    builder.map(&icd, "J98.4", Relation::Exact);
    builder.concept(&icd, "J98.4", "Lung like a sponge", Label::Disease);
    builder.term("Giant Lung Sponge", TermKind::Index).map(&System::MESH, "D11", Relation::Approximate);
    builder.concept(&System::MESH, "D10", "Giant Lung Sponge", Label::Disease);
    builder.concept(&System::MESH, "D11", "Pneumonosis", Label::Disease);
    let sponges: Vec<String> = (1..=5).map(|at| format!("sponge number {at}")).collect();
    for (at, sponge) in (1..).zip(&sponges) {
        builder.concept(&System::DOID, &format!("DOID:10{at}"), sponge, Label::Disease);
        builder.map(&icd, "J98.4", Relation::Broader);
    }
    builder.concept(&System::MESH, "C6", "factor V Leiden", Label::Chemical);
    // A disease without a code of its own, below one that has one, and below one of too many kinds.
    builder.concept(&System::MONDO, "MONDO:10", "Bumble enzyme deficiency", Label::Disease);
    builder.map(&icd, "E88.7", Relation::Exact);
    builder.heading(&icd, "E88.7", "Lack of bumble enzyme", Label::Disease);
    builder.concept(&System::MONDO, "MONDO:11", "fishy gout", Label::Disease).parent("MONDO:10");
    builder.concept(&System::MONDO, "MONDO:12", "inborn trouble", Label::Disease);
    builder.map(&icd, "E88.7", Relation::Exact);
    for at in 13..40 {
        builder.concept(
            &System::MONDO,
            &format!("MONDO:{at}"),
            &format!("trouble number {at}"),
            Label::Disease,
        );
        builder.parent("MONDO:12");
    }
    // Two effusions that share a heading.
    builder.concept(&icd, "J90", "Soaked lung", Label::Disease);
    builder.map(&System::MESH, "D3", Relation::Exact);
    builder.concept(&System::MESH, "D3", "Soaking", Label::Disease);
    builder.map(&System::DOID, "DOID:1", Relation::Exact).map(&System::DOID, "DOID:2", Relation::Exact);
    builder.concept(&System::DOID, "DOID:1", "soggy knee", Label::Disease);
    builder.concept(&System::DOID, "DOID:2", "lung that is soaked", Label::Disease);
    builder.concept(&System::MESH, "D1", "Aspirin", Label::Chemical);
    builder.term("acetylsalicylic acid", TermKind::Synonym);
    builder.concept(&System::MESH, "C5", "advance", Label::Chemical);
    builder.write(&path).unwrap();
    let pack = Pack::open(&path).unwrap();
    // The full-text index is opened at its first use, which must be before the folder goes.
    pack.search("pneumonia", None, 1).unwrap();
    Arc::new(pack)
}

/// A sentence a line, in one section.
pub fn layout(note: &Note) -> Layout {
    let sentences = note
        .text()
        .lines()
        .map(|line| Sentence { span: note.span_of(line), tokens: 0..0, section: 0 })
        .collect();
    let section = Section { kind: SectionKind::Unknown, header: None, span: note.whole(), parent: None };
    Layout { sections: vec![section], sentences, ..Layout::default() }
}
