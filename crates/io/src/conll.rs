//! A CoNLL file (`.conll`, `.bio`, `.iob`) → notes with their mentions.
//!
//! One token a line, its columns between tabs or spaces: the first is the token, the last its tag, `O`, `B-X` or `I-X`
//! (`E-`, `L-` end and `S-`, `U-` are a mention, as in BIOES). An empty line ends a sentence, a line that starts with
//! `-DOCSTART-` a document. The text is not in the file: tokens are joined by a space, sentences by a line break.

use clinlink_model::{Label, Mention, MentionSource, Note, Span};

use crate::record_error::RecordFault;
use crate::text_note::LIMIT;

/// A document as it is read: its text, and the mentions in bytes of it.
#[derive(Default)]
struct Document {
    text: String,
    mentions: Vec<(std::ops::Range<usize>, String)>,
    /// The type of the mention that the last token belongs to.
    open: Option<String>,
}

impl Document {
    fn end_sentence(&mut self) {
        self.open = None;
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    fn push(&mut self, token: &str, tag: &str) -> Result<(), RecordFault> {
        let (part, kind) = match tag.split_once('-') {
            Some((part @ ("B" | "I" | "E" | "L" | "S" | "U"), kind)) => (part, Some(kind)),
            None if tag == "O" => ("O", None),
            _ => return Err(RecordFault::Tag),
        };
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push(' ');
        }
        let start = self.text.len();
        self.text.push_str(token);
        let goes_on = matches!(part, "I" | "E" | "L") && self.open.as_deref() == kind;
        match (kind, self.mentions.last_mut()) {
            (Some(_), Some((range, _))) if goes_on => range.end = self.text.len(),
            (Some(kind), _) => self.mentions.push((start..self.text.len(), kind.to_owned())),
            (None, _) => {}
        }
        self.open = kind.filter(|_| matches!(part, "B" | "I")).map(str::to_owned);
        Ok(())
    }

    fn note(self, id: &str) -> Result<(Note, Vec<Mention>), RecordFault> {
        let note = Note::new(id, self.text).map_err(|_| RecordFault::TooLong { limit: LIMIT })?;
        let mention = |(range, kind): (std::ops::Range<usize>, String)| {
            let span: Span = note.span(range).ok()?;
            let label = Label::from_name(&kind).unwrap_or(Label::Other);
            Some(Mention { span, label, score: 1.0, by: MentionSource::Given })
        };
        let mentions = self.mentions.into_iter().filter_map(mention).collect();
        Ok((note, mentions))
    }
}

/// A document, or why it cannot be read, with the line of the file, from 1: where it starts, or where the fault is.
pub(crate) type Record = (u64, String, Result<(Note, Vec<Mention>), RecordFault>);

/// The documents of a file. The id of each is `name-1`, `name-2`, … in the order of the file.
pub(crate) fn documents(text: &str, name: &str) -> Vec<Record> {
    let mut out = Vec::new();
    let mut start = 1;
    let mut lines: Vec<(u64, &str)> = Vec::new();
    let mut finish = |lines: &mut Vec<(u64, &str)>, start: u64| {
        if lines.iter().any(|(_, line)| !line.trim().is_empty()) {
            let id = format!("{name}-{}", out.len() + 1);
            let read = document(lines);
            let (line, read) = match read {
                Ok(document) => (start, document.note(&id)),
                Err((line, fault)) => (line, Err(fault)),
            };
            out.push((line, id, read));
        }
        lines.clear();
    };
    for (number, line) in (1..).zip(text.lines()) {
        if line.starts_with("-DOCSTART-") {
            finish(&mut lines, start);
            start = number;
        } else {
            lines.push((number, line));
        }
    }
    finish(&mut lines, start);
    out
}

fn document(lines: &[(u64, &str)]) -> Result<Document, (u64, RecordFault)> {
    let mut document = Document::default();
    for &(number, line) in lines {
        if line.trim().is_empty() {
            document.end_sentence();
            continue;
        }
        let mut columns = line.split(['\t', ' ']).filter(|column| !column.is_empty());
        let (token, tag) = columns.next().zip(columns.next_back()).ok_or((number, RecordFault::Columns))?;
        document.push(token, tag).map_err(|fault| (number, fault))?;
    }
    Ok(document)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn mentions(text: &str) -> Vec<(String, Label)> {
        let (note, mentions) = documents(text, "f").remove(0).2.unwrap();
        mentions.iter().map(|m| (note[m.span].to_owned(), m.label)).collect()
    }

    #[rstest]
    #[case::iob2("renal B-Disease\nfailure I-Disease\n", &["renal failure"])]
    #[case::neighbours("rash B-Disease\nfever B-Disease\n", &["rash", "fever"])]
    #[case::iob1("renal I-Disease\nfailure I-Disease\n", &["renal failure"])]
    #[case::bioes("renal B-Disease\nfailure E-Disease\nrash S-Disease\n", &["renal failure", "rash"])]
    #[case::not_over_sentences("renal B-Disease\n\nfailure I-Disease\n", &["renal", "failure"])]
    #[case::not_over_outside("renal B-Disease\nor O\nfailure I-Disease\n", &["renal", "failure"])]
    #[case::four_columns("renal JJ O B-Disease\nfailure NN O I-Disease\n", &["renal failure"])]
    #[case::tabs("renal\tB-Disease\r\nfailure\tI-Disease\r\n", &["renal failure"])]
    fn tags_become_mentions(#[case] text: &str, #[case] expected: &[&str]) {
        let expected: Vec<(String, Label)> =
            expected.iter().map(|&words| (words.to_owned(), Label::Disease)).collect();
        assert_eq!(mentions(text), expected);
    }

    #[test]
    fn types_that_differ_are_apart() {
        let found = mentions("iron B-Drug\nrash I-Problem\nx I-Moon\n");
        assert_eq!(
            found.iter().map(|m| m.1).collect::<Vec<_>>(),
            [Label::Chemical, Label::Disease, Label::Other]
        );
    }

    #[test]
    fn documents_are_apart() {
        let found = documents("-DOCSTART- -X- O\n\na O\nb O\n\nc O\n-DOCSTART- O\n\nd O\n", "file");
        let read =
            |record: &Record| (record.0, record.1.clone(), record.2.as_ref().unwrap().0.text().to_owned());
        let expected = [(1, "file-1", "a b\nc"), (7, "file-2", "d")];
        assert_eq!(
            found.iter().map(read).collect::<Vec<_>>(),
            expected.map(|(line, id, text)| (line, id.to_owned(), text.to_owned()))
        );
    }

    #[rstest]
    #[case::one_column("a O\nb\n", 2)]
    #[case::no_tag("a O\n\nb Disease\n", 3)]
    fn a_fault_costs_its_document_only(#[case] text: &str, #[case] line: u64) {
        let text = format!("{text}-DOCSTART- O\nc O\n");
        let found = documents(&text, "f");
        assert_eq!(found.len(), 2);
        assert!(found[0].2.is_err() && found[0].0 == line && found[1].2.is_ok());
    }
}
