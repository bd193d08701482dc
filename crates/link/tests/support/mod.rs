//! A small invented pack and layouts for the tests of linking.
#![allow(dead_code, missing_docs, clippy::unwrap_used)]

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
