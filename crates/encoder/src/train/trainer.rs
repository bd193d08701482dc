use std::collections::HashMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use tch::nn::{AdamW, Optimizer, OptimizerConfig};
use tch::{Kind, Tensor};

use super::batches::Batches;
use super::student::Student;
use super::{Recall, SynonymSets, TermTrainConfig};
use crate::batch::{Batch, Row, int};
use crate::config::{read_text, write_text};
use crate::device::device;
use crate::encoder::{Precision, TensorReader};
use crate::error::EncoderError;
use crate::term_encoder::{MOST_PIECES, TermEncoder, TermModel, row};
use crate::weights::{self, Storage};

/// Terms that go through the model at once.
const PART: usize = 64;

/// How far training is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Steps done.
    pub done: usize,
    /// Steps in all.
    pub total: usize,
    /// Mean loss of the last steps, in nats a term.
    pub loss: f64,
}

/// What was trained, on what, how, and how well it does: the content of report.json.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TermTrainReport {
    /// The settings.
    pub config: TermTrainConfig,
    /// Sets of two terms or more.
    pub sets: usize,
    /// Terms in all sets.
    pub terms: usize,
    /// Word pieces that were kept.
    pub pieces: usize,
    /// Mean loss between two checkpoints, in nats a term.
    pub losses: Vec<f64>,
    /// Steps done.
    pub steps: usize,
    /// Held-out synonyms found by the base model, whole and without a projection.
    pub before: Vec<Recall>,
    /// The same by the trained model as it is stored.
    pub stored: Vec<Recall>,
}

/// Makes of the BERT of the folder `base` an encoder of terms, in the folder `out`: model.safetensors, config.json,
/// tokenizer.json and report.json.
///
/// `out/checkpoint` holds the state to go on from; a call with the same settings and sets goes on there. The
/// optimiser's moments are not kept, so that a resumed run ends near an unbroken one, not in the same place.
///
/// # Errors
/// If the base model cannot be read, the settings or sets cannot be trained on, or a file not written.
pub fn train(
    config: &TermTrainConfig,
    base: &Path,
    data: &SynonymSets,
    out: &Path,
    progress: &mut dyn FnMut(Progress),
) -> Result<TermTrainReport, EncoderError> {
    config.check()?;
    let mut trainer = Trainer::new(config, base, data)?;
    let checkpoint = out.join("checkpoint");
    fs::create_dir_all(&checkpoint)
        .map_err(|source| EncoderError::Write { path: checkpoint.clone(), source })?;
    let mut report = trainer.resume(data, &checkpoint)?;
    while report.steps < config.steps {
        let until = (report.steps + config.checkpoint).min(config.steps);
        report.losses.push(trainer.steps(report.steps..until, progress)?);
        report.steps = until;
        weights::write(&trainer.student.weights(), Storage::Fp32, &checkpoint)?;
        write_report(&report, &checkpoint)?;
    }
    trainer.student.save(Storage::Fp32, &checkpoint)?;
    trainer.student.save(config.storage, out)?;
    report.stored = ask(data, out)?;
    write_report(&report, out)?;
    report.before = ask(data, base)?;
    write_report(&report, out)?;
    Ok(report)
}

/// How well the encoder of `folder` finds the concepts of the held-out synonyms, system by system.
///
/// # Errors
/// If it cannot be read, or fails.
pub fn ask(data: &SynonymSets, folder: &Path) -> Result<Vec<Recall>, EncoderError> {
    let encoder = TermEncoder::load(folder, Precision::Auto)?;
    data.quizzes.iter().map(|quiz| quiz.ask(&encoder)).collect()
}

fn write_report(report: &TermTrainReport, folder: &Path) -> Result<(), EncoderError> {
    let path = folder.join("report.json");
    let text = serde_json::to_string_pretty(report)
        .map_err(|cause| EncoderError::Json { path: path.clone(), cause })?;
    write_text(&path, &(text + "\n"))
}

struct Trainer<'a> {
    config: &'a TermTrainConfig,
    student: Student,
    batches: Batches<'a>,
    rows: HashMap<&'a str, Row>,
    optimiser: Optimizer,
}

impl<'a> Trainer<'a> {
    fn new(config: &'a TermTrainConfig, base: &Path, data: &'a SynonymSets) -> Result<Self, EncoderError> {
        let student = Student::new(config, base, data)?;
        let batches = Batches::new(config, &data.sets);
        if batches.sets() < 2 {
            let cause = "there are no two sets of two terms or more".to_owned();
            return Err(EncoderError::Training { cause });
        }
        let mut rows = HashMap::new();
        for term in data.sets.iter().filter(|set| set.len() > 1).flatten() {
            rows.insert(term.as_str(), row(&student.pieces, term, MOST_PIECES)?);
        }
        let optimiser = AdamW { wd: config.weight_decay, ..AdamW::default() }
            .build(&student.store, config.learning_rate)
            .map_err(|e| EncoderError::Run { cause: e.to_string() })?;
        Ok(Self { config, student, batches, rows, optimiser })
    }

    /// Takes up the weights and the report of `checkpoint`, if there are any.
    fn resume(&self, data: &SynonymSets, checkpoint: &Path) -> Result<TermTrainReport, EncoderError> {
        let fresh = TermTrainReport {
            config: self.config.clone(),
            sets: self.batches.sets(),
            terms: data.sets.iter().map(Vec::len).sum(),
            pieces: self.student.pieces.len(),
            losses: Vec::new(),
            steps: 0,
            before: Vec::new(),
            stored: Vec::new(),
        };
        let path = checkpoint.join("report.json");
        if !path.exists() {
            return Ok(fresh);
        }
        let json = |cause| EncoderError::Json { path: path.clone(), cause };
        let found: TermTrainReport = serde_json::from_str(&read_text(&path)?).map_err(json)?;
        // Reading JSON may change the last digit of a float, so both must have been read from it.
        let text = serde_json::to_string(&fresh).map_err(json)?;
        let fresh: TermTrainReport = serde_json::from_str(&text).map_err(json)?;
        let same = (found.sets, found.terms, found.pieces) == (fresh.sets, fresh.terms, fresh.pieces);
        if !same || !fresh.config.continues(&found.config, found.steps) {
            let cause = format!(
                "{} is of a run with other settings or terms; remove the folder or choose another",
                path.display()
            );
            return Err(EncoderError::Training { cause });
        }
        self.student.resume(checkpoint)?;
        Ok(TermTrainReport { config: fresh.config, ..found })
    }

    /// Some steps; their mean loss.
    fn steps(
        &mut self,
        steps: std::ops::Range<usize>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<f64, EncoderError> {
        let (mut sum, first, count) = (0.0, steps.start, steps.len());
        for step in steps {
            let total = self.config.steps;
            self.optimiser.set_lr(self.config.rate(step));
            let loss = self.step(step)?;
            if !loss.is_finite() {
                let cause = format!("the loss is {loss} in step {}; try a lower learning_rate", step + 1);
                return Err(EncoderError::Training { cause });
            }
            sum += loss;
            progress(Progress { done: step + 1, total, loss: sum / (step + 1 - first) as f64 });
        }
        Ok(sum / count.max(1) as f64)
    }

    fn step(&mut self, step: usize) -> Result<f64, EncoderError> {
        let pairs = self.batches.pairs(step);
        // What is left out depends on the step alone, so that a resumed run leaves out the same.
        tch::manual_seed(self.config.seed.wrapping_add(step as u64).cast_signed());
        // First terms of all pairs, then second terms.
        let terms = (0..2).flat_map(|side| pairs.iter().map(move |pair| pair[side]));
        let rows: Vec<&Row> = terms.filter_map(|term| self.rows.get(term)).collect();
        let weights = self.student.weights();
        let kind = if self.config.bfloat16 { Kind::BFloat16 } else { Kind::Float };
        // Made anew each step: gradients flow through it to the 32-bit weights.
        let reader = TensorReader { weights: &weights, kind, path: Path::new("") };
        let model = TermModel::new(&self.student.config, &reader)?.with_dropout(self.config.dropout);
        let loss = info_nce(&vectors(&model, &rows, self.student.pieces.pad), self.config.temperature);
        self.optimiser.zero_grad();
        loss.backward();
        self.optimiser.clip_grad_norm(self.config.clip);
        self.optimiser.step();
        Ok(loss.double_value(&[]))
    }
}

/// The vectors of `rows`, which go through the model in parts of like length, so that little is spent on padding.
fn vectors(model: &TermModel, rows: &[&Row], pad: u32) -> Tensor {
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|&at| rows[at].ids.len());
    let part = |part: &[usize]| {
        let rows: Vec<&Row> = part.iter().map(|&at| rows[at]).collect();
        model.vectors(&Batch::new(&rows, pad, 0))
    };
    let parts: Vec<Tensor> = order.chunks(PART).map(part).collect();
    let mut place = vec![0; rows.len()];
    for (now, &at) in order.iter().enumerate() {
        place[at] = int(now);
    }
    Tensor::cat(&parts, 0).index_select(0, &Tensor::from_slice(&place).to_device(device()))
}

/// Mean over the terms of the negative logarithm of the probability of its partner among all other terms, in nats.
/// `vectors`: `[2 × pairs, dimensions]`, the partner of row `i` in row `i + pairs` and the reverse.
fn info_nce(vectors: &Tensor, temperature: f64) -> Tensor {
    let count = vectors.size()[0];
    let pairs = count / 2;
    let alike = vectors.matmul(&vectors.tr()) / temperature;
    let itself = Tensor::eye(count, (Kind::Bool, vectors.device()));
    let alike = alike.masked_fill(&itself, f64::NEG_INFINITY);
    let partners: Vec<i64> = (0..count).map(|at| (at + pairs) % count).collect();
    alike.cross_entropy_for_logits(&Tensor::from_slice(&partners).to_device(vectors.device()))
}
