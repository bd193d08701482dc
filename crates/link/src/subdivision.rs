//! Down the tabular list: from the code that a mention was found under to the subdivision that says what else the mention says.
//!
//! A coder locates the main term and verifies it in the tabular list (Official Guidelines I.B.1): `type 2 diabetes with
//! neuropathy` is located as type 2 diabetes, and of its subdivisions E11.40 adds `diabetic neuropathy`. A
//! subdivision is taken if the mention says all that its title adds, and at least one word that the code above it leaves
//! out. `And` in a title means `and/or` (I.A.14), so `perforation and abscess` takes one of them. A code whose title says
//! that something is absent which the mention names (`without perforation`) is left for its category.

use std::cmp::Reverse;

use clinlink_model::{System, Via};
use clinlink_vocab::{ConceptId, Pack, deciding_words, is_function_word, normal_words};

use crate::hits::{Hit, Hits};
use crate::lexicon::Lexicon;
use crate::query::Query;
use crate::score;
use crate::side::with_one_side;
use crate::source::{Knowledge, Need, Source};
use crate::title::same;

/// Subdivisions of the codes that were found.
pub(crate) struct Subdivision;

/// How many of the best codes are looked below.
const MOST_LOCATED: usize = 3;

/// Words that classifications write where the text has another of the same meaning.
const IMPLIED: [(&str, &[&str]); 3] =
    [("diabetic", &["diabetes"]), ("unilateral", &["left", "right"]), ("initial", &["first"])];

impl Source for Subdivision {
    fn need(&self) -> Need {
        Need::Always
    }

    fn find(&self, query: &Query<'_>, with: &Knowledge, hits: &mut Hits) {
        let mut located = hits.of_system(&System::ICD10CM);
        // What the mention says is said of several things where it names several.
        located.retain(|hit| hit.score >= with.config.threshold && hit.conjunct == 0);
        // A term that is the whole mention says all of it.
        let whole =
            |hit: &Hit| matches!(hit.via, Via::Exact | Via::Normal | Via::Abbreviation | Via::Learned);
        if located.first().is_none_or(whole) {
            return;
        }
        located.truncate(MOST_LOCATED);
        let said = Said::new(query.full(), &with.lexicon);
        let best = located[0];
        let best_covers = said.covered(with.pack.title(best.id));
        for hit in located {
            let Some((found, covered, gained)) =
                (Below { pack: &with.pack, located: hit.id, said: &said }).best()
            else {
                continue;
            };
            let mut score = hit.score + score::PER_WORD_VERIFIED * gained as f32;
            if covered > best_covers {
                score = score.max(best.score + score::PER_WORD_VERIFIED * (covered - best_covers) as f32);
            }
            hits.add(found, score.min(score::VERIFIED), Via::Subdivision);
        }
    }
}

/// What a mention says.
struct Said<'l> {
    /// Its words in normal form, but for those that hold a phrase together.
    words: Vec<String>,
    lexicon: &'l Lexicon,
}

impl<'l> Said<'l> {
    fn new(text: &str, lexicon: &'l Lexicon) -> Self {
        let words: Vec<String> = normal_words(text).into_iter().map(|word| word.form).collect();
        let mut words = with_one_side(&words, lexicon);
        words.retain(|word| !is_function_word(word));
        Self { words, lexicon }
    }

    /// Whether the mention says a title's word.
    fn has(&self, word: &str) -> bool {
        self.words.iter().any(|said| says(said, word, self.lexicon))
    }

    /// Whether a title says that something is absent which the mention names.
    fn denied(&self, title: &str) -> bool {
        absent(title).iter().any(|word| self.has(word))
    }

    /// How many words of the mention a title says: not what it says to be absent or, unless it begins with it, unspecified
    /// (`of unspecified deep veins`, but `Unspecified fracture`).
    fn covered(&self, title: &str) -> usize {
        let mut open = false;
        let mut words = Vec::new();
        for (at, word) in
            normal_words(title).into_iter().enumerate().take_while(|(_, word)| word.form != "without")
        {
            if !open {
                words.push(word.form.clone());
            }
            open = at > 0 && word.form == "unspecified";
        }
        self.words.iter().filter(|said| words.iter().any(|word| says(said, word, self.lexicon))).count()
    }
}

/// Whether a word of a mention says a title's word.
fn says(said: &str, word: &str, lexicon: &Lexicon) -> bool {
    let implied = || IMPLIED.iter().any(|(title, words)| *title == word && words.contains(&said));
    same(word, said, lexicon) || implied()
}

/// A code that a mention was found under, and the subdivisions around it.
struct Below<'a> {
    pack: &'a Pack,
    located: ConceptId,
    said: &'a Said<'a>,
}

impl Below<'_> {
    /// The subdivision that covers most words of the mention, and more than the located code does: with how many it covers, and
    /// how many of them are gained.
    fn best(&self) -> Option<(ConceptId, usize, usize)> {
        let known = deciding_words(self.title(self.located));
        let before = self.said.covered(self.title(self.located));
        let lexicon = self.said.lexicon;
        let open: Vec<&str> = (self.said.words.iter().map(String::as_str))
            .filter(|word| !known.iter().any(|known| says(word, known, lexicon)))
            .collect();
        if open.is_empty() {
            return None;
        }
        let top = self.top(&known);
        let mut best = None;
        let mut stack: Vec<(ConceptId, bool)> =
            self.pack.children(top).map(|id| (id, top == self.located)).collect();
        while let Some((id, below)) = stack.pop() {
            let below = below || id == self.located;
            stack.extend(self.pack.children(id).map(|child| (child, below)));
            let title = self.title(id);
            if id == self.located || !may_hold(title, &open, lexicon) {
                continue;
            }
            let words = deciding_words(title);
            let covered = self.said.covered(title);
            if covered <= before || !self.verified(id, &words, &known) {
                continue;
            }
            // Most words, then what is below the located code, then what keeps most of its words and adds least to them.
            let kept = known.iter().filter(|word| words.contains(word)).count();
            let code = self.pack.code(id);
            let rank = (covered, below, kept, Reverse((words.len(), code.len(), id)));
            if best.is_none_or(|(best, _)| rank > best) {
                best = Some((rank, id));
            }
        }
        best.map(|((covered, ..), id)| (id, covered, covered - before))
    }

    fn title(&self, id: ConceptId) -> &str {
        self.pack.title(id)
    }

    /// The highest code above the located one that says no more than the mention, or does not deny it.
    fn top(&self, known: &[String]) -> ConceptId {
        let mut top = self.located;
        while let Some(parent) = self.pack.parent(top).filter(|&parent| self.pack.is_code(parent)) {
            let above = deciding_words(self.title(parent));
            let is_said = known.iter().all(|word| above.contains(word) || self.said.has(word));
            if !is_said && !self.said.denied(self.title(top)) {
                break;
            }
            top = parent;
        }
        top
    }

    /// Whether the mention, or the located code, says all that the title of a subdivision says, and neither denies it.
    fn verified(&self, id: ConceptId, words: &[String], known: &[String]) -> bool {
        let title = self.title(id);
        let holds = |word: &String| known.contains(word) || self.said.has(word);
        let either = alternatives(title);
        let in_other_words = |word: &String| {
            either.iter().any(|(one, other)| one == word && holds(other) || other == word && holds(one))
        };
        let is_said =
            |word: &String| holds(word) || in_other_words(word) || self.goes_without_saying(id, word);
        let located = normal_words(self.title(self.located));
        let is_located = |word: &String| located.iter().any(|other| other.form == *word);
        words.iter().all(is_said)
            && sort_of_unspecified(title).is_none_or(|word| is_said(&word) || is_located(&word))
            && !self.said.denied(title)
    }

    /// Whether a word is in the titles of all subdivisions beside one, so that it does not tell them apart: `fibula` below
    /// `fracture of lateral malleolus`.
    fn goes_without_saying(&self, id: ConceptId, word: &str) -> bool {
        let has = |id: ConceptId| normal_words(self.title(id)).iter().any(|other| other.form == word);
        let Some(parent) = self.pack.parent(id).filter(|&parent| self.pack.is_code(parent)) else {
            return false;
        };
        if has(parent) {
            return self.goes_without_saying(parent, word);
        }
        self.pack.children(parent).nth(1).is_some() && self.pack.children(parent).all(has)
    }
}

/// The word behind the one that a title begins with: `Unspecified systolic heart failure` is not any heart failure.
fn sort_of_unspecified(title: &str) -> Option<String> {
    let mut words = normal_words(title).into_iter().map(|word| word.form);
    words.next().filter(|first| first == "unspecified")?;
    words.next()
}

/// What a title says to be absent.
fn absent(title: &str) -> Vec<String> {
    let words = normal_words(title).into_iter().map(|word| word.form);
    words.skip_while(|word| word != "without").skip(1).filter(|word| !is_function_word(word)).collect()
}

/// Whether a title may hold one of the words, by how they begin: a look that spares most titles the comparison.
fn may_hold(title: &str, words: &[&str], lexicon: &Lexicon) -> bool {
    let title = title.to_lowercase();
    let begins = |word: &str| {
        let end = word.char_indices().nth(4).map_or(word.len(), |(at, _)| at);
        title.contains(&word[..end])
    };
    let other_form = |word: &str| {
        let variant = lexicon.variants.get(word).is_some_and(|forms| forms.iter().any(|form| begins(form)));
        variant || IMPLIED.iter().any(|(title, words)| words.contains(&word) && begins(title))
    };
    words.iter().any(|word| begins(word) || other_form(word))
}

/// The pairs of words that a title joins with `and` or `or`.
fn alternatives(title: &str) -> Vec<(String, String)> {
    let words: Vec<String> = normal_words(title).into_iter().map(|word| word.form).collect();
    let joined = words.windows(3).filter(|three| matches!(three[1].as_str(), "and" | "or"));
    joined.map(|three| (three[0].clone(), three[2].clone())).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(
        "Diverticulitis of large intestine without perforation or abscess",
        "diverticulitis with perforation",
        true
    )]
    #[case(
        "Diverticulitis of large intestine without perforation or abscess",
        "diverticulitis with bleeding",
        false
    )]
    #[case("Diverticulitis of large intestine with perforation", "diverticulitis with perforation", false)]
    fn a_title_denies_what_it_says_to_be_absent(
        #[case] title: &str,
        #[case] mention: &str,
        #[case] denied: bool,
    ) {
        assert_eq!(Said::new(mention, &Lexicon::embedded()).denied(title), denied);
    }

    #[rstest]
    #[case::the_word_itself("Chronic kidney disease, stage 3", &["stage"], true)]
    #[case::another_form_of_it("Fracture of femur", &["femoral"], true)]
    #[case::what_it_implies("Type 2 diabetes mellitus with diabetic cataract", &["diabetes"], true)]
    #[case::nothing("Chronic kidney disease, stage 3", &["left"], false)]
    fn titles_are_looked_at_only_if_they_may_hold_a_word(
        #[case] title: &str,
        #[case] words: &[&str],
        #[case] expected: bool,
    ) {
        assert_eq!(may_hold(title, words, &Lexicon::embedded()), expected);
    }
}
