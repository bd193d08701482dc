//! Episodes and their notes in the database.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use clinlink_io::{AnnotatedRecord, CodeSetRecord};
use clinlink_model::{Note, Status};
use serde::{Deserialize, Serialize};
use sqlx::AssertSqlSafe;
use utoipa::ToSchema;

use crate::clock;
use crate::database::{Database, Write, stored};
use crate::engine::Engine;
use crate::error::ApiError;
use crate::secrets;

/// Where an episode stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// To be annotated.
    Queued,
    /// Being annotated.
    Annotating,
    /// Annotated; nobody has decided anything.
    Ready,
    /// Somebody has decided something.
    InReview,
    /// Signed off.
    Signed,
    /// Signed off by two coders; a lead decides where they differ.
    Adjudication,
    /// It could not be annotated.
    Failed,
}

impl State {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Annotating => "annotating",
            Self::Ready => "ready",
            Self::InReview => "in_review",
            Self::Signed => "signed",
            Self::Adjudication => "adjudication",
            Self::Failed => "failed",
        }
    }

    fn from_name(name: &str) -> Self {
        let all =
            [Self::Queued, Self::Annotating, Self::Ready, Self::InReview, Self::Signed, Self::Adjudication];
        all.into_iter().find(|state| state.name() == name).unwrap_or(Self::Failed)
    }
}

/// An episode in the work list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct EpisodeItem {
    pub(crate) id: String,
    pub(crate) state: State,
    pub(crate) notes: i64,
    pub(crate) words: i64,
    pub(crate) assigned: Vec<String>,
    /// Codes that a person must decide.
    pub(crate) to_review: i64,
    /// Codes that stand.
    pub(crate) accepted: i64,
    /// How much a review is expected to teach, in bits: the entropy of the scores of accepted and open codes.
    pub(crate) gain: f64,
    /// When it was imported, in RFC 3339.
    pub(crate) imported: String,
    /// Why it could not be annotated.
    pub(crate) error: Option<String>,
    pub(crate) signed_by: Vec<String>,
}

/// The order of the work list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Order {
    /// What teaches most first.
    Gain,
    /// The earliest first.
    #[default]
    Imported,
    /// By id.
    Id,
}

/// What the work list is asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) state: Option<State>,
    /// A coder's name; an empty one for episodes of nobody.
    pub(crate) assigned: Option<String>,
    /// Only what this coder may see.
    pub(crate) seen_by: Option<String>,
    /// Part of the id or the patient.
    pub(crate) q: String,
    pub(crate) order: Order,
    pub(crate) limit: i64,
    pub(crate) offset: i64,
}

/// An episode without its notes.
#[derive(Debug, Clone)]
pub(crate) struct EpisodeHead {
    pub(crate) id: String,
    pub(crate) state: State,
    pub(crate) patient: Option<String>,
    pub(crate) assigned: Vec<String>,
    pub(crate) proposal: Option<String>,
}

/// A code set that an engine proposed.
#[derive(Debug)]
pub(crate) struct Proposal {
    pub(crate) codes: CodeSetRecord,
    /// The engine's id.
    pub(crate) engine: String,
}

/// How long an episode is a server's to annotate after it last said so, in seconds. It says so three times in this time.
pub(crate) const LEASE: i64 = 15;

/// Proposals that are remembered at most.
const REMEMBERED: usize = 256;

/// A note as it is stored.
pub(crate) struct StoredNote {
    pub(crate) note: Note,
    /// What the engine found in it; `None` before it is annotated.
    pub(crate) record: Option<AnnotatedRecord>,
}

/// Whether an episode is visible to the coder $4, or to a lead (an empty name): theirs, or nobody's.
const VISIBLE: &str = "($4 = '' OR EXISTS (SELECT 1 FROM assignments a WHERE a.episode = e.id AND a.coder = $4) \
     OR NOT EXISTS (SELECT 1 FROM assignments a WHERE a.episode = e.id))";

/// What became of notes that were brought.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Episodes that were queued.
    pub episodes: usize,
    /// Their notes.
    pub notes: usize,
    /// Episodes that there are already, by id.
    pub refused: Vec<String>,
}

impl Database {
    /// Stores notes and queues their episodes; a note of no episode is one by its id. All or nothing is stored, but for
    /// episodes that there are already.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn import_episodes(&self, notes: Vec<Note>) -> Result<Imported, sqlx::Error> {
        match self.import_notes(notes).await {
            Ok(imported) => Ok(imported),
            Err(ApiError::Database(cause)) => Err(cause),
            Err(other) => Err(sqlx::Error::Protocol(other.to_string())),
        }
    }

    /// See [`import_episodes`](Self::import_episodes).
    pub(crate) async fn import_notes(&self, notes: Vec<Note>) -> Result<Imported, ApiError> {
        let mut order: Vec<String> = Vec::new();
        let mut episodes: HashMap<String, Vec<Note>> = HashMap::new();
        for note in notes {
            let id = note.episode.clone().unwrap_or_else(|| note.id().to_owned());
            let of_episode = episodes.entry(id.clone()).or_default();
            if of_episode.is_empty() {
                order.push(id);
            }
            of_episode.push(note);
        }
        let mut imported = Imported::default();
        let mut write = self.write().await?;
        for id in order {
            let notes = episodes.remove(&id).unwrap_or_default();
            if self.import(&mut write, &id, &notes).await? {
                imported.episodes += 1;
                imported.notes += notes.len();
            } else {
                imported.refused.push(id);
            }
        }
        write.commit().await?;
        Ok(imported)
    }

    /// Stores the notes of an episode and queues it. `false` if there is an episode of this id already.
    async fn import(&self, write: &mut Write<'_>, id: &str, notes: &[Note]) -> Result<bool, ApiError> {
        let words: usize = notes.iter().map(|note| note.text().split_whitespace().count()).sum();
        let patient = notes.iter().find_map(|note| note.patient.clone());
        let done = sqlx::query(
            "INSERT INTO episodes (id, state, patient, imported, notes, words, to_review, accepted, gain, since) \
             VALUES ($1, 'queued', $2, $3, $4, $5, 0, 0, 0.0, 0) ON CONFLICT (id) DO NOTHING",
        )
        .bind(id)
        .bind(patient)
        .bind(clock::now())
        .bind(stored(notes.len()))
        .bind(stored(words))
        .execute(&mut *write.tx)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        for (position, note) in notes.iter().enumerate() {
            let facts = json(&note.facts)?;
            let setting = note.setting.map(|setting| json(&setting)).transpose()?;
            sqlx::query(
                "INSERT INTO notes (episode, position, id, kind, date, setting, text, facts) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            )
            .bind(id)
            .bind(stored(position))
            .bind(note.id())
            .bind(note.kind.clone())
            .bind(note.date.clone())
            .bind(setting)
            .bind(note.text())
            .bind(facts)
            .execute(&mut *write.tx)
            .await?;
        }
        Ok(true)
    }

    /// The work list: how many episodes there are, and those that are asked for.
    pub(crate) async fn episodes(&self, filter: &Filter) -> Result<(i64, Vec<EpisodeItem>), ApiError> {
        let order = match filter.order {
            Order::Gain => "e.gain DESC, e.imported, e.id",
            Order::Imported => "e.imported, e.id",
            Order::Id => "e.id",
        };
        let assigned = "($2 = '' OR ($2 = '-' AND NOT EXISTS (SELECT 1 FROM assignments a WHERE a.episode = e.id)) \
             OR EXISTS (SELECT 1 FROM assignments a WHERE a.episode = e.id AND a.coder = $2))";
        let like = "($3 = '' OR LOWER(e.id) LIKE $3 ESCAPE '!' OR LOWER(e.patient) LIKE $3 ESCAPE '!')";
        let what = format!(
            "FROM episodes e WHERE ($1 = '' OR e.state = $1) AND {assigned} AND {like} AND {VISIBLE}"
        );
        let rows_sql = format!(
            "SELECT e.id, e.state, e.notes, e.words, e.to_review, e.accepted, e.gain, e.imported, e.error, \
             (SELECT string_agg(a.coder, ',') FROM assignments a WHERE a.episode = e.id), \
             (SELECT string_agg(r.coder, ',') FROM reviews r WHERE r.episode = e.id AND r.state = 'signed') \
             {what} ORDER BY {order} LIMIT CAST($5 AS BIGINT) OFFSET CAST($6 AS BIGINT)"
        );
        let state = filter.state.map(State::name).unwrap_or_default();
        let assigned = filter.assigned.as_deref().map_or("", |name| if name.is_empty() { "-" } else { name });
        let like = if filter.q.is_empty() { String::new() } else { pattern(&filter.q) };
        let seen_by = filter.seen_by.as_deref().unwrap_or_default();
        let rows: Vec<ItemRow> = sqlx::query_as(AssertSqlSafe(rows_sql))
            .bind(state)
            .bind(assigned)
            .bind(&like)
            .bind(seen_by)
            .bind(filter.limit)
            .bind(filter.offset)
            .fetch_all(self.read())
            .await?;
        let (total,): (i64,) = sqlx::query_as(AssertSqlSafe(format!("SELECT COUNT(*) {what}")))
            .bind(state)
            .bind(assigned)
            .bind(&like)
            .bind(seen_by)
            .fetch_one(self.read())
            .await?;
        Ok((total, rows.into_iter().map(item).collect()))
    }

    /// How many episodes are in each state.
    pub(crate) async fn states(&self) -> Result<Vec<(String, i64)>, sqlx::Error> {
        sqlx::query_as("SELECT state, COUNT(*) FROM episodes GROUP BY state").fetch_all(self.read()).await
    }

    /// An episode without its notes.
    pub(crate) async fn episode(&self, id: &str) -> Result<EpisodeHead, ApiError> {
        let row: Option<HeadRow> = sqlx::query_as(
            "SELECT e.state, e.patient, e.proposal, \
             (SELECT string_agg(a.coder, ',') FROM assignments a WHERE a.episode = e.id) \
             FROM episodes e WHERE e.id = $1",
        )
        .bind(id)
        .fetch_optional(self.read())
        .await?;
        let (state, patient, proposal, assigned) = row.ok_or(ApiError::NotFound("no such episode"))?;
        let (state, assigned) = (State::from_name(&state), names(assigned));
        Ok(EpisodeHead { id: id.to_owned(), state, patient, assigned, proposal })
    }

    /// The notes of an episode, in order.
    pub(crate) async fn notes(&self, episode: &str) -> Result<Vec<StoredNote>, ApiError> {
        let patient: Option<(Option<String>,)> = sqlx::query_as("SELECT patient FROM episodes WHERE id = $1")
            .bind(episode)
            .fetch_optional(self.read())
            .await?;
        let patient = patient.and_then(|(patient,)| patient);
        let rows: Vec<NoteRow> = sqlx::query_as(
            "SELECT id, kind, date, setting, text, facts, record FROM notes WHERE episode = $1 ORDER BY position",
        )
        .bind(episode)
        .fetch_all(self.read())
        .await?;
        rows.into_iter().map(|row| stored_note(episode, patient.clone(), row)).collect()
    }

    /// Takes for `server` the episode that has waited longest: of the queue, or of a server whose lease has run out because
    /// it is gone.
    pub(crate) async fn take_queued(&self, server: &str) -> Result<Option<String>, sqlx::Error> {
        // The state is asked for twice: of two servers that look at once, only one finds it waiting still.
        let waits = "(state = 'queued' OR (state = 'annotating' AND leased_until < $1))";
        let take = format!(
            "UPDATE episodes SET state = 'annotating', since = $1, error = NULL, leased_by = $2, leased_until = $3 \
             WHERE {waits} AND id = (SELECT id FROM episodes WHERE {waits} ORDER BY imported, id LIMIT 1) RETURNING id"
        );
        let now = clock::seconds();
        let mut write = self.write().await?;
        let row: Option<(String,)> = sqlx::query_as(AssertSqlSafe(take))
            .bind(now)
            .bind(server)
            .bind(now + LEASE)
            .fetch_optional(&mut *write.tx)
            .await?;
        write.commit().await?;
        Ok(row.map(|(id,)| id))
    }

    /// Prolongs the lease of an episode that `server` is annotating.
    pub(crate) async fn keep(&self, id: &str, server: &str) -> Result<(), sqlx::Error> {
        let keep = "UPDATE episodes SET leased_until = $3 \
                    WHERE id = $1 AND state = 'annotating' AND leased_by = $2";
        let mut write = self.write().await?;
        let keep = sqlx::query(keep).bind(id).bind(server).bind(clock::seconds() + LEASE);
        keep.execute(&mut *write.tx).await?;
        write.commit().await
    }

    /// Puts an episode that `server` is annotating back into the queue.
    pub(crate) async fn requeue(&self, id: &str, server: &str) -> Result<(), sqlx::Error> {
        let requeue =
            "UPDATE episodes SET state = 'queued' WHERE id = $1 AND state = 'annotating' AND leased_by = $2";
        let mut write = self.write().await?;
        sqlx::query(requeue).bind(id).bind(server).execute(&mut *write.tx).await?;
        write.commit().await
    }

    /// Notes that an episode could not be annotated by `server`.
    pub(crate) async fn fail(&self, id: &str, server: &str, cause: &str) -> Result<(), sqlx::Error> {
        let fail = "UPDATE episodes SET state = 'failed', error = $3 \
                    WHERE id = $1 AND state = 'annotating' AND leased_by = $2";
        let mut write = self.write().await?;
        sqlx::query(fail).bind(id).bind(server).bind(cause).execute(&mut *write.tx).await?;
        write.commit().await
    }

    /// Stores a code set that an engine proposed and returns its id.
    pub(crate) async fn store_proposal(
        &self,
        write: &mut Write<'_>,
        episode: &str,
        engine: &Engine,
        codes: &CodeSetRecord,
    ) -> Result<String, ApiError> {
        let id = secrets::new_id().map_err(|_| ApiError::Internal("no random numbers"))?;
        sqlx::query("INSERT INTO proposals (id, episode, engine, at, codes) VALUES ($1, $2, $3, $4, $5)")
            .bind(&id)
            .bind(episode)
            .bind(&engine.id)
            .bind(clock::now())
            .bind(json(codes)?)
            .execute(&mut *write.tx)
            .await?;
        Ok(id)
    }

    /// A proposed code set and the engine that made it. Proposals never change, so those that were read are remembered.
    pub(crate) async fn proposal(&self, id: &str) -> Result<Arc<Proposal>, ApiError> {
        let known = self.proposals.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let row: Option<(String, String)> =
            sqlx::query_as("SELECT codes, engine FROM proposals WHERE id = $1")
                .bind(id)
                .fetch_optional(self.read())
                .await?;
        let (codes, engine) = row.ok_or(ApiError::Internal("a review stands on no code set"))?;
        let proposal = Arc::new(Proposal { codes: parsed(&codes)?, engine });
        let mut proposals = self.proposals.lock().unwrap_or_else(PoisonError::into_inner);
        if proposals.len() >= REMEMBERED {
            proposals.clear();
        }
        proposals.insert(id.to_owned(), Arc::clone(&proposal));
        Ok(proposal)
    }

    /// The engine of an id: pack, pipeline, models.
    pub(crate) async fn engine(&self, id: &str) -> Result<Option<(String, String, String)>, sqlx::Error> {
        sqlx::query_as("SELECT pack, pipeline, model FROM engines WHERE id = $1")
            .bind(id)
            .fetch_optional(self.read())
            .await
    }

    /// Notes that an engine was in use here.
    pub(crate) async fn know_engine(&self, engine: &Engine) -> Result<(), sqlx::Error> {
        let mut write = self.write().await?;
        sqlx::query(
            "INSERT INTO engines (id, pack, pipeline, model, first_seen) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(&engine.id)
        .bind(&engine.pack_version)
        .bind(&engine.pipeline_version)
        .bind(&engine.model_version)
        .bind(clock::now())
        .execute(&mut *write.tx)
        .await?;
        write.commit().await
    }

    /// The engine that was promoted last.
    pub(crate) async fn promoted(&self) -> Result<Option<String>, sqlx::Error> {
        let query = sqlx::query_as("SELECT engine FROM promotions ORDER BY seq DESC LIMIT 1");
        let row: Option<(String,)> = query.fetch_optional(self.read()).await?;
        Ok(row.map(|(engine,)| engine))
    }

    /// The pipeline of an engine that was on before, with its pack.
    pub(crate) async fn engine_name(&self, id: &str) -> Result<String, sqlx::Error> {
        let query = sqlx::query_as("SELECT pipeline, pack FROM engines WHERE id = $1").bind(id);
        let row: Option<(String, String)> = query.fetch_optional(self.read()).await?;
        Ok(row.map_or_else(|| id.to_owned(), |(pipeline, pack)| format!("{pipeline} with the pack {pack}")))
    }

    /// Lets `engine` annotate from the next start of a server that has it on: on the word of `who`.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn promote_engine(&self, who: &str, engine: &Engine) -> Result<(), sqlx::Error> {
        self.know_engine(engine).await?;
        self.promote(who, &engine.id).await
    }

    /// Notes that somebody promoted an engine.
    pub(crate) async fn promote(&self, who: &str, engine: &str) -> Result<(), sqlx::Error> {
        let mut write = self.write().await?;
        sqlx::query("INSERT INTO promotions (at, who, engine) VALUES ($1, $2, $3)")
            .bind(clock::now())
            .bind(who)
            .bind(engine)
            .execute(&mut *write.tx)
            .await?;
        write.commit().await
    }

    /// All engines that were in use, the earliest first: id, pack, pipeline, models, since when.
    pub(crate) async fn engines(&self) -> Result<Vec<(String, String, String, String, String)>, sqlx::Error> {
        sqlx::query_as("SELECT id, pack, pipeline, model, first_seen FROM engines ORDER BY first_seen, id")
            .fetch_all(self.read())
            .await
    }
}

/// How much a review is expected to teach, in bits: the sum of the entropies of the scores of the codes that are accepted
/// or open. A score near 0 or 1 leaves nothing to learn, one near a half most.
pub(crate) fn gain(codes: &CodeSetRecord) -> f64 {
    let entropy = |p: f64| {
        let bits = |p: f64| if p > 0.0 { -p * p.log2() } else { 0.0 };
        bits(p) + bits(1.0 - p)
    };
    let asked = codes.codes.iter().filter(|code| code.status != Status::Rejected);
    asked.map(|code| entropy(code.score.clamp(0.0, 1.0))).sum()
}

/// A pattern of LIKE for text that holds `part`, in lower case.
fn pattern(part: &str) -> String {
    let mut pattern = String::from("%");
    for c in part.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// State, patient, proposal, coders.
type HeadRow = (String, Option<String>, Option<String>, Option<String>);

type ItemRow =
    (String, String, i64, i64, i64, i64, f64, String, Option<String>, Option<String>, Option<String>);

fn item(row: ItemRow) -> EpisodeItem {
    let (id, state, notes, words, to_review, accepted, gain, imported, error, assigned, signed_by) = row;
    EpisodeItem {
        id,
        state: State::from_name(&state),
        notes,
        words,
        assigned: names(assigned),
        to_review,
        accepted,
        gain,
        imported,
        error,
        signed_by: names(signed_by),
    }
}

/// Names that the database put together with commas, each once, in order.
fn names(joined: Option<String>) -> Vec<String> {
    let joined = joined.unwrap_or_default();
    let mut names: Vec<String> =
        joined.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    names.sort();
    names.dedup();
    names
}

type NoteRow = (String, Option<String>, Option<String>, Option<String>, String, String, Option<String>);

fn stored_note(episode: &str, patient: Option<String>, row: NoteRow) -> Result<StoredNote, ApiError> {
    let (id, kind, date, setting, text, facts, record) = row;
    let mut note = Note::new(id, text).map_err(|_| ApiError::Internal("a stored note is too long"))?;
    note.episode = Some(episode.to_owned());
    (note.patient, note.kind, note.date) = (patient, kind, date);
    note.setting = setting.as_deref().map(parsed).transpose()?;
    note.facts = parsed(&facts)?;
    let record = record.as_deref().map(parsed).transpose()?;
    Ok(StoredNote { note, record })
}

/// What is stored as JSON, written.
pub(crate) fn json<T: Serialize + ?Sized>(value: &T) -> Result<String, ApiError> {
    serde_json::to_string(value).map_err(|_| ApiError::Internal("a record cannot be written as JSON"))
}

/// What is stored as JSON, read.
pub(crate) fn parsed<T: serde::de::DeserializeOwned>(json: &str) -> Result<T, ApiError> {
    serde_json::from_str(json).map_err(|_| ApiError::Internal("a stored record cannot be read"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_patterns_are_only_text() {
        assert_eq!(pattern("50%_A!"), "%50!%!_a!!%");
    }
}
