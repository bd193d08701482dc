use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use clinlink_encoder::{
    EncoderError, LAYER, PieceMaker, Precision, Random, Storage, int, layer_of, read_weights, weights_file,
};
use clinlink_model::{Label, Tagger};
use tch::Tensor;
use tch::nn::{AdamW, Optimizer, OptimizerConfig};

use super::calibration::{FAINT, calibrate};
use super::checkpoint::{self, read_report, write_report};
use super::examples::{TrainBatch, examples};
use super::fingerprint::fingerprint;
use super::page::write_page;
use super::plan::Plan;
use super::report::{batch, count, layouts, mean_f1, scores};
use super::review::{confusion, judgeable, judged, pairs};
use super::{Data, Document, EpochReport, Progress, TrainConfig, TrainReport, evaluate};
use crate::classifier::Classifier;
use crate::config::ModelConfig;
use crate::recogniser::{Reading, Recogniser};
use crate::scheme::Scheme;
use crate::tag_model::TagModel;

/// Fine-tunes the BERT of the folder `base`, and keeps in the folder `out` the model that does best on the documents
/// held apart: model.safetensors, config.json with the temperature, tokenizer.json, report.json and report.html, which
/// quotes those documents where the model errs.
///
/// After each pass `out` holds the best model so far, and `out/checkpoint` the state to go on from; a call with
/// the same settings, base, documents and gazetteer goes on there, wherever the run was stopped. The optimiser's
/// moments are not kept, so that a resumed run ends near an unbroken one, not in the same place. Everything else follows from the seed, on the same machine
/// with the same number of threads, as long as nothing else in the process draws from libtorch's generator.
///
/// # Errors
/// If the base model cannot be read, the settings or documents cannot be trained on, or a file not written.
pub fn train(
    config: &TrainConfig,
    base: &Path,
    data: &Data,
    out: &Path,
    progress: &mut dyn FnMut(Progress),
) -> Result<TrainReport, EncoderError> {
    config.check()?;
    let mut trainer = Trainer::new(config, base, data.gazetteer.clone())?;
    let is_judged =
        |document: &Document, label| config.labels.contains(label) && document.annotated.contains(label);
    if !data.dev.iter().any(|d| d.mentions.iter().any(|(_, label)| is_judged(d, label))) {
        let cause = "no document that is held out has a mention of the labels that is `annotated`, so nothing says which pass is best: about one \
                     document in ten is held out, by a hash of its id; give more documents, or some of them other ids";
        return Err(EncoderError::Training { cause: cause.to_owned() });
    }
    let examples = examples(data.train, data.segmenter, &trainer.recogniser, config.window)?;
    if examples.is_empty() {
        return Err(EncoderError::Training { cause: "no document has any text".to_owned() });
    }
    let fresh = TrainReport {
        config: config.clone(),
        input_sha256: fingerprint(&trainer.model.encoder.version(&trainer.recogniser.pieces)?, data)?,
        train_documents: data.train.len(),
        train_mentions: count(&config.labels, data.train),
        train_windows: examples.len(),
        dev_documents: data.dev.len(),
        dev_mentions: count(&config.labels, data.dev),
        epochs: Vec::new(),
        best_epoch: 0,
        stored_dev: Vec::new(),
        stored_dev_without_gazetteer: Vec::new(),
        confusion: Vec::new(),
        calibration: None,
    };
    let checkpoint = out.join("checkpoint");
    let mut report =
        trainer.resume(fresh, &checkpoint).map_err(|fault| checkpoint::unusable(&fault, &checkpoint))?;
    if report.is_best() {
        // The run may have been stopped before all of the model was written.
        trainer.save(config.storage, out)?;
    }
    report.epochs.iter().for_each(|pass| progress(pass.progress()));
    let plan = Plan::new(config, &examples);
    if plan.steps == 0 {
        let cause = "every `share` is 0, or so small that no window is trained on".to_owned();
        return Err(EncoderError::Training { cause });
    }
    for epoch in report.epochs.len()..config.epochs {
        if report.is_stopped() {
            break;
        }
        let loss = trainer.epoch(epoch, &plan, progress)?;
        trainer.refresh()?;
        let scores =
            evaluate(&trainer.recogniser, &config.labels, data.dev, data.segmenter).map_err(failed)?;
        let f1 = mean_f1(&scores);
        let best = report.epochs.iter().all(|e| e.f1 < f1);
        let pass = EpochReport { epoch: epoch + 1, loss, dev: scores, f1 };
        progress(pass.progress());
        report.epochs.push(pass);
        if best {
            report.best_epoch = epoch + 1;
        }
        checkpoint::write(&report, &trainer.fine.tensors(), &checkpoint)?;
        if best {
            trainer.save(config.storage, out)?;
        }
        write_report(&report, out)?;
    }
    // As a second call finds it: reading JSON may change the last digit of a float.
    report = read_report(&checkpoint)?;
    finish(&mut report, data, out)?;
    Ok(report)
}

/// Calibrates the stored model, and says how it does.
fn finish(report: &mut TrainReport, data: &Data, out: &Path) -> Result<(), EncoderError> {
    let mut stored = Recogniser::load(out, &BTreeMap::new(), Precision::Auto)?;
    // As it was before it was calibrated, so that a second call finds what the first did.
    stored.model.temperature = 1.0;
    let layouts = layouts(data.dev, data.segmenter);
    let batch = batch(data.dev, &layouts);
    let labels = &report.config.labels;
    let mut readings = stored.read(&batch)?;
    let mut without = None;
    if let Some(dictionary) = &data.gazetteer {
        stored = stored.with_gazetteer(Arc::clone(dictionary));
        without = Some(std::mem::replace(&mut readings, stored.read(&batch)?));
    }
    let found = |readings: &[Reading], temperature, least| {
        judgeable(labels, data.dev, stored.decode(&batch, readings, Some(temperature), least))
    };
    let calibration =
        calibrate(&|temperature| judged(labels, data.dev, &found(&readings, temperature, FAINT)));
    ModelConfig::load(out)?.with_scores(calibration.temperature, calibration.least)?.save(out)?;
    let kept = |readings: &[Reading]| found(readings, calibration.temperature, calibration.least as f32);
    if let Some(without) = without {
        report.stored_dev_without_gazetteer = scores(labels, data.dev, &kept(&without));
    }
    let found = kept(&readings);
    report.stored_dev = scores(labels, data.dev, &found);
    let pairs = pairs(labels, data.dev, &found);
    report.confusion = confusion(labels, &pairs);
    report.calibration = Some(calibration);
    write_report(report, out)?;
    write_page(report, data.dev, &pairs, out)
}

/// The names of the outputs of a model that is trained here, in the order of their ids.
fn names(labels: &[Label]) -> Vec<String> {
    let pairs = labels.iter().flat_map(|label| ["B", "I"].map(|part| format!("{part}-{}", label.name())));
    std::iter::once("O".to_owned()).chain(pairs).collect()
}

/// The labels of the model in `folder`, in the order of its outputs, and whether it sees a dictionary's matches: what a
/// [`TrainConfig`] must say to go on from it.
///
/// # Errors
/// If the folder has no such model, or its outputs are not those that [`train`] writes.
pub fn taught(folder: &Path) -> Result<(Vec<Label>, bool), EncoderError> {
    let model = ModelConfig::load(folder)?;
    let found = model.label_names()?;
    let labels: Vec<Label> =
        found.iter().skip(1).step_by(2).filter_map(|name| Label::from_name(name.get(2..)?)).collect();
    if labels.is_empty() || names(&labels) != found {
        let cause = "not the outputs of a model that clinlink trained, so training cannot go on from it";
        return Err(EncoderError::Labels { path: model.encoder.path, cause: cause.to_owned() });
    }
    Ok((labels, !model.matches.is_empty()))
}

fn failed(error: clinlink_model::TagError) -> EncoderError {
    EncoderError::Run { cause: error.cause }
}

struct Trainer<'a> {
    config: &'a TrainConfig,
    model: ModelConfig,
    /// The 32-bit weights.
    fine: Classifier,
    /// The pieces and the tags; its model has the weights as of the last [`refresh`](Self::refresh).
    recogniser: Recogniser,
    /// The weights in bfloat16, if the settings ask for it.
    rough: Option<Classifier>,
    optimiser: Optimizer,
}

impl<'a> Trainer<'a> {
    fn new(
        config: &'a TrainConfig,
        base: &Path,
        gazetteer: Option<Arc<dyn Tagger>>,
    ) -> Result<Self, EncoderError> {
        if !base.is_dir() {
            return Err(EncoderError::Missing { path: base.to_owned() });
        }
        let scheme = Scheme::iob2(&config.labels);
        let mut model =
            ModelConfig::load(base)?.with_norms_of_training()?.with_labels(&names(&config.labels))?;
        if gazetteer.is_some() {
            model = model.with_matches()?;
        }
        if int(config.window) + 2 > model.encoder.bert.max_position_embeddings {
            let cause = format!(
                "window {} is too long for the base model, which has {} positions, two of them for [CLS] and [SEP]",
                config.window, model.encoder.bert.max_position_embeddings
            );
            return Err(EncoderError::Training { cause });
        }
        let pieces = PieceMaker::load(base)?;
        let mut weights = model.encoder.read_weights()?;
        if let Some(layers) = &config.layers {
            model = model.with_layers(layers)?;
            weights = keep_layers(weights, layers);
        }
        let mut fine = Classifier::new(&model.encoder.bert)?;
        let mut random = Random(config.seed);
        let deviation = model.encoder.bert.initializer_range;
        fine.set_head(std::iter::from_fn(|| Some(random.uniform() * deviation)));
        fine.set(&weights, true, &weights_file(base))?;
        let mut recogniser = Recogniser::new(&model, pieces, scheme, &fine.weights(), Precision::Fp32, base)?;
        if let Some(gazetteer) = gazetteer {
            recogniser = recogniser.with_gazetteer(gazetteer);
        }
        let rough = config.bfloat16.then(|| rough_copy(&model, &fine)).transpose()?;
        let optimiser = AdamW { wd: config.weight_decay, ..AdamW::default() }
            .build(&fine.store, config.learning_rate)
            .map_err(|e| EncoderError::Run { cause: e.to_string() })?;
        Ok(Self { config, model, fine, recogniser, rough, optimiser })
    }

    /// Takes up the weights and the report of `checkpoint`, if there are any.
    fn resume(&mut self, fresh: TrainReport, checkpoint: &Path) -> Result<TrainReport, EncoderError> {
        let Some(found) = checkpoint::read(&fresh, checkpoint)? else { return Ok(fresh) };
        let folder = checkpoint::weights(&found, checkpoint);
        self.fine.set(&read_weights(&folder, None)?, false, &weights_file(&folder))?;
        if let Some(rough) = &self.rough {
            copy_weights(&self.fine, rough);
        }
        Ok(found)
    }

    /// Gives the recogniser the weights as they are now.
    fn refresh(&mut self) -> Result<(), EncoderError> {
        let (tags, path) = (int(self.recogniser.scheme.len()), Path::new(""));
        self.recogniser.model =
            TagModel::new(&self.model, tags, &self.fine.weights(), Precision::Fp32, path)?;
        Ok(())
    }

    fn save(&self, storage: Storage, out: &Path) -> Result<(), EncoderError> {
        self.recogniser.pieces.save(&out.join("tokenizer.json"))?;
        self.model.encoder.save_with(&self.fine.tensors(), storage, out)
    }

    /// One pass over the examples; the mean loss, in nats a word.
    fn epoch(
        &mut self,
        epoch: usize,
        plan: &Plan,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<f64, EncoderError> {
        seed(self.config.seed.wrapping_add(epoch as u64 + 1));
        let (before, batches) = plan.pass(epoch);
        let (mut sum, mut words) = (0.0, 0);
        for (at, batch) in batches.iter().enumerate() {
            let (step, total) = (before + at, plan.steps);
            let batch = TrainBatch::new(batch, self.recogniser.scheme.len(), self.recogniser.pieces.pad);
            self.optimiser.set_lr(self.config.rate(step, total));
            let loss = self.step(&batch);
            if !loss.is_finite() {
                let cause = format!("the loss is {loss} in step {}; try a lower learning_rate", step + 1);
                return Err(EncoderError::Training { cause });
            }
            sum += loss * batch.count as f64;
            words += batch.count;
            progress(Progress::Step { done: step + 1, total, loss });
        }
        Ok(sum / words.max(1) as f64)
    }

    fn step(&mut self, batch: &TrainBatch) -> f64 {
        let fine = &self.fine;
        let loss = batch.loss(&self.rough.as_ref().unwrap_or(fine).logits(&batch.input));
        loss.backward();
        if let Some(rough) = &self.rough {
            move_gradients(rough, fine);
        }
        self.optimiser.clip_grad_norm(self.config.clip);
        self.optimiser.step();
        match &self.rough {
            Some(rough) => copy_weights(fine, rough),
            None => self.optimiser.zero_grad(),
        }
        loss.double_value(&[])
    }
}

/// The weights with only these layers, which are counted anew.
fn keep_layers(weights: BTreeMap<String, Tensor>, layers: &[i64]) -> BTreeMap<String, Tensor> {
    let keep = |(name, tensor): (String, Tensor)| {
        let Some((layer, part)) = layer_of(&name) else { return Some((name, tensor)) };
        let at = layers.iter().position(|kept| *kept == layer)?;
        Some((format!("{LAYER}{at}.{part}"), tensor))
    };
    weights.into_iter().filter_map(keep).collect()
}

fn seed(seed: u64) {
    tch::manual_seed(i64::from_ne_bytes(seed.to_ne_bytes()));
}

fn rough_copy(model: &ModelConfig, fine: &Classifier) -> Result<Classifier, EncoderError> {
    let mut rough = Classifier::new(&model.encoder.bert)?;
    rough.store.bfloat16();
    copy_weights(fine, &rough);
    Ok(rough)
}

fn copy_weights(from: &Classifier, to: &Classifier) {
    for (from, mut to) in from.tensors().into_values().zip(to.tensors().into_values()) {
        tch::no_grad(|| to.copy_(&from));
    }
}

/// Moves the gradients of the bfloat16 weights to the 32-bit ones, which no backward pass has reached.
fn move_gradients(rough: &Classifier, fine: &Classifier) {
    for (rough, fine) in rough.tensors().into_values().zip(fine.tensors().into_values()) {
        let mut from = rough.grad();
        let mut to = fine.grad();
        if to.defined() {
            tch::no_grad(|| to.copy_(&from));
        } else {
            // libtorch makes a gradient only in a backward pass: that of `sum(weight * g)` is `g`.
            (&fine * from.to_kind(tch::Kind::Float)).sum(tch::Kind::Float).backward();
        }
        let _: Tensor = from.zero_();
    }
}
