//! Questions and their answers: "Any chest pain? – No.", and across the turns of a dialogue.
//!
//! ```text
//! [doctor] any fever or chills ?      fever and chills are denied (rule answer:no)
//! [patient] um , no .
//! [doctor] do you have a cough ?      the cough is affirmed, in spite of the question mark (answer:yes)
//! [patient] yeah , a little .
//! ```
//!
//! - A question reaches from the first word that asks ("any", "do", "have") to its question mark.
//! - The answer is the next word but for fillers and speakers' names; where somebody speaks, another one must answer.
//! - A question that asks how, when or where takes what it asks about for granted: "how long have you had the cough?"
//! - "You have diabetes, right?" – "Right" confirms what was said (answer:agreed). What "yes" means after a question
//!   that denies ("no numbness?") cannot be known: it stays as it is.
//!
//! A question without an answer is a doubt (`cert.post.question`).

use clinlink_model::{Layout, Note, Polarity, Span};

/// The longest question, in tokens.
const MAX_QUESTION: usize = 40;
/// The most tokens between a question mark and the word that answers.
const MAX_FILLERS: usize = 8;

const ASKING: [&str; 24] = [
    "any", "do", "does", "did", "have", "has", "had", "are", "is", "was", "were", "can", "could", "will",
    "would", "ever", "anything", "anybody", "anyone", "no", "not", "don't", "haven't", "you",
];
const OPEN: [&str; 9] = ["how", "what", "when", "where", "which", "who", "why", "how's", "what's"];
const NEGATIVE: [&str; 12] = [
    "no", "not", "n't", "never", "without", "deny", "denies", "don't", "haven't", "isn't", "doesn't",
    "didn't",
];
/// Words that ask to confirm, before the question mark.
const TAGS: [&str; 5] = ["right", "correct", "yes", "yeah", "true"];
const FILLERS: [&str; 30] = [
    ",",
    "-",
    "–",
    "—",
    "[",
    "]",
    ":",
    ".",
    "um",
    "uh",
    "oh",
    "ah",
    "well",
    "so",
    "and",
    "okay",
    "ok",
    "now",
    "i",
    "she",
    "he",
    "they",
    "pt",
    "patient",
    "patient_guest",
    "dr",
    "dr.",
    "doctor",
    "a",
    "q",
];
const NO: [&str; 18] = [
    "no", "nope", "nah", "none", "never", "negative", "neg", "denies", "denied", "deny", "not", "nothing",
    "don't", "haven't", "hasn't", "didn't", "doesn't", "isn't",
];
const YES: [&str; 13] = [
    "yes",
    "yeah",
    "yep",
    "yup",
    "definitely",
    "absolutely",
    "sometimes",
    "occasionally",
    "mm-hmm",
    "uh-huh",
    "yea",
    "positive",
    "affirmative",
];
const AGREED: [&str; 4] = ["right", "correct", "exactly", "sure"];
/// Verbs that answer alone or with "not": "I do", "I have n't".
const VERBS: [&str; 9] = ["do", "does", "did", "have", "has", "had", "am", "is", "was"];

/// What an answer says of what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reply {
    /// It is so, or it is not.
    Says(Polarity),
    /// It is as the question has it.
    Agrees,
    /// The question takes it for granted.
    Granted,
}

/// A question of which something is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Question {
    /// Its tokens, with the question mark.
    pub tokens: (u32, u32),
    /// The words that answer it, or its question mark.
    pub mark: Span,
    pub reply: Reply,
}

impl Question {
    /// The name of its rule.
    pub(crate) const fn rule(&self) -> &'static str {
        match self.reply {
            Reply::Says(Polarity::Affirmed) => "answer:yes",
            Reply::Says(Polarity::Negated) => "answer:no",
            Reply::Agrees => "answer:agreed",
            Reply::Granted => "question:open",
        }
    }
}

/// The questions of a note of which something is known, in text order.
pub(crate) fn questions(note: &Note, layout: &Layout) -> Vec<Question> {
    if !note.text().contains('?') {
        return Vec::new();
    }
    let words = Words { note, layout };
    let mut found = Vec::new();
    for sentence in &layout.sentences {
        let tokens = sentence.tokens.start as usize..sentence.tokens.end as usize;
        let mut start = tokens.start;
        for at in tokens {
            if words.at(at) == "?" {
                found.extend(words.question(start.max(at.saturating_sub(MAX_QUESTION)), at));
                start = at + 1;
            }
        }
    }
    found
}

struct Words<'n> {
    note: &'n Note,
    layout: &'n Layout,
}

impl Words<'_> {
    fn at(&self, token: usize) -> &str {
        self.layout.tokens.get(token).map_or("", |token| &self.note[token.span])
    }

    fn is(&self, token: usize, words: &[&str]) -> bool {
        let word = self.at(token);
        words.iter().any(|known| known.eq_ignore_ascii_case(word))
    }

    /// The first token from `from` on that is no filler, before `to`.
    fn skip_fillers(&self, from: usize, to: usize) -> usize {
        (from..to).find(|&at| !self.is(at, &FILLERS)).unwrap_or(to)
    }

    /// The question of tokens `start..mark` before the question mark `mark`.
    fn question(&self, start: usize, mark: usize) -> Option<Question> {
        let from = self.first_asking(self.skip_fillers(start, mark), mark);
        if from == mark {
            return None;
        }
        let open = self.is(from, &OPEN) && !self.is(from + 1, &["about"]);
        let (reply, mark_span) = if open {
            (Reply::Granted, self.layout.tokens[mark].span)
        } else {
            let (answer, reply) = self.answer(mark)?;
            (self.meant(reply, from, mark)?, self.layout.tokens[answer].span)
        };
        Some(Question { tokens: (from as u32, mark as u32 + 1), mark: mark_span, reply })
    }

    /// Where the question starts in a sentence: "i see , do you have any pain ?"
    fn first_asking(&self, start: usize, mark: usize) -> usize {
        let asks = |at: usize| self.is(at, &ASKING) || self.is(at, &OPEN);
        if asks(start) {
            return start;
        }
        let joint = |at: &usize| self.is(*at, &[",", ".", "and", "so", "but"]);
        let clauses = (start..mark).filter(joint).map(|at| self.skip_fillers(at, mark));
        clauses.into_iter().find(|&at| at < mark && asks(at)).unwrap_or(start)
    }

    /// The word that answers the question that ends with `mark`, and what it says.
    fn answer(&self, mark: usize) -> Option<(usize, Reply)> {
        let end = self.layout.tokens.len().min(mark + 1 + MAX_FILLERS);
        let at = self.skip_fillers(mark + 1, end);
        let turn = |at: usize| self.layout.turn_of(self.layout.tokens[at].span).map(|turn| turn.span);
        if at == end || (turn(mark).is_some() && turn(mark) == turn(at)) {
            return None;
        }
        let reply = if self.is(at, &NO) {
            Reply::Says(Polarity::Negated)
        } else if self.is(at, &YES) {
            // "yeah , no"
            let then_no = self.is(self.skip_fillers(at + 1, at + 4), &["no"]);
            Reply::Says(if then_no { Polarity::Negated } else { Polarity::Affirmed })
        } else if self.is(at, &AGREED) {
            Reply::Agrees
        } else if self.is(at, &VERBS) && self.is(at + 1, &["n't", "not"]) {
            Reply::Says(Polarity::Negated)
        } else if self.is(at, &VERBS) && self.is(at + 1, &[".", ",", ""]) {
            Reply::Says(Polarity::Affirmed)
        } else {
            return None;
        };
        Some((at, reply))
    }

    /// What `reply` means to the question of tokens `from..mark`.
    fn meant(&self, reply: Reply, from: usize, mark: usize) -> Option<Reply> {
        if reply == Reply::Says(Polarity::Negated) {
            return Some(reply);
        }
        if reply == Reply::Agrees || self.is(mark - 1, &TAGS) {
            return Some(Reply::Agrees);
        }
        (from..mark).all(|at| !self.is(at, &NEGATIVE)).then_some(reply)
    }
}
