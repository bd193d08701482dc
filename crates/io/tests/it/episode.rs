//! A small hand-made episode with all that the writers must show: µ, an emoji, CRLF, a BOM, markup in the text,
//! overlapping evidence, a cue, abbreviations, a mention that no stage has assessed.

use std::borrow::Cow;

use clinlink_model::{
    AnnotatedMention, AnnotatedNote, Assertion, Candidate, Certainty, CodeEntry, CodeSet, Cue, Episode,
    Evidence, Expansion, ExpansionSource, Experiencer, Label, Layout, Mention, MentionSource, Note, Polarity,
    Report, Section, SectionKind, Sentence, Span, Status, System, Temporality, Via,
};

pub const ADMISSION: &str = "\u{feff}PMH: type 2 diabetes (T2D) 😀\r\nMeds: levothyroxine 50 µg\r\n\
    ROS: no fever, T2D <script>alert('x')</script> & \"stable\"\r\n";
pub const DISCHARGE: &str = "Dx: acute\n  kidney injury on chronic kidney disease";

/// The `n`th place of `words` in the note, from 0.
pub fn span(note: &Note, words: &str, n: usize) -> Span {
    let (start, found) = note.text().match_indices(words).nth(n).unwrap();
    note.span(start..start + found.len()).unwrap()
}

pub fn negated(cue: Span) -> Assertion {
    let cue = Cue { span: cue, rule: Cow::Borrowed("negated.no"), scope: cue };
    Assertion { polarity: Polarity::Negated, cues: vec![cue], ..Assertion::plain() }
}

fn link(code: &str, title: &str, score: f32, via: Via) -> Candidate {
    Candidate { system: System::ICD10CM, code: code.into(), title: title.into(), score, via, conjunct: 0 }
}

fn mention(span: Span, label: Label, by: MentionSource) -> Mention {
    Mention { span, label, score: 0.987_654, by }
}

pub fn admission() -> AnnotatedNote {
    let mut note = Note::new("stay-1/2024-03-01_admission", ADMISSION).unwrap();
    note.episode = Some("stay-1".into());
    note.kind = Some("admission".into());
    note.date = Some("2024-03-01".into());
    let (ros, end) = (span(&note, "ROS", 0).start(), ADMISSION.len());
    let section = |kind, header: &str, start: usize, end: usize| Section {
        kind,
        header: Some(span(&note, header, 0)),
        span: note.span(start..end).unwrap(),
        parent: None,
    };
    let meds = span(&note, "Meds", 0).start();
    let layout = Layout {
        sections: vec![
            section(SectionKind::PastMedicalHistory, "PMH", 3, meds),
            section(SectionKind::Medications, "Meds", meds, ros),
            section(SectionKind::ReviewOfSystems, "ROS", ros, end),
        ],
        sentences: vec![Sentence { span: note.span(3..meds - 2).unwrap(), tokens: 0..0, section: 0 }],
        ..Layout::default()
    };
    let long = span(&note, "type 2 diabetes", 0);
    let defined = |n, source| Expansion::sure(span(&note, "T2D", n), "type 2 diabetes".into(), source);
    let expansions =
        vec![defined(0, ExpansionSource::Defined(long)), defined(1, ExpansionSource::DefinedElsewhere)];
    let mentions = vec![
        AnnotatedMention {
            mention: mention(long, Label::Disease, MentionSource::Both),
            assertion: Some(Assertion::plain()),
            links: vec![
                link("E11.9", "Type 2 diabetes mellitus without complications", 0.912_34, Via::Normal),
                link("E11", "Type 2 diabetes mellitus", 0.5, Via::Search),
            ],
        },
        AnnotatedMention {
            mention: mention(span(&note, "levothyroxine", 0), Label::Chemical, MentionSource::Model),
            assertion: None,
            links: vec![],
        },
        AnnotatedMention {
            mention: mention(span(&note, "fever", 0), Label::Disease, MentionSource::Dictionary),
            assertion: Some(negated(span(&note, "no", 0))),
            links: vec![link("R50.9", "Fever, unspecified", 1.0, Via::Exact)],
        },
        AnnotatedMention {
            mention: mention(span(&note, "T2D", 1), Label::Disease, MentionSource::Given),
            assertion: Some(Assertion::plain()),
            links: vec![],
        },
    ];
    AnnotatedNote { note, layout, expansions, mentions }
}

pub fn discharge() -> AnnotatedNote {
    let note = Note::new("stay-1/2024-03-05_discharge", DISCHARGE).unwrap();
    AnnotatedNote { note, layout: Layout::default(), expansions: vec![], mentions: vec![] }
}

pub fn episode() -> Episode {
    Episode { id: "stay-1".into(), notes: vec![admission(), discharge()], repeats: vec![] }
}

fn entry(
    code: &str,
    title: &str,
    score: f32,
    status: Status,
    reason: &str,
    evidence: Vec<Evidence>,
) -> CodeEntry {
    CodeEntry {
        system: System::ICD10CM,
        code: code.into(),
        title: title.into(),
        score,
        status,
        reason: reason.into(),
        rules: vec![format!("status.{}", reason.split(' ').next().unwrap())],
        evidence,
        facts: vec![],
        report: Report::default(),
    }
}

pub fn code_set(episode: &Episode) -> CodeSet {
    let (first, second) = (&episode.notes[0].note, &episode.notes[1].note);
    let evidence =
        |note: usize, span, section, assertion| Evidence { note, span, section, assertion, repeats: None };
    let pmh = SectionKind::PastMedicalHistory;
    let plain = || Some(Assertion::plain());
    let possible = Assertion {
        certainty: Certainty::Possible,
        temporality: Temporality::Historical,
        experiencer: Experiencer::Family,
        ..Assertion::plain()
    };
    let dx = SectionKind::Unknown;
    let codes = vec![
        entry(
            "E11.9",
            "Type 2 diabetes mellitus without complications",
            0.912_34,
            Status::Accepted,
            "stated twice",
            vec![
                evidence(0, span(first, "type 2 diabetes", 0), pmh, plain()),
                evidence(0, span(first, "T2D", 0), pmh, plain()),
                evidence(0, span(first, "diabetes", 0), pmh, plain()),
                evidence(0, span(first, "T2D", 1), SectionKind::ReviewOfSystems, plain()),
                evidence(0, span(first, "T2D <script>", 0), SectionKind::ReviewOfSystems, plain()),
            ],
        ),
        entry(
            "N17.9",
            "Acute kidney failure, unspecified",
            0.8,
            Status::Accepted,
            "",
            vec![evidence(1, span(second, "acute\n  kidney injury", 0), dx, plain())],
        ),
        entry(
            "N18.9",
            "Chronic kidney disease, unspecified",
            0.55,
            Status::Review,
            "stage not stated",
            vec![evidence(1, span(second, "injury on chronic kidney disease", 0), dx, Some(possible))],
        ),
        entry(
            "R50.9",
            "Fever, unspecified <b>",
            0.3,
            Status::Rejected,
            "negated in every note",
            vec![evidence(
                0,
                span(first, "fever", 0),
                SectionKind::ReviewOfSystems,
                Some(negated(span(first, "no", 0))),
            )],
        ),
        entry(
            "Z79.890",
            "Hormone replacement therapy",
            0.1,
            Status::Rejected,
            "not assessed",
            vec![evidence(0, span(first, "levothyroxine 50 µg", 0), SectionKind::Medications, None)],
        ),
    ];
    CodeSet { episode: episode.id.clone(), codes, rules: vec![], purpose: None, drg: None }
}
