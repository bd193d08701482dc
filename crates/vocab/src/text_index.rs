//! The full-text index over terms, on tantivy.
//!
//! One document a term: its normal words. The documents stand in one segment in the order in which they were added, so
//! that a document's number is its term's. Which concepts the term names is looked up in the postings, so the index
//! knows nothing of concepts.

use std::fs;
use std::path::Path;

use tantivy::collector::TopDocs;
use tantivy::directory::MmapDirectory;
use tantivy::query::{BooleanQuery, FuzzyTermQuery, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::{Index, IndexReader, ReloadPolicy, Searcher, TantivyDocument, Term};

use crate::pack_error::PackError;
use crate::read_only::ReadOnly;

const WORDS: &str = "words";
const META: &str = "meta.json";
const MANAGED: &str = ".managed.json";
/// tantivy names a segment's files at random; ours always have this name.
const SEGMENT: &str = "00000000000000000000000000000001";
/// More than the terms of all recipes need, so that there is one segment.
const MEMORY_BYTES: usize = 2 << 30;

fn schema() -> Schema {
    let mut schema = Schema::builder();
    let words = TextFieldIndexing::default()
        .set_tokenizer("whitespace")
        .set_index_option(IndexRecordOption::WithFreqs);
    schema.add_text_field(WORDS, TextOptions::default().set_indexing_options(words));
    schema.build()
}

/// Writes the index of `terms`, normal forms in the order of their numbers, into the new folder `path`. The same
/// terms give the same bytes.
pub(crate) fn write<'t>(path: &Path, terms: impl Iterator<Item = &'t str>) -> Result<(), PackError> {
    fs::create_dir(path).map_err(PackError::io(path))?;
    write_segment(path, terms).map_err(|cause| PackError::TextIndex { path: path.to_owned(), cause })?;
    fix_names(path)
}

fn write_segment<'t>(path: &Path, terms: impl Iterator<Item = &'t str>) -> tantivy::Result<()> {
    let schema = schema();
    let words = schema.get_field(WORDS)?;
    let mut writer = Index::builder()
        .schema(schema)
        .single_segment_index_writer::<TantivyDocument>(MmapDirectory::open(path)?, MEMORY_BYTES)?;
    for term in terms {
        let mut document = TantivyDocument::new();
        document.add_text(words, term);
        writer.add_document(document)?;
    }
    writer.finalize()?;
    Ok(())
}

/// Gives the segment's files their fixed name, in the folder and in the index's own JSON files, and takes away lock
/// files.
fn fix_names(path: &Path) -> Result<(), PackError> {
    let mut names = Vec::new();
    for entry in fs::read_dir(path).map_err(PackError::io(path))? {
        let name = entry.map_err(PackError::io(path))?.file_name();
        names.push(name.to_string_lossy().into_owned());
    }
    names.sort_unstable();
    let is_segment = |name: &&String| name.len() > SEGMENT.len() && !name.starts_with('.');
    let Some(random) = names.iter().find(is_segment).and_then(|name| name.split('.').next()) else {
        return Err(PackError::damaged(path, "no segment was written"));
    };
    let mut managed = vec![META.to_owned()];
    for name in &names {
        let from = path.join(name);
        if let Some(rest) = name.strip_prefix(random) {
            let to = format!("{SEGMENT}{rest}");
            fs::rename(&from, path.join(&to)).map_err(PackError::io(&from))?;
            managed.push(to);
        } else if name == META {
            let text = fs::read_to_string(&from).map_err(PackError::io(&from))?;
            // The index writes the name with the hyphens of a UUID.
            let text = text.replace(random, SEGMENT).replace(&hyphenated(random), &hyphenated(SEGMENT));
            write_anew(&from, &text)?;
        } else {
            // The list of files is written below, lock files are not wanted.
            fs::remove_file(&from).map_err(PackError::io(&from))?;
        }
    }
    managed.sort_unstable();
    let list = path.join(MANAGED);
    let text = serde_json::to_string(&managed).map_err(|cause| PackError::damaged(&list, cause))?;
    write_anew(&list, &text)
}

/// Writes a file in place of one that only its owner may read.
fn write_anew(path: &Path, text: &str) -> Result<(), PackError> {
    if path.exists() {
        fs::remove_file(path).map_err(PackError::io(path))?;
    }
    fs::write(path, text).map_err(PackError::io(path))
}

/// A UUID of 32 digits with its hyphens.
fn hyphenated(simple: &str) -> String {
    [&simple[..8], &simple[8..12], &simple[12..16], &simple[16..20], &simple[20..]].join("-")
}

/// An open index.
pub(crate) struct TextIndex {
    searcher: Searcher,
    words: Field,
}

impl TextIndex {
    /// Opens the index in folder `path`.
    pub fn open(path: &Path) -> Result<Self, PackError> {
        let open = || -> tantivy::Result<Self> {
            let index = Index::open(ReadOnly(MmapDirectory::open(path)?))?;
            let words = index.schema().get_field(WORDS)?;
            let reader: IndexReader =
                index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
            Ok(Self { searcher: reader.searcher(), words })
        };
        open().map_err(|cause| PackError::TextIndex { path: path.to_owned(), cause })
    }

    /// The numbers of at most `limit` terms that share a word with `words`, with BM25 scores, best first, ties by
    /// number. `limit` is above 0.
    pub fn search(&self, words: &[String], limit: usize) -> tantivy::Result<Vec<(u64, f32)>> {
        let queries = words
            .iter()
            .map(|word| -> Box<dyn Query> {
                let term = Term::from_field_text(self.words, word);
                Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
            })
            .collect();
        let query = BooleanQuery::union(queries);
        let found = self.searcher.search(&query, &TopDocs::with_limit(limit).order_by_score())?;
        Ok(found.into_iter().map(|(score, at)| (u64::from(at.doc_id), score)).collect())
    }

    /// How many terms hold a word.
    pub fn frequency(&self, word: &str) -> tantivy::Result<u64> {
        self.searcher.doc_freq(&Term::from_field_text(self.words, word))
    }

    /// The words within `edits` of `word` (Damerau and Levenshtein), 1 or 2, with the number of terms that hold them: an
    /// automaton of the word, run over the fst of the index's words. Those within two begin as it does, which
    /// spares looking at most words.
    pub fn near(&self, word: &str, edits: u8) -> tantivy::Result<Vec<(String, u32)>> {
        let query = FuzzyTermQuery::new(Term::from_field_text(self.words, word), edits, true);
        let mut near = Vec::new();
        for reader in self.searcher.segment_readers() {
            let index = reader.inverted_index(self.words)?;
            let mut words = index.terms().search(query.automaton()?);
            if let Some(first) = word.chars().next().filter(|_| edits > 1) {
                // The words that begin with a character stand before those with the next one.
                let behind = char::from_u32(u32::from(first) + 1).unwrap_or(char::MAX);
                words = words.ge(first.to_string()).lt(behind.to_string());
            }
            let mut words = words.into_stream()?;
            while words.advance() {
                // Words were written as text.
                let Ok(found) = std::str::from_utf8(words.key()) else { continue };
                near.push((found.to_owned(), words.value().doc_freq));
            }
        }
        Ok(near)
    }
}
