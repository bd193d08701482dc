//! The stages of one pipeline, and a batch of notes taken through them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use clinlink_context::{Abbreviations, Context, shared_definitions};
use clinlink_episode::{Auditor, CoderConfig, CoderModel, DrgCase, DrgGrouper, LearnedTagger, RuleCoder};
use clinlink_io::Input;
use clinlink_link::dense::{Dense, vectors_folder};
use clinlink_link::{Dictionary, Explanation, LinkModel, LinkerConfig, Nested, PackLinker};
use clinlink_model::{
    AnnotatedMention, AnnotatedNote, Asserter, Audit, CodeSet, Coder, Episode, Expander, Label, Layout,
    Linker, Mention, MentionSource, Note, SectionKind, Segmenter, Span, TagError, Tagger,
};
use clinlink_ner::Recogniser;
use clinlink_segment::{HeaderLexicon, RuleSegmenter};
use clinlink_vocab::Pack;

use crate::config::{
    AssertConfig, CodeConfig, ExpandConfig, LinkConfig, ModelConfig, PipelineConfig, SegmentConfig, TagConfig,
};
use crate::denial::{own_name, standing};
use crate::error::{NoteFailure, PipelineError};
use crate::merge::{MergedTagger, WithLearned};
use crate::short_forms::labelled_as_defined;

/// Where mentions come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mentions {
    /// From the tagger, always.
    Tagged,
    /// From the input, where a note came with mentions; from the tagger otherwise.
    Given,
}

/// A mention with why it is linked as it is.
#[derive(Debug, Clone)]
pub struct ExplainedMention {
    /// The mention.
    pub mention: Mention,
    /// Its words.
    pub text: String,
    /// Its candidates.
    pub explanation: Explanation,
}

/// The stages, assembled. Shared by all threads; nothing in it changes.
pub struct Pipeline {
    segmenter: Box<dyn Segmenter>,
    tagger: Arc<dyn Tagger>,
    expander: Box<dyn Expander>,
    asserter: Box<dyn Asserter>,
    linker: PackLinker,
    coder: Box<dyn Coder>,
    procedures: Option<Box<dyn Coder>>,
    auditor: Auditor,
    grouper: DrgGrouper,
    unreached: Option<f32>,
}

impl Pipeline {
    /// Assembles the pipeline that `config` describes: its model lies in `folder`, the pipeline's own, and its pack
    /// in the folder `packs`.
    ///
    /// # Errors
    /// If its pack, its model or one of its lexicons cannot be read.
    pub fn load(config: PipelineConfig, folder: &Path, packs: &Path) -> Result<Self, PipelineError> {
        let CodeConfig::Rules(code) = &config.code;
        let model = learned(code, folder)?;
        Self::with_model(config, folder, packs, model)
    }

    /// Assembles a pipeline as [`load`](Self::load) does, with a coder's model that is at hand in place of its own.
    ///
    /// # Errors
    /// If its pack, its tagger's model or one of its lexicons cannot be read.
    pub fn with_model(
        config: PipelineConfig,
        folder: &Path,
        packs: &Path,
        model: Option<Arc<CoderModel>>,
    ) -> Result<Self, PipelineError> {
        let pack = Arc::new(Pack::open(&packs.join(&config.pack))?);
        let LinkConfig::Pack(mut link) = config.link;
        let CodeConfig::Rules(code) = config.code;
        if let Some(CodeConfig::Rules(procedures)) = &config.procedures
            && !link.systems.contains(&procedures.system)
        {
            link.systems.push(procedures.system.clone());
        }
        let procedures = config.procedures.map(|CodeConfig::Rules(procedures)| CoderConfig {
            purpose: procedures.purpose.or(code.purpose),
            ..procedures
        });
        let mut tagger = tagger(&config.tag, folder, &pack)?;
        let auditor = Auditor::new(Arc::clone(&pack), code.system.clone());
        let mut coder = coder(Arc::clone(&pack), &code, folder)?;
        let grouper = coder.grouper();
        let mut unreached = None;
        if let Some(model) = model {
            let threshold = |precision: &f32| model.experience().threshold(f64::from(*precision));
            unreached = code.precision.filter(|precision| threshold(precision).is_none());
            tagger = Arc::new(WithLearned::new(tagger, LearnedTagger::new(Arc::clone(&model))));
            coder = coder.with_model(model);
        }
        let procedures = match procedures {
            Some(config) => {
                let model = learned(&config, folder)?;
                let coder = self::coder(Arc::clone(&pack), &config, folder)?;
                Some(match model {
                    Some(model) => {
                        tagger = Arc::new(WithLearned::new(tagger, LearnedTagger::new(Arc::clone(&model))));
                        coder.with_model(model)
                    }
                    None => coder,
                })
            }
            None => None,
        };
        if config.nested {
            tagger = Arc::new(Nested::new(tagger, Arc::clone(&pack)));
        }
        Ok(Self {
            segmenter: segmenter(&config.segment, folder)?,
            tagger,
            expander: expander(&config.expand, folder)?,
            asserter: asserter(&config.assert, folder)?,
            linker: linker(link, folder, &packs.join(&config.pack), pack)?,
            coder: Box::new(coder),
            procedures: procedures.map(|coder| Box::new(coder) as Box<dyn Coder>),
            auditor,
            grouper,
            unreached,
        })
    }

    /// Takes a batch of notes through all stages but the coder. One result a note, in the same order; a note that
    /// fails does not touch the others.
    pub fn annotate(&self, batch: Vec<Input>, mentions: Mentions) -> Vec<Result<AnnotatedNote, NoteFailure>> {
        let laid_out: Vec<Result<Layout, NoteFailure>> = batch
            .iter()
            .map(|input| guard(&input.note, "segmentation", || self.segmenter.segment(&input.note)))
            .collect();
        let tagged = self.tag(&batch, &laid_out, mentions);
        batch
            .into_iter()
            .zip(laid_out)
            .zip(tagged)
            .map(|((input, layout), tagged)| {
                let found_by = given(&input, mentions).map_or(Mentions::Tagged, |_| Mentions::Given);
                self.finish(input.note, layout?, tagged?, found_by)
            })
            .collect()
    }

    /// Why the mention at `span` of a note is linked as it is: the one of the same span, or else the one that shares the most
    /// with it, or else the words as they stand, of no known label.
    ///
    /// # Errors
    /// If a stage fails on the note.
    pub fn explain(
        &self,
        input: Input,
        mentions: Mentions,
        span: Span,
    ) -> Result<ExplainedMention, NoteFailure> {
        let mut annotated = self.annotate_one(input.clone(), mentions)?;
        let place = |note: &AnnotatedNote| {
            let shared = |at: &usize| {
                let found = note.mentions[*at].mention.span;
                let shared = found.end().min(span.end()).saturating_sub(found.start().max(span.start()));
                (found == span, shared, std::cmp::Reverse(*at))
            };
            let touching =
                (0..note.mentions.len()).filter(|&at| note.mentions[at].mention.span.overlaps(span));
            touching.max_by_key(shared)
        };
        let at = if let Some(at) = place(&annotated) {
            at
        } else {
            let words = Mention { span, label: Label::Other, score: 1.0, by: MentionSource::Given };
            let input = Input { note: input.note, given: Some(vec![words]) };
            annotated = self.annotate_one(input, Mentions::Given)?;
            0
        };
        let all: Vec<Mention> = annotated.mentions.iter().map(|m| m.mention.clone()).collect();
        let place = (&annotated.note, &annotated.layout);
        let explanation = self.linker.explain(place, &all, &annotated.expansions, at);
        let text = annotated.note[all[at].span].to_owned();
        Ok(ExplainedMention { mention: all[at].clone(), text, explanation })
    }

    fn annotate_one(&self, input: Input, mentions: Mentions) -> Result<AnnotatedNote, NoteFailure> {
        let note = input.note.clone();
        self.annotate(vec![input], mentions).pop().unwrap_or_else(|| Err(no_result(&note)))
    }

    /// The code set of an episode, whose notes gain what its other notes define: where one says
    /// `angiomyolipoma (AML)`, AML in another is no leukemia.
    ///
    /// # Errors
    /// If the coder fails on it.
    pub fn code(&self, episode: &mut Episode) -> Result<CodeSet, NoteFailure> {
        let run = AssertUnwindSafe(|| {
            self.share_definitions(episode);
            let mut codes = self.coder.code(episode);
            if let Some(procedures) = &self.procedures {
                codes.add(procedures.code(episode));
                self.group_again(&mut codes);
            }
            codes
        });
        catch_unwind(run).map_err(|_| NoteFailure {
            note: episode.id.clone(),
            cause: "coding the episode failed".to_owned(),
        })
    }

    /// Finds the MS-DRG of a code set anew, if it has one: its procedures may decide.
    fn group_again(&self, codes: &mut CodeSet) {
        if let Some(drg) = codes.drg.take() {
            let to_review = drg.what_if.into_iter().map(|effect| effect.code).collect();
            codes.drg = Some(self.grouper.group(&DrgCase { to_review, ..DrgCase::of(codes) }));
        }
    }

    /// The precision that is asked of accepted codes, if the codes that its coder's model was learnt from reach it at no
    /// probability: it then accepts none.
    pub fn unreached_precision(&self) -> Option<f32> {
        self.unreached
    }

    /// What finds the MS-DRGs of its code sets.
    pub fn grouper(&self) -> &DrgGrouper {
        &self.grouper
    }

    /// What the notes of an episode say about codes that it was given by someone else, with their own code set.
    ///
    /// # Errors
    /// If the coder fails on it.
    pub fn audit(&self, given: &[String], episode: &mut Episode) -> Result<(Audit, CodeSet), NoteFailure> {
        let codes = self.code(episode)?;
        Ok((self.auditor.audit(given, &codes), codes))
    }

    /// Puts the abbreviations that other notes of the episode define in the place of the lexicon's, and links the
    /// mentions anew that hold one.
    fn share_definitions(&self, episode: &mut Episode) {
        let gained = shared_definitions(episode);
        for (annotated, gained) in episode.notes.iter_mut().zip(gained) {
            if gained.is_empty() {
                continue;
            }
            // They stand in the order of the text, apart from each other.
            let holds = |span: Span| {
                let behind = gained.partition_point(|expansion| expansion.short.end() <= span.start());
                gained.get(behind).is_some_and(|expansion| expansion.short.overlaps(span))
            };
            annotated.expansions.retain(|known| !holds(known.short));
            annotated.expansions.extend(gained.iter().cloned());
            annotated.expansions.sort_by_key(|expansion| expansion.short.start());
            let touched: Vec<usize> = (0..annotated.mentions.len())
                .filter(|&at| holds(annotated.mentions[at].mention.span))
                .collect();
            let mentions: Vec<Mention> =
                touched.iter().map(|&at| annotated.mentions[at].mention.clone()).collect();
            let AnnotatedNote { note, layout, expansions, .. } = annotated;
            let links = self.linker.link(note, layout, &mentions, expansions);
            for (at, links) in touched.into_iter().zip(links) {
                let mention = &mut annotated.mentions[at];
                mention.links = standing(links, mention.assertion.as_ref());
            }
        }
    }

    /// The mentions of each note: the given ones where they are asked for, the tagger's for all other notes at
    /// once. If the tagger fails on the batch, each note is tried on its own.
    fn tag(
        &self,
        batch: &[Input],
        layouts: &[Result<Layout, NoteFailure>],
        mentions: Mentions,
    ) -> Vec<Result<Vec<Mention>, NoteFailure>> {
        let given = |input| given(input, mentions);
        let to_tag: Vec<(&Note, &Layout)> = batch
            .iter()
            .zip(layouts)
            .filter(|(input, _)| given(input).is_none())
            .filter_map(|(input, layout)| layout.as_ref().ok().map(|layout| (&input.note, layout)))
            .collect();
        let mut tagged = self.tag_all(&to_tag).into_iter();
        batch
            .iter()
            .zip(layouts)
            .map(|(input, layout)| match (given(input), layout) {
                (Some(given), _) => Ok(given.clone()),
                (None, Err(failure)) => Err(failure.clone()),
                (None, Ok(_)) => tagged.next().unwrap_or_else(|| Err(no_result(&input.note))),
            })
            .collect()
    }

    /// The tagger's mentions but for those in headers that say what their section is about: "Allergies:" is no
    /// allergy. Headers of no known kind may be problems ("Hypertension: continue lisinopril").
    fn tag_all(&self, notes: &[(&Note, &Layout)]) -> Vec<Result<Vec<Mention>, NoteFailure>> {
        let mut tagged = self.tag_anywhere(notes);
        for ((_, layout), mentions) in notes.iter().zip(&mut tagged) {
            if let Ok(mentions) = mentions {
                mentions.retain(|mention| !is_in_header(layout, mention));
            }
        }
        tagged
    }

    fn tag_anywhere(&self, notes: &[(&Note, &Layout)]) -> Vec<Result<Vec<Mention>, NoteFailure>> {
        if notes.is_empty() {
            return Vec::new();
        }
        if let Ok(Ok(tagged)) = catch_unwind(AssertUnwindSafe(|| self.tagger.tag(notes)))
            && tagged.len() == notes.len()
        {
            return tagged.into_iter().map(Ok).collect();
        }
        let alone = |&(note, layout): &(&Note, &Layout)| {
            let tagged = guard(note, "recognition", || self.tagger.tag(&[(note, layout)]))?;
            let failure =
                |error: TagError| NoteFailure { note: note.id().to_owned(), cause: error.to_string() };
            tagged.map_err(failure)?.pop().ok_or_else(|| no_result(note))
        };
        notes.iter().map(alone).collect()
    }

    /// Abbreviations, context and links of a note whose mentions are known.
    fn finish(
        &self,
        note: Note,
        layout: Layout,
        mentions: Vec<Mention>,
        found_by: Mentions,
    ) -> Result<AnnotatedNote, NoteFailure> {
        let (mentions, expansions, assertions) = guard(&note, "context", || {
            let expansions = self.expander.expand(&note, &layout, &mentions);
            let mentions = match found_by {
                Mentions::Tagged => labelled_as_defined(&note, mentions, &expansions),
                Mentions::Given => mentions,
            };
            let assertions = self.asserter.assert(&note, &layout, &mentions);
            (mentions, expansions, assertions)
        })?;
        let links = guard(&note, "linking", || self.linker.link(&note, &layout, &mentions, &expansions))?;
        let mut assertions = assertions.into_iter();
        let mut links = links.into_iter();
        let mentions = mentions
            .into_iter()
            .map(|mention| {
                let links = links.next().unwrap_or_default();
                let assertion =
                    assertions.next().map(|assertion| own_name(assertion, (&note, &mention), &links));
                let links = standing(links, assertion.as_ref());
                AnnotatedMention { mention, assertion, links }
            })
            .collect();
        Ok(AnnotatedNote { note, layout, expansions, mentions })
    }
}

/// The mentions that a note came with, where they are asked for.
fn given(input: &Input, mentions: Mentions) -> Option<&Vec<Mention>> {
    input.given.as_ref().filter(|_| mentions == Mentions::Given)
}

fn no_result(note: &Note) -> NoteFailure {
    NoteFailure { note: note.id().to_owned(), cause: "the recogniser gave no result".to_owned() }
}

fn is_in_header(layout: &Layout, mention: &Mention) -> bool {
    layout.section_of(mention.span).is_some_and(|section| {
        section.kind != SectionKind::Unknown
            && section.header.is_some_and(|header| header.overlaps(mention.span))
    })
}

/// Runs a stage on a note; a panic of the stage, which is a defect of ours, costs that note only. The panic's
/// message is dropped, since it may quote the text.
fn guard<T>(note: &Note, stage: &str, run: impl FnOnce() -> T) -> Result<T, NoteFailure> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|_| NoteFailure {
        note: note.id().to_owned(),
        cause: format!("{stage} failed; this is a defect of clinlink, please report it"),
    })
}

fn segmenter(config: &SegmentConfig, folder: &Path) -> Result<Box<dyn Segmenter>, PipelineError> {
    Ok(Box::new(match config {
        SegmentConfig::Rules { headers: None } => RuleSegmenter::embedded(),
        SegmentConfig::Rules { headers: Some(file) } => {
            RuleSegmenter::new(HeaderLexicon::from_tsv(&folder.join(file))?)
        }
    }))
}

/// The linker, for a pipeline in `folder` and the pack in `pack_folder`.
fn linker(
    config: LinkerConfig,
    folder: &Path,
    pack_folder: &Path,
    pack: Arc<Pack>,
) -> Result<PackLinker, PipelineError> {
    let learned = config.model.as_ref().map(|file| LinkModel::read(&folder.join(file))).transpose()?;
    let dense = match config.dense.clone() {
        Some(dense) => {
            let model = folder.join(&dense.model);
            Some(Dense::open(dense, &model, &vectors_folder(pack_folder), &pack)?)
        }
        None => None,
    };
    let mut linker = PackLinker::new(pack, config);
    if let Some(dense) = dense {
        linker = linker.with_dense(dense);
    }
    if let Some(learned) = learned {
        linker = linker.with_model(Arc::new(learned));
    }
    Ok(linker)
}

/// What a coder of a pipeline in `folder` has learnt, if it names a model.
fn learned(config: &CoderConfig, folder: &Path) -> Result<Option<Arc<CoderModel>>, PipelineError> {
    let model = config.model.as_ref().map(|file| CoderModel::read(&folder.join(file), &config.system));
    Ok(model.transpose()?.map(Arc::new))
}

/// The coder of a pipeline in `folder`, without a model, with the pipeline's own tables if it has any.
pub(crate) fn coder(
    pack: Arc<Pack>,
    config: &CoderConfig,
    folder: &Path,
) -> Result<RuleCoder, PipelineError> {
    Ok(match &config.tables {
        None => RuleCoder::new(pack, config.clone()),
        Some(tables) => RuleCoder::with_tables(pack, config.clone(), &folder.join(tables))?,
    })
}

fn expander(config: &ExpandConfig, folder: &Path) -> Result<Box<dyn Expander>, PipelineError> {
    Ok(Box::new(match config {
        ExpandConfig::Abbreviations { lexicon: None } => Abbreviations::embedded(),
        ExpandConfig::Abbreviations { lexicon: Some(file) } => Abbreviations::from_tsv(&folder.join(file))?,
    }))
}

fn asserter(config: &AssertConfig, folder: &Path) -> Result<Box<dyn Asserter>, PipelineError> {
    Ok(Box::new(match config {
        AssertConfig::Cues { cues: None } => Context::embedded(),
        AssertConfig::Cues { cues: Some(file) } => Context::from_tsv(&folder.join(file))?,
    }))
}

fn tagger(config: &TagConfig, folder: &Path, pack: &Arc<Pack>) -> Result<Arc<dyn Tagger>, PipelineError> {
    let dictionary: Arc<dyn Tagger> = Arc::new(Dictionary::new(Arc::clone(pack)));
    let model = |config: &ModelConfig| -> Result<Arc<dyn Tagger>, PipelineError> {
        let model = Recogniser::load(&folder.join(&config.model), &config.labels, config.precision)?;
        Ok(Arc::new(model.with_gazetteer(Arc::clone(&dictionary))))
    };
    Ok(match config {
        TagConfig::Dictionary => dictionary,
        TagConfig::Model(config) => model(config)?,
        TagConfig::Merged(config) => Arc::new(MergedTagger::new(model(config)?, Arc::clone(&dictionary))),
    })
}

/// The dictionary of the pack in a folder: the gazetteer that a recogniser is trained with.
///
/// # Errors
/// If the pack cannot be opened.
pub fn gazetteer(pack: &Path) -> Result<Arc<dyn Tagger>, PipelineError> {
    Ok(Arc::new(Dictionary::new(Arc::new(Pack::open(pack)?))))
}
