//! Reviews and the log of their events in the database.

use std::collections::HashMap;

use sqlx::{Any, AssertSqlSafe, Executor};

use crate::clock;
use crate::database::{Database, Write};
use crate::episodes::{EpisodeHead, State, json, parsed};
use crate::error::ApiError;
use crate::review::{Change, Event, Kind, Opening, Payload, ReviewRow, ReviewState, fold};
use crate::secrets;

/// An event that is to be written.
pub(crate) struct NewEvent<'e> {
    pub(crate) who: &'e str,
    pub(crate) episode: &'e str,
    pub(crate) review: &'e str,
    pub(crate) version: i64,
    pub(crate) kind: &'e str,
    pub(crate) payload: &'e Payload,
    pub(crate) engine: &'e str,
}

/// An event with all that is said of it, for the audit trail.
pub(crate) struct LoggedEvent {
    pub(crate) event: Event,
    pub(crate) episode: String,
    pub(crate) review: String,
    pub(crate) engine: String,
}

/// Code sets of reviews of their own: by the review's id the changes of context that one was made with, and its id.
pub(crate) type Changed = HashMap<String, (Vec<Change>, String)>;

/// The name of the machine among those who do things.
pub(crate) const MACHINE: &str = "machine";

type EventRow = (i64, String, String, String, String, i64, String, String, String);
type ReviewTuple = (String, String, String, String, i64, String);

const EVENT: &str = "seq, at, who, episode, review, version, kind, payload, engine";
const REVIEW: &str = "id, episode, coder, kind, revision, state";

fn logged(row: EventRow) -> Result<LoggedEvent, ApiError> {
    let (seq, at, who, episode, review, version, kind, payload, engine) = row;
    let payload: Payload = parsed(&payload)?;
    Ok(LoggedEvent { event: Event { seq, at, who, version, kind, payload }, episode, review, engine })
}

fn review((id, episode, coder, kind, revision, state): ReviewTuple) -> (ReviewRow, ReviewState) {
    let state = if state == "signed" { ReviewState::Signed } else { ReviewState::Open };
    (ReviewRow { id, episode, coder, kind: Kind::from_name(&kind), revision }, state)
}

async fn events<'e>(from: impl Executor<'e, Database = Any>, review: &str) -> Result<Vec<Event>, ApiError> {
    let sql = format!("SELECT {EVENT} FROM events WHERE review = $1 ORDER BY version");
    let rows: Vec<EventRow> = sqlx::query_as(AssertSqlSafe(sql)).bind(review).fetch_all(from).await?;
    rows.into_iter().map(|row| logged(row).map(|logged| logged.event)).collect()
}

impl Database {
    /// The events of a review, in order.
    pub(crate) async fn events(&self, review: &str) -> Result<Vec<Event>, ApiError> {
        events(self.read(), review).await
    }

    /// At most `limit` events behind `seq`, in the order of the log.
    pub(crate) async fn log(&self, seq: i64, limit: i64) -> Result<Vec<LoggedEvent>, ApiError> {
        let sql = format!("SELECT {EVENT} FROM events WHERE seq > $1 ORDER BY seq LIMIT $2");
        let rows: Vec<EventRow> =
            sqlx::query_as(AssertSqlSafe(sql)).bind(seq).bind(limit).fetch_all(self.read()).await?;
        rows.into_iter().map(logged).collect()
    }

    /// At most `limit` sign-offs behind `seq`, in the order of the log.
    pub(crate) async fn sign_offs(&self, seq: i64, limit: i64) -> Result<Vec<LoggedEvent>, ApiError> {
        let sql =
            format!("SELECT {EVENT} FROM events WHERE kind = 'sign_off' AND seq > $1 ORDER BY seq LIMIT $2");
        let rows: Vec<EventRow> =
            sqlx::query_as(AssertSqlSafe(sql)).bind(seq).bind(limit).fetch_all(self.read()).await?;
        rows.into_iter().map(logged).collect()
    }

    /// The reviews of an episode, in the order in which they began.
    pub(crate) async fn reviews(&self, episode: &str) -> Result<Vec<(ReviewRow, ReviewState)>, ApiError> {
        let sql = format!(
            "SELECT {REVIEW} FROM reviews r WHERE episode = $1 \
             ORDER BY (SELECT MIN(e.seq) FROM events e WHERE e.review = r.id)"
        );
        let rows: Vec<ReviewTuple> =
            sqlx::query_as(AssertSqlSafe(sql)).bind(episode).fetch_all(self.read()).await?;
        Ok(rows.into_iter().map(review).collect())
    }

    /// The version of a review: the number of its last event.
    pub(crate) async fn version(&self, review: &str) -> Result<i64, sqlx::Error> {
        let query = sqlx::query_as("SELECT MAX(version) FROM events WHERE review = $1").bind(review);
        let (version,): (i64,) = query.fetch_one(self.read()).await?;
        Ok(version)
    }

    /// The episodes that two or more coders have signed.
    pub(crate) async fn doubly_signed(&self) -> Result<Vec<String>, ApiError> {
        let rows: Vec<(String,)> = sqlx::query_as(
            "SELECT episode FROM reviews WHERE kind = 'double' AND state = 'signed' \
             GROUP BY episode HAVING COUNT(DISTINCT coder) > 1 ORDER BY episode",
        )
        .fetch_all(self.read())
        .await?;
        Ok(rows.into_iter().map(|(episode,)| episode).collect())
    }
}

impl Write<'_> {
    /// Writes an event down. `Ok(None)` if the review has an event of this version already: someone was quicker.
    pub(crate) async fn append(&mut self, event: &NewEvent<'_>) -> Result<Option<i64>, ApiError> {
        let row: Option<(i64,)> = sqlx::query_as(
            "INSERT INTO events (at, who, episode, review, version, kind, payload, engine) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (review, version) DO NOTHING RETURNING seq",
        )
        .bind(clock::now())
        .bind(event.who)
        .bind(event.episode)
        .bind(event.review)
        .bind(event.version)
        .bind(event.kind)
        .bind(json(event.payload)?)
        .bind(event.engine)
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(row.map(|(seq,)| seq))
    }

    /// Begins a review. Returns its id.
    pub(crate) async fn open_review(
        &mut self,
        row: &ReviewRow,
        who: &str,
        proposal: &str,
        engine: &str,
        opening: Opening,
    ) -> Result<String, ApiError> {
        let id = secrets::new_id().map_err(|_| ApiError::Internal("no random numbers"))?;
        let done = sqlx::query(
            "INSERT INTO reviews (id, episode, coder, kind, revision, state) VALUES ($1, $2, $3, $4, $5, 'open') \
             ON CONFLICT (episode, kind, coder, revision) DO NOTHING",
        )
        .bind(&id)
        .bind(&row.episode)
        .bind(&row.coder)
        .bind(row.kind.name())
        .bind(row.revision)
        .execute(&mut *self.tx)
        .await?;
        if done.rows_affected() == 0 {
            return Err(ApiError::Conflict("there is such a review already".to_owned()));
        }
        let payload =
            Payload { proposal: Some(proposal.to_owned()), opening: Some(opening), ..Payload::default() };
        let episode = &row.episode;
        let event =
            NewEvent { who, episode, review: &id, version: 0, kind: "open", payload: &payload, engine };
        self.append(&event).await?;
        Ok(id)
    }

    /// Sees to it that an annotated episode has the reviews that its assignments ask for, all on `proposal`: one for
    /// everybody, or one for each of two coders and more. If it was annotated `again`, open reviews that there are get the
    /// new code set, or one of their own.
    ///
    /// # Errors
    /// [`ApiError::Conflict`] if somebody has changed in one of them how words are meant, and its code set was made without.
    pub(crate) async fn settle_reviews(
        &mut self,
        episode: &EpisodeHead,
        proposal: &str,
        engine: &str,
        again: Option<&Changed>,
    ) -> Result<(), ApiError> {
        let sql = format!("SELECT {REVIEW} FROM reviews WHERE episode = $1");
        let rows: Vec<ReviewTuple> =
            sqlx::query_as(AssertSqlSafe(sql)).bind(&episode.id).fetch_all(&mut *self.tx).await?;
        let known: Vec<(ReviewRow, ReviewState)> = rows.into_iter().map(review).collect();
        if let Some(own) = again {
            for (row, _) in known.iter().filter(|(_, state)| *state == ReviewState::Open) {
                let state = fold(&events(&mut *self.tx, &row.id).await?);
                let (changes, proposal) = match own.get(&row.id) {
                    Some((changes, proposal)) => (&changes[..], proposal.as_str()),
                    None => (&[][..], proposal),
                };
                if state.changes() != changes {
                    return Err(ApiError::Conflict("somebody decides in it; try again".to_owned()));
                }
                let payload = Payload { proposal: Some(proposal.to_owned()), ..Payload::default() };
                let (review, version) = (&row.id, state.version + 1);
                let (episode, payload) = (&episode.id, &payload);
                let event =
                    NewEvent { who: MACHINE, episode, review, version, kind: "annotated", payload, engine };
                if self.append(&event).await?.is_none() {
                    return Err(ApiError::Conflict("somebody decides in it; try again".to_owned()));
                }
            }
        }
        let double = episode.assigned.len() > 1;
        let coders = if double { episode.assigned.clone() } else { vec![String::new()] };
        let kind = if double { Kind::Double } else { Kind::Single };
        for coder in coders {
            let has = known.iter().any(|(row, _)| row.kind == kind && (!double || row.coder == coder));
            if !has {
                let row =
                    ReviewRow { id: String::new(), episode: episode.id.clone(), coder, kind, revision: 1 };
                self.open_review(&row, MACHINE, proposal, engine, Opening::default()).await?;
            }
        }
        Ok(())
    }

    /// The review of an episode in which a person was at work last, with its events; `None` if nobody was.
    pub(crate) async fn worked_in(
        &mut self,
        episode: &str,
    ) -> Result<Option<(String, Vec<Event>)>, ApiError> {
        let sql = "SELECT review FROM events WHERE episode = $1 AND who <> $2 ORDER BY seq DESC LIMIT 1";
        let last: Option<(String,)> =
            sqlx::query_as(sql).bind(episode).bind(MACHINE).fetch_optional(&mut *self.tx).await?;
        let Some((review,)) = last else { return Ok(None) };
        let events = events(&mut *self.tx, &review).await?;
        Ok(Some((review, events)))
    }

    /// Lets nobody else write what the work list shows of an episode, until this is written.
    pub(crate) async fn lock(&mut self, episode: &str) -> Result<(), sqlx::Error> {
        let lock = sqlx::query("UPDATE episodes SET since = since WHERE id = $1").bind(episode);
        lock.execute(&mut *self.tx).await?;
        Ok(())
    }

    /// Sets what the work list shows of an episode.
    pub(crate) async fn set_state(&mut self, episode: &str, state: State) -> Result<(), sqlx::Error> {
        sqlx::query("UPDATE episodes SET state = $2 WHERE id = $1")
            .bind(episode)
            .bind(state.name())
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use clinlink_model::Note;
    use rstest::rstest;

    use super::*;
    use crate::review::Decision;

    /// Annotated again, with code sets of their own for reviews in which changes of context were known.
    async fn settle(database: &Database, again: Option<&Changed>) -> Result<(), ApiError> {
        let episode = database.episode("n").await?;
        let mut write = database.write().await?;
        write.settle_reviews(&episode, "proposal", "engine", again).await?;
        Ok(write.commit().await?)
    }

    #[rstest]
    #[case::how_words_are_meant(
        r#"{"kind": "context", "note": "n", "start_char": 0, "end_char": 5, "axis": "polarity", "value": "negated"}"#,
        true
    )]
    #[case::a_code(r#"{"kind": "accept", "system": "ICD-10-CM", "code": "R50.9"}"#, false)]
    #[tokio::test]
    async fn a_code_set_made_without_a_change_of_context_is_refused(
        #[case] decision: &str,
        #[case] refused: bool,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(&folder.path().join("desk.db").display().to_string()).await.unwrap();
        database.import_episodes(vec![Note::new("n", "Fever.").unwrap()]).await.unwrap();
        settle(&database, None).await.unwrap();
        let (row, _) = database.reviews("n").await.unwrap().remove(0);

        let decision: Decision = serde_json::from_str(decision).unwrap();
        let (kind, review) = (decision.kind(), &row.id);
        let payload = Payload { decision: Some(decision), ..Payload::default() };
        let (who, payload, engine) = ("anna", &payload, "engine");
        let event = NewEvent { who, episode: "n", review, version: 1, kind, payload, engine };
        let mut write = database.write().await.unwrap();
        assert!(write.append(&event).await.unwrap().is_some());
        write.commit().await.unwrap();

        let outcome = settle(&database, Some(&Changed::new())).await;
        assert_eq!(matches!(outcome, Err(ApiError::Conflict(_))), refused, "{outcome:?}");
        let changes = fold(&database.events(review).await.unwrap()).changes();
        let with_it = Changed::from([(review.clone(), (changes, "own".to_owned()))]);
        settle(&database, Some(&with_it)).await.unwrap();
        let state = fold(&database.events(review).await.unwrap());
        assert_eq!(state.proposal.as_deref(), Some("own"));
    }
}
