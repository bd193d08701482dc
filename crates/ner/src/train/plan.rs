use clinlink_encoder::Random;

use super::TrainConfig;
use super::examples::{Drawn, Example};

/// A window is in a pass at most this often.
const MOST_SHARE: u32 = 100;

/// What is trained on in each pass.
pub(super) struct Plan<'a> {
    config: &'a TrainConfig,
    examples: &'a [Example],
    /// Steps of all passes.
    pub steps: usize,
}

impl<'a> Plan<'a> {
    pub fn new(config: &'a TrainConfig, examples: &'a [Example]) -> Self {
        let mut plan = Self { config, examples, steps: 0 };
        plan.steps = plan.steps_before(config.epochs);
        plan
    }

    fn steps_before(&self, epoch: usize) -> usize {
        (0..epoch).map(|epoch| self.batches(epoch).len()).sum()
    }

    /// The steps before a pass (from 0), and its batches.
    pub fn pass(&self, epoch: usize) -> (usize, Vec<Drawn<'a>>) {
        (self.steps_before(epoch), self.batches(epoch))
    }

    /// Batches of examples of like length, in random order.
    fn batches(&self, epoch: usize) -> Vec<Drawn<'a>> {
        let mut random = Random(self.config.seed.wrapping_add(epoch as u64));
        let times = |share: f64, random: &mut Random| {
            let whole = (1..=MOST_SHARE).take_while(|&count| f64::from(count) <= share).count();
            let rest = share - whole as f64;
            whole + usize::from(rest > 0.0 && random.part() < rest)
        };
        let mut order: Vec<&Example> = Vec::new();
        for example in self.examples {
            order.extend(std::iter::repeat_n(example, times(example.share, &mut random)));
        }
        random.shuffle(&mut order);
        // Within 16 pieces the shuffled order stays, so that an example meets others in each pass.
        order.sort_by_key(|example| example.allowed.len() / 16);
        let dropout = self.config.gazetteer_dropout;
        let draw = |example: &&'a Example| (*example, random.part() >= dropout);
        let drawn: Drawn = order.iter().map(draw).collect();
        let mut batches: Vec<Drawn> = drawn.chunks(self.config.batch).map(<[_]>::to_vec).collect();
        random.shuffle(&mut batches);
        batches
    }
}
