//! Learns a coder's model from coded notes: see `clinlink_episode`'s `CoderModel`.
//!
//! The weights need episodes whose counts are not in the model, as those of new episodes are not: the notes are cut into
//! five parts, and what is considered for the notes of each is scored by the counts of the other four.

use std::path::Path;
use std::sync::Arc;

use clinlink_episode::{Coded, CoderModel, Learner, Outcomes, RuleCoder};
use clinlink_io::Input;
use clinlink_model::Episode;
use clinlink_vocab::Pack;

use crate::config::{CodeConfig, PipelineConfig};
use crate::episodes::Episodes;
use crate::error::PipelineError;
use crate::pipeline::{Mentions, Pipeline, coder};

/// How many parts the notes are cut into.
const PARTS: usize = 5;
/// How many notes are annotated at a time.
const BATCH: usize = 32;

/// A note that is an episode of its own, and what a coder made of it.
pub type CodedNote = (Input, Coded);

/// The model that `notes` teach, for the pipeline that `config` describes, whose own coder's model is not used, with what
/// came of the codes that it accepts, each scored without its own note. `step` is called after each of the
/// [`LEARN_STEPS`].
///
/// # Errors
/// If the pipeline cannot be assembled or a note cannot be annotated.
pub fn learn_coder(
    config: &PipelineConfig,
    folder: &Path,
    packs: &Path,
    notes: &[CodedNote],
    step: &mut dyn FnMut(),
) -> Result<CoderModel, PipelineError> {
    let CodeConfig::Rules(code) = &config.code;
    let pack = Arc::new(Pack::open(&packs.join(&config.pack))?);
    let school = School { config, folder, packs, coder: coder(pack, code, folder)? };
    let mut outcomes = Outcomes::default();
    for part in 0..PARTS {
        let of = |held: bool| {
            let notes = notes.iter().enumerate().filter(move |(at, _)| (at % PARTS == part) == held);
            notes.map(|(_, note)| note).collect::<Vec<_>>()
        };
        let model = Arc::new(school.teach(&of(false))?);
        let coder = school.coder.clone().with_model(Arc::clone(&model));
        for (episode, coded) in school.annotate(&model, &of(true))? {
            coder.observe(&episode, coded, &mut outcomes);
        }
        step();
    }
    let model = school.teach(&notes.iter().collect::<Vec<_>>())?;
    let model = model.with_weights(school.coder.clone(), outcomes);
    step();
    Ok(model)
}

/// How many steps [`learn_coder`] takes.
pub const LEARN_STEPS: usize = PARTS + 1;

/// What all steps share.
struct School<'a> {
    config: &'a PipelineConfig,
    folder: &'a Path,
    packs: &'a Path,
    /// The pipeline's, without a model.
    coder: RuleCoder,
}

impl School<'_> {
    /// A model with terms and counts, without weights.
    fn teach(&self, notes: &[&CodedNote]) -> Result<CoderModel, PipelineError> {
        let CodeConfig::Rules(code) = &self.config.code;
        let cases: Vec<(&str, &Coded)> =
            notes.iter().map(|(input, coded)| (input.note.text(), coded)).collect();
        let model = CoderModel::of_evidence(code.system.clone(), &cases);
        let episodes = self.annotate(&Arc::new(model.clone()), notes)?;
        let learner = Learner::new(self.coder.clone(), model);
        Ok(learner.count(episodes.iter().map(|(episode, coded)| (episode, *coded))))
    }

    /// The notes as episodes, annotated with the terms of `model`.
    fn annotate<'n>(
        &self,
        model: &Arc<CoderModel>,
        notes: &[&'n CodedNote],
    ) -> Result<Vec<(Episode, &'n Coded)>, PipelineError> {
        let model = Some(Arc::clone(model));
        let config = PipelineConfig { procedures: None, ..self.config.clone() };
        let pipeline = Pipeline::with_model(config, self.folder, self.packs, model)?;
        let mut episodes = Vec::with_capacity(notes.len());
        for batch in notes.chunks(BATCH) {
            let inputs = batch.iter().map(|(input, _)| input.clone()).collect();
            for (annotated, (_, coded)) in pipeline.annotate(inputs, Mentions::Tagged).into_iter().zip(batch)
            {
                episodes.push((Episodes::alone(annotated?), coded));
            }
        }
        Ok(episodes)
    }
}
