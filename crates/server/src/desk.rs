//! What may be done with a review, and doing it.
//!
//! A decision names the version of the review that it was made on. It is written down as the next event of that review, or
//! refused if somebody was quicker: the pair of review and version is unique in the log.

use std::collections::BTreeSet;
use std::sync::Arc;

use clinlink_io::CodeSetRecord;
use clinlink_model::{CharOffsets, System};
use tokio::task::spawn_blocking;

use crate::app::App;
use crate::database::{Write, stored};
use crate::engine::{Engine, Proposed, span_of, with_known_mentions};
use crate::episodes::{EpisodeHead, Proposal, State as EpisodeState, StoredNote};
use crate::error::ApiError;
use crate::log::NewEvent;
use crate::review::{
    Change, CodeKey, Decided, Decision, Event, Kind, Opening, Payload, Place, Review, ReviewRow, ReviewState,
    Setting, State, Suggested, Verdict, concept, counts, fold, last_of, review, signed_codes, standing,
};
use crate::users::User;

/// Words that a person types, in characters at most.
const MOST_TEXT: usize = 4000;
/// Pieces of evidence of one added code.
const MOST_EVIDENCE: usize = 100;

/// A review with everything that it is made of.
pub(crate) struct Loaded {
    pub(crate) head: EpisodeHead,
    pub(crate) row: ReviewRow,
    pub(crate) events: Vec<Event>,
    pub(crate) state: State,
    pub(crate) proposal: Arc<Proposal>,
}

/// Whether a user may see an episode at all: a lead any, a coder theirs and those of nobody.
pub(crate) fn may_see(user: &User, head: &EpisodeHead) -> bool {
    user.role.leads() || head.assigned.is_empty() || head.assigned.contains(&user.name)
}

/// The reviews of an episode that a user may see. Who codes an episode as one of two sees only their own until all have
/// signed.
pub(crate) fn visible(
    user: &User,
    head: &EpisodeHead,
    reviews: Vec<(ReviewRow, ReviewState)>,
) -> Vec<(ReviewRow, ReviewState)> {
    let doubly = head.assigned.len() > 1;
    let counts = |row: &ReviewRow| row.kind == Kind::Double && head.assigned.contains(&row.coder);
    let mut doubles = reviews.iter().filter(|(row, _)| counts(row));
    let all_signed = doubles.all(|(_, state)| *state == ReviewState::Signed);
    let sees = |row: &ReviewRow| match row.kind {
        // The review for everybody gives way to those of the two coders.
        Kind::Single => !doubly,
        Kind::Double => counts(row) && (user.role.leads() || all_signed || row.coder == user.name),
        Kind::Adjudication => user.role.leads() || all_signed,
    };
    reviews.into_iter().filter(|(row, _)| sees(row)).collect()
}

/// Whether a user may decide in a review that they see.
fn may_decide(user: &User, row: &ReviewRow) -> bool {
    match row.kind {
        Kind::Single => true,
        Kind::Double => row.coder == user.name,
        Kind::Adjudication => user.role.leads(),
    }
}

impl App {
    /// An episode that the user may see.
    pub(crate) async fn episode_for(&self, user: &User, id: &str) -> Result<EpisodeHead, ApiError> {
        let head = self.database.episode(id).await?;
        if may_see(user, &head) { Ok(head) } else { Err(ApiError::Forbidden("it is assigned to others")) }
    }

    /// A review that the user may see.
    pub(crate) async fn review_for(&self, user: &User, episode: &str, id: &str) -> Result<Loaded, ApiError> {
        let (head, row) = self.row_for(user, episode, id).await?;
        self.load(head, row).await
    }

    /// The lines of an episode and of one of its reviews that the user may see.
    pub(crate) async fn row_for(
        &self,
        user: &User,
        episode: &str,
        id: &str,
    ) -> Result<(EpisodeHead, ReviewRow), ApiError> {
        let head = self.episode_for(user, episode).await?;
        let all = self.database.reviews(episode).await?;
        if !all.iter().any(|(row, _)| row.id == id) {
            return Err(ApiError::NotFound("no such review"));
        }
        let row = visible(user, &head, all).into_iter().map(|(row, _)| row).find(|row| row.id == id);
        Ok((head, row.ok_or(ApiError::Forbidden("it is another coder's"))?))
    }

    /// A review with everything that it is made of.
    pub(crate) async fn load(&self, head: EpisodeHead, row: ReviewRow) -> Result<Loaded, ApiError> {
        let events = self.database.events(&row.id).await?;
        let state = fold(&events);
        let id = state.proposal.as_deref().ok_or(ApiError::Internal("a review stands on no code set"))?;
        let proposal = self.database.proposal(id).await?;
        Ok(Loaded { head, row, events, state, proposal })
    }

    /// A review as the page shows it.
    pub(crate) async fn view(&self, loaded: &Loaded) -> Result<Review, ApiError> {
        let picked = loaded.state.decided.iter().any(|decided| !decided.evidence.is_empty());
        let notes = if picked || !loaded.state.suggested.is_empty() {
            self.database.notes(&loaded.head.id).await?
        } else {
            Vec::new()
        };
        let text = |place: &Place| text_at(&notes, place).unwrap_or_default();
        let engine = self.engine();
        let Loaded { row, events, state, proposal, .. } = loaded;
        Ok(review(row, events, state, &proposal.codes, &engine, self.options.purpose, &text))
    }

    /// Writes a decision down. Returns the review as it is then.
    pub(crate) async fn decide(
        &self,
        user: &User,
        loaded: Loaded,
        version: i64,
        decision: Decision,
    ) -> Result<Review, ApiError> {
        if !may_decide(user, &loaded.row) {
            return Err(ApiError::Forbidden("it is another coder's"));
        }
        if loaded.state.signed.is_some() {
            return Err(ApiError::Signed);
        }
        if version != loaded.state.version {
            return Err(ApiError::Stale(Box::new(self.view(&loaded).await?)));
        }
        // Another one may be promoted meanwhile.
        let engine = self.engine();
        let (mut payload, proposed) = self.checked(&engine, user, &loaded, decision).await?;
        let mut write = self.database.write().await?;
        if let Some(proposed) = &proposed {
            let codes = &proposed.codes;
            let id = self.database.store_proposal(&mut write, &loaded.head.id, &engine, codes).await?;
            payload.proposal = Some(id);
        }
        let made_by = if proposed.is_some() { &engine.id } else { &loaded.proposal.engine };
        let kind = payload.decision.as_ref().map_or("", Decision::kind);
        let event = NewEvent {
            who: &user.name,
            episode: &loaded.head.id,
            review: &loaded.row.id,
            version: loaded.state.version + 1,
            kind,
            payload: &payload,
            engine: made_by,
        };
        let written = write.append(&event).await?;
        if written.is_none() {
            drop(write);
            let now = self.load(loaded.head, loaded.row).await?;
            return Err(ApiError::Stale(Box::new(self.view(&now).await?)));
        }
        self.project(&mut write, user, &loaded, &payload, proposed.as_ref()).await?;
        write.commit().await?;
        self.metrics.decided();
        let mut row = loaded.row;
        if row.kind == Kind::Single && row.coder.is_empty() {
            row.coder.clone_from(&user.name);
        }
        let now = self.load(loaded.head, row).await?;
        self.view(&now).await
    }

    /// What the event of a decision says, if the decision makes sense; with what the machine then proposes, if it was
    /// asked again.
    async fn checked(
        &self,
        engine: &Arc<Engine>,
        user: &User,
        loaded: &Loaded,
        decision: Decision,
    ) -> Result<(Payload, Option<Proposed>), ApiError> {
        let mut payload = Payload { decision: Some(decision.clone()), ..Payload::default() };
        let mut proposed = None;
        let state = &loaded.state;
        match &decision {
            Decision::Accept { system, code } | Decision::Clear { system, code } => {
                in_review(loaded, &key(system, code))?;
            }
            Decision::Reject { system, code, note, .. } => {
                in_review(loaded, &key(system, code))?;
                if let Some(note) = note {
                    text("the note", note, MOST_TEXT)?;
                }
            }
            Decision::Replace { system, code, with } => {
                in_review(loaded, &key(system, code))?;
                reportable(engine, with)?;
                if *with == key(system, code) {
                    return Err(ApiError::Invalid("a code cannot take its own place".to_owned()));
                }
            }
            Decision::Add { system, code, evidence } => {
                reportable(engine, &key(system, code))?;
                if evidence.is_empty() || evidence.len() > MOST_EVIDENCE {
                    let says = format!("a code needs 1 to {MOST_EVIDENCE} pieces of evidence");
                    return Err(ApiError::Invalid(says));
                }
                let notes = self.database.notes(&loaded.head.id).await?;
                if evidence.iter().any(|place| text_at(&notes, place).is_none()) {
                    return Err(ApiError::Invalid(
                        "the evidence is no words of the episode's notes".to_owned(),
                    ));
                }
            }
            Decision::Context { note, start_char, end_char, axis, value } => {
                let place = Place { note: note.clone(), start_char: *start_char, end_char: *end_char };
                let set = Setting::new(*axis, value)
                    .ok_or_else(|| ApiError::Invalid("the axis has no such value".to_owned()))?;
                let mut changes = state.changes();
                changes.push(Change { place: place.clone(), set });
                proposed = Some(self.propose_again(engine, loaded, changes, Some(&place)).await?);
            }
            Decision::Synonym { term, system, code } => {
                text("the term", term, 400)?;
                in_vocabulary(engine, &key(system, code))?;
            }
            Decision::Abbreviation { short, long } => {
                text("the abbreviation", short, 40)?;
                text("the long form", long, 400)?;
            }
            Decision::Principal { system, code } => match (system, code) {
                (Some(system), Some(code)) => stands(loaded, &key(system, code))?,
                (_, None) => {}
                (None, Some(_)) => return Err(ApiError::Invalid("the code's system is missing".to_owned())),
            },
            Decision::Comment { text: words, code } => {
                text("the comment", words, MOST_TEXT)?;
                if let Some(key) = code {
                    in_review(loaded, key).or_else(|_| in_vocabulary(engine, key))?;
                }
            }
            Decision::Undo {} => {
                let last = last_of(&loaded.events, state, &user.name)
                    .ok_or_else(|| ApiError::Invalid("there is nothing of yours to take back".to_owned()))?;
                payload.undoes = Some(last.seq);
                if matches!(last.payload.decision, Some(Decision::Context { .. })) {
                    let changes = without(&loaded.events, last.seq).changes();
                    proposed = Some(self.propose_again(engine, loaded, changes, None).await?);
                }
            }
            Decision::SignOff {} => {
                payload.signed = Some(signed_codes(state, &loaded.proposal.codes, engine));
            }
        }
        Ok((payload, proposed))
    }

    /// Asks the machine again, with words meant as `changes` say. `place` must be words of a note.
    async fn propose_again(
        &self,
        engine: &Arc<Engine>,
        loaded: &Loaded,
        changes: Vec<Change>,
        place: Option<&Place>,
    ) -> Result<Proposed, ApiError> {
        let notes = self.database.notes(&loaded.head.id).await?;
        if place.is_some_and(|place| text_at(&notes, place).is_none()) {
            return Err(ApiError::Invalid("these are no words of the episode's notes".to_owned()));
        }
        let mut inputs = Vec::with_capacity(notes.len());
        for stored in notes {
            let record = stored.record.ok_or(ApiError::Internal("a note is not annotated"))?;
            inputs.push(with_known_mentions(stored.note, &record, &changes));
        }
        let engine = Arc::clone(engine);
        let work = spawn_blocking(move || engine.propose(inputs, &changes));
        let proposed = work.await.map_err(|_| ApiError::Internal("annotating broke off"))?;
        proposed.map_err(|failure| ApiError::Invalid(failure.to_string()))
    }

    /// Brings what the work list shows up to date with an event that is about to be committed.
    async fn project(
        &self,
        write: &mut Write<'_>,
        user: &User,
        loaded: &Loaded,
        payload: &Payload,
        proposed: Option<&Proposed>,
    ) -> Result<(), ApiError> {
        let episode = &loaded.head.id;
        if loaded.row.kind == Kind::Single && loaded.row.coder.is_empty() {
            sqlx::query("UPDATE reviews SET coder = $2 WHERE id = $1 AND coder = ''")
                .bind(&loaded.row.id)
                .bind(&user.name)
                .execute(&mut *write.tx)
                .await?;
        }
        if matches!(payload.decision, Some(Decision::SignOff {})) {
            sqlx::query("UPDATE reviews SET state = 'signed' WHERE id = $1")
                .bind(&loaded.row.id)
                .execute(&mut *write.tx)
                .await?;
            let state = self.signed_state(write, loaded).await?;
            write.set_state(episode, state).await?;
        } else if loaded.head.state == EpisodeState::Ready {
            write.set_state(episode, EpisodeState::InReview).await?;
        }
        let mut events = loaded.events.clone();
        events.push(Event {
            seq: i64::MAX,
            at: String::new(),
            who: user.name.clone(),
            version: loaded.state.version + 1,
            kind: String::new(),
            payload: payload.clone(),
        });
        let codes = proposed.map_or(&loaded.proposal.codes, |proposed| &proposed.codes);
        let (to_review, accepted) = counts(&fold(&events), codes);
        sqlx::query("UPDATE episodes SET to_review = $2, accepted = $3 WHERE id = $1")
            .bind(episode)
            .bind(stored(to_review))
            .bind(stored(accepted))
            .execute(&mut *write.tx)
            .await?;
        Ok(())
    }

    /// The state of an episode of which this review is signed off.
    async fn signed_state(&self, write: &mut Write<'_>, loaded: &Loaded) -> Result<EpisodeState, ApiError> {
        if loaded.row.kind != Kind::Double {
            return Ok(EpisodeState::Signed);
        }
        // Of two who sign at once the second finds the first.
        write.lock(&loaded.head.id).await?;
        let (open,): (i64,) = sqlx::query_as(
            "SELECT COUNT(*) FROM reviews r JOIN assignments a ON a.episode = r.episode AND a.coder = r.coder \
             WHERE r.episode = $1 AND r.kind = 'double' AND r.state = 'open'",
        )
        .bind(&loaded.head.id)
        .fetch_one(&mut *write.tx)
        .await?;
        Ok(if open == 0 { EpisodeState::Adjudication } else { EpisodeState::InReview })
    }

    /// Opens a signed review again, as a new one that begins where it stood.
    pub(crate) async fn reopen(&self, user: &User, loaded: Loaded, reason: &str) -> Result<Review, ApiError> {
        let Some(signed) = loaded.state.signed else {
            return Err(ApiError::Conflict("it is open".to_owned()));
        };
        let signed_by = loaded.events.iter().find(|event| event.seq == signed).map(|event| &event.who);
        if !user.role.leads() && signed_by != Some(&user.name) {
            return Err(ApiError::Forbidden("who signed it off, or a lead, may open it again"));
        }
        text("the reason", reason, MOST_TEXT)?;
        let proposal = loaded.state.proposal.clone().unwrap_or_default();
        let opening = Opening {
            reopens: Some(loaded.row.id.clone()),
            reason: Some(reason.to_owned()),
            carried: loaded.state.clone(),
        };
        let row = ReviewRow { id: String::new(), revision: loaded.row.revision + 1, ..loaded.row };
        self.open(loaded.head, row, &user.name, (&proposal, &loaded.proposal.engine), opening).await
    }

    /// Opens a lead's review of what two coders have signed: what they agree on is decided, the rest is open.
    pub(crate) async fn adjudicate(&self, user: &User, head: EpisodeHead) -> Result<Review, ApiError> {
        let pair = self.signed_pair(&head).await?;
        let Some([a, b]) = pair else {
            return Err(ApiError::Conflict("two coders must have signed it off first".to_owned()));
        };
        let proposal = head.proposal.clone().ok_or(ApiError::Internal("an episode has no code set"))?;
        let stored = self.database.proposal(&proposal).await?;
        let opening = Opening { carried: agreed(&a, &b, &stored.codes), ..Opening::default() };
        let row = ReviewRow {
            id: String::new(),
            episode: head.id.clone(),
            coder: user.name.clone(),
            kind: Kind::Adjudication,
            revision: 1,
        };
        self.open(head, row, &user.name, (&proposal, &stored.engine), opening).await
    }

    async fn open(
        &self,
        head: EpisodeHead,
        row: ReviewRow,
        who: &str,
        (proposal, engine): (&str, &str),
        opening: Opening,
    ) -> Result<Review, ApiError> {
        let mut write = self.database.write().await?;
        let id = write.open_review(&row, who, proposal, engine, opening).await?;
        let state =
            if row.kind == Kind::Adjudication { EpisodeState::Adjudication } else { EpisodeState::InReview };
        write.set_state(&head.id, state).await?;
        write.commit().await?;
        let opened = self.load(head, ReviewRow { id, ..row }).await?;
        self.view(&opened).await
    }

    /// The newest signed reviews of the first two coders that a doubly coded episode is assigned to.
    pub(crate) async fn signed_pair(&self, head: &EpisodeHead) -> Result<Option<[Loaded; 2]>, ApiError> {
        let reviews = self.database.reviews(&head.id).await?;
        let counts = |row: &ReviewRow| row.kind == Kind::Double && head.assigned.contains(&row.coder);
        let doubles = reviews.into_iter().filter(|(row, _)| counts(row));
        let mut newest: Vec<(ReviewRow, ReviewState)> = Vec::new();
        for (row, state) in doubles {
            newest.retain(|(known, _)| known.coder != row.coder);
            newest.push((row, state));
        }
        newest.sort_by(|(a, _), (b, _)| a.coder.cmp(&b.coder));
        let mut signed = newest.into_iter().filter(|(_, state)| *state == ReviewState::Signed);
        let (Some((a, _)), Some((b, _))) = (signed.next(), signed.next()) else { return Ok(None) };
        Ok(Some([self.load(head.clone(), a).await?, self.load(head.clone(), b).await?]))
    }
}

/// The codes that stand in a review.
pub(crate) fn standing_codes(loaded: &Loaded) -> BTreeSet<String> {
    let all = standing(&loaded.state, &loaded.proposal.codes);
    all.into_iter().filter(|code| code.stands).map(|code| code.key.code).collect()
}

/// All codes that a review looked at.
pub(crate) fn considered_codes(loaded: &Loaded) -> BTreeSet<String> {
    standing(&loaded.state, &loaded.proposal.codes).into_iter().map(|code| code.key.code).collect()
}

/// What two reviews agree on, and what one of them brought in.
fn agreed(a: &Loaded, b: &Loaded, codes: &CodeSetRecord) -> State {
    let (in_a, in_b) = (standing(&a.state, &a.proposal.codes), standing(&b.state, &b.proposal.codes));
    let is_proposed =
        |key: &CodeKey| codes.codes.iter().any(|c| c.code == key.code && c.system.name() == key.system);
    let mut carried = State::default();
    let others = in_b.iter().filter(|code| in_a.iter().all(|known| known.key != code.key));
    for code in in_a.iter().chain(others) {
        let find = |all: &[_]| -> Option<(bool, Option<Decided>)> {
            let found = all.iter().find(|other: &&crate::review::Standing<'_>| other.key == code.key)?;
            Some((found.stands, found.decided.cloned()))
        };
        let (a_says, b_says) = (find(&in_a), find(&in_b));
        let both =
            |stands: bool| [&a_says, &b_says].iter().all(|says| says.as_ref().map(|s| s.0) == Some(stands));
        let decided = [&a_says, &b_says].into_iter().flatten().find_map(|(_, decided)| decided.clone());
        let mut evidence: Vec<Place> = Vec::new();
        for (_, decided) in [&a_says, &b_says].into_iter().flatten() {
            evidence.extend(decided.iter().flat_map(|decided| decided.evidence.clone()));
        }
        evidence.dedup();
        let who = decided.as_ref().map(|decided| decided.who.clone()).unwrap_or_default();
        if both(true) {
            let verdict = if is_proposed(&code.key) { Verdict::Accepted } else { Verdict::Added };
            carried.decided.push(Decided { key: code.key.clone(), verdict, who, replaces: None, evidence });
        } else if both(false) {
            if let Some(decided) = decided {
                carried.decided.push(decided);
            }
        } else if !is_proposed(&code.key) {
            carried.suggested.push(Suggested { key: code.key.clone(), who, evidence });
        }
    }
    if a.state.principal == b.state.principal {
        carried.principal.clone_from(&a.state.principal);
    }
    carried
}

fn key(system: &str, code: &str) -> CodeKey {
    CodeKey { system: system.to_owned(), code: code.to_owned() }
}

fn in_vocabulary(engine: &Engine, key: &CodeKey) -> Result<(), ApiError> {
    match concept(engine, key) {
        Some(_) => Ok(()),
        None => Err(ApiError::Invalid("the vocabulary has no such code".to_owned())),
    }
}

/// Whether a person may bring a code in: a category of ICD-10-CM or a row of ICD-10-PCS is no code that can be reported.
fn reportable(engine: &Engine, key: &CodeKey) -> Result<(), ApiError> {
    in_vocabulary(engine, key)?;
    let of_icd10 = [System::ICD10CM, System::ICD10PCS].iter().any(|system| system.name() == key.system);
    if of_icd10 && concept(engine, key).is_some_and(|id| !engine.pack.is_billable(id)) {
        let says = format!("{} is a category, not billable; take a code below it", key.code);
        return Err(ApiError::Invalid(says));
    }
    Ok(())
}

fn in_review(loaded: &Loaded, key: &CodeKey) -> Result<(), ApiError> {
    let known = standing(&loaded.state, &loaded.proposal.codes).iter().any(|code| code.key == *key);
    if known { Ok(()) } else { Err(ApiError::Invalid("the review has no such code; add it".to_owned())) }
}

fn stands(loaded: &Loaded, key: &CodeKey) -> Result<(), ApiError> {
    let stands =
        standing(&loaded.state, &loaded.proposal.codes).iter().any(|code| code.stands && code.key == *key);
    if stands {
        Ok(())
    } else {
        Err(ApiError::Invalid("the code does not stand; accept it first".to_owned()))
    }
}

fn text(what: &str, words: &str, most: usize) -> Result<(), ApiError> {
    let chars = words.chars().count();
    if words.trim().is_empty() || chars > most {
        return Err(ApiError::Invalid(format!("{what} has 1 to {most} characters")));
    }
    Ok(())
}

/// What the events come to without one of them.
fn without(events: &[Event], seq: i64) -> State {
    let left: Vec<Event> = events.iter().filter(|event| event.seq != seq).cloned().collect();
    fold(&left)
}

/// The words at a place; `None` if there are none.
fn text_at(notes: &[StoredNote], place: &Place) -> Option<String> {
    let stored = notes.iter().find(|stored| stored.note.id() == place.note)?;
    span_of(&stored.note, place).map(|span| stored.note[span].to_owned())
}

/// The characters of a span of bytes.
pub(crate) fn chars(text: &str, start: usize, end: usize) -> (usize, usize) {
    let offsets = CharOffsets::new(text);
    (offsets.to_char(start), offsets.to_char(end))
}
