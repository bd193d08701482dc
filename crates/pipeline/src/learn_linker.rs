//! Learns a linker's model from notes whose mentions have concepts: see `clinlink_link`'s `LinkModel`.

use std::path::Path;
use std::sync::Arc;

use clinlink_io::Input;
use clinlink_link::{LinkModel, LinkedNote, learn_linker as learn};
use clinlink_model::{Span, System};
use clinlink_vocab::Pack;

use crate::config::{LinkConfig, PipelineConfig, TagConfig};
use crate::error::PipelineError;
use crate::pipeline::{Mentions, Pipeline};

/// How many notes are annotated at a time.
const BATCH: usize = 32;

/// A note that came with mentions, and the codes of the concepts at each place.
pub type NoteLinks = (Input, Vec<(Span, Vec<String>)>);

/// The model that `notes` teach for the concepts of `system`, for the pipeline that `config` describes, whose own linker's
/// model is not used; and the share of the mentions that are linked rightly by what the other four fifths of the notes
/// teach.
///
/// # Errors
/// If the pipeline cannot be assembled or a note cannot be annotated.
pub fn learn_linker(
    config: &PipelineConfig,
    folder: &Path,
    packs: &Path,
    system: &System,
    notes: &[NoteLinks],
) -> Result<(LinkModel, f64), PipelineError> {
    let LinkConfig::Pack(mut link) = config.link.clone();
    link.model = None;
    // Mentions are given: no tagger is asked.
    let plain =
        PipelineConfig { tag: TagConfig::Dictionary, link: LinkConfig::Pack(link.clone()), ..config.clone() };
    let pipeline = Pipeline::with_model(plain, folder, packs, None)?;
    let mut linked = Vec::with_capacity(notes.len());
    for batch in notes.chunks(BATCH) {
        let inputs = batch.iter().map(|(input, _)| input.clone()).collect();
        for (annotated, (_, codes)) in pipeline.annotate(inputs, Mentions::Given).into_iter().zip(batch) {
            let note = annotated?;
            let codes_at = |span: Span| {
                codes
                    .iter()
                    .filter(|(place, _)| *place == span)
                    .flat_map(|(_, codes)| codes.clone())
                    .collect()
            };
            let concepts = note.mentions.iter().map(|mention| codes_at(mention.mention.span)).collect();
            linked.push(LinkedNote { note, concepts });
        }
    }
    let pack = Arc::new(Pack::open(&packs.join(&config.pack))?);
    Ok(learn(&pack, &link, system, &linked))
}
