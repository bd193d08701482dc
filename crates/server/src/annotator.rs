//! Annotates queued episodes in the background.
//!
//! The queue is the database: it survives a restart. An episode is leased to the server that annotates it, which prolongs the
//! lease while it works: several servers on one database share the queue, and what a killed one was annotating is annotated
//! again when its lease has run out.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use clinlink_io::{AnnotatedRecord, CodeSetRecord, Input};
use tokio::task::spawn_blocking;
use tokio::time::{sleep, timeout};

use crate::app::App;
use crate::database::stored;
use crate::engine::{Engine, Proposed, with_known_mentions};
use crate::episodes::{LEASE, State as EpisodeState, gain, json};
use crate::error::ApiError;
use crate::log::Changed;
use crate::review::{Change, ReviewState, State, counts, fold};

/// How often the queue is looked at if nobody says that there is something: another process may import.
const PAUSE: Duration = Duration::from_secs(1);

/// Annotates episodes until the server stops. What is being annotated then goes back into the queue.
pub(crate) async fn annotate_queued(app: App) {
    let mut stopping = app.stopping.clone();
    while !*stopping.borrow() {
        let next = app.database.take_queued(&app.id).await.unwrap_or_else(|_| {
            tracing::error!("the queue cannot be read");
            None
        });
        let Some(id) = next else {
            tokio::select! {
                _ = stopping.changed() => {}
                _ = timeout(PAUSE, app.wake.notified()) => {}
            }
            continue;
        };
        // Another annotator may find more.
        app.wake.notify_one();
        tokio::select! {
            () = annotate(&app, &id) => {}
            () = keep(&app, &id) => {}
            _ = stopping.changed() => {
                if app.database.requeue(&id, &app.id).await.is_err() {
                    tracing::error!(episode = id, "not put back into the queue");
                }
            }
        }
    }
}

/// Prolongs the lease of an episode for as long as it is annotated.
async fn keep(app: &App, id: &str) {
    loop {
        sleep(Duration::from_secs(LEASE.unsigned_abs() / 3)).await;
        if app.database.keep(id, &app.id).await.is_err() {
            tracing::error!(episode = id, "the lease cannot be prolonged");
        }
    }
}

async fn annotate(app: &App, id: &str) {
    let outcome = propose(app, id).await;
    if matches!(outcome, Err(ApiError::Conflict(_))) {
        // Somebody decided meanwhile, which the new code set must heed.
        if app.database.requeue(id, &app.id).await.is_err() {
            tracing::error!(episode = id, "not put back into the queue");
        }
        return;
    }
    app.metrics.annotated(outcome.is_ok());
    let Err(error) = outcome else { return };
    tracing::warn!(episode = id, error = %error, "not annotated");
    if app.database.fail(id, &app.id, &error.to_string()).await.is_err() {
        tracing::error!(episode = id, "the failure cannot be written down");
    }
}

async fn propose(app: &App, id: &str) -> Result<(), ApiError> {
    let engine = app.engine();
    let notes = app.database.notes(id).await?;
    let inputs: Vec<Input> =
        notes.into_iter().map(|stored| Input { note: stored.note, given: None }).collect();
    let proposed = ask(&engine, inputs, Vec::new()).await?;
    let reviews = with_changes(app, id, &engine, &proposed).await?;
    store(app, id, &engine, &proposed, &reviews).await
}

/// What an engine makes of notes, on a thread of its own.
async fn ask(engine: &Arc<Engine>, inputs: Vec<Input>, changes: Vec<Change>) -> Result<Proposed, ApiError> {
    let engine = Arc::clone(engine);
    spawn_blocking(move || engine.propose(inputs, &changes))
        .await
        .map_err(|_| ApiError::Internal("annotating broke off"))?
        .map_err(|failure| ApiError::Invalid(failure.to_string()))
}

/// By the reviews' ids, of the open ones in which somebody has changed how words are meant: the changes, and the code set
/// with them.
async fn with_changes(
    app: &App,
    id: &str,
    engine: &Arc<Engine>,
    proposed: &Proposed,
) -> Result<HashMap<String, (Vec<Change>, CodeSetRecord)>, ApiError> {
    let mut found = HashMap::new();
    for (row, state) in app.database.reviews(id).await? {
        let changes = fold(&app.database.events(&row.id).await?).changes();
        if state == ReviewState::Signed || changes.is_empty() {
            continue;
        }
        let mut inputs = Vec::new();
        for stored in app.database.notes(id).await? {
            if let Some(record) = proposed.records.iter().find(|record| record.note == stored.note.id()) {
                inputs.push(with_known_mentions(stored.note, record, &changes));
            }
        }
        let codes = ask(engine, inputs, changes.clone()).await?.codes;
        found.insert(row.id, (changes, codes));
    }
    Ok(found)
}

/// Stores what the engine made of an episode, and opens its reviews.
async fn store(
    app: &App,
    id: &str,
    engine: &Engine,
    proposed: &Proposed,
    reviews: &HashMap<String, (Vec<Change>, CodeSetRecord)>,
) -> Result<(), ApiError> {
    let episode = app.database.episode(id).await?;
    let again = episode.proposal.is_some();
    let mut write = app.database.write().await?;
    for (position, record) in proposed.records.iter().enumerate() {
        store_record(&mut write, id, position, record).await?;
    }
    let proposal = app.database.store_proposal(&mut write, id, engine, &proposed.codes).await?;
    let mut changed = Changed::new();
    for (review, (changes, codes)) in reviews {
        let proposal = app.database.store_proposal(&mut write, id, engine, codes).await?;
        changed.insert(review.clone(), (changes.clone(), proposal));
    }
    write.settle_reviews(&episode, &proposal, &engine.id, again.then_some(&changed)).await?;
    // The work list shows the review in which somebody decided last.
    let (state, (to_review, accepted)) = match write.worked_in(id).await? {
        Some((review, events)) => {
            let codes = reviews.get(&review).map_or(&proposed.codes, |(_, codes)| codes);
            (EpisodeState::InReview, counts(&fold(&events), codes))
        }
        None => (EpisodeState::Ready, counts(&State::default(), &proposed.codes)),
    };
    let done = sqlx::query(
        "UPDATE episodes SET state = $2, proposal = $3, to_review = $4, accepted = $5, gain = $6, error = NULL \
         WHERE id = $1 AND state = 'annotating' AND leased_by = $7",
    )
    .bind(id)
    .bind(state.name())
    .bind(&proposal)
    .bind(stored(to_review))
    .bind(stored(accepted))
    .bind(gain(&proposed.codes))
    .bind(&app.id)
    .execute(&mut *write.tx)
    .await?;
    // If the episode was taken from us (another server began it anew after our lease), its result stands, not ours.
    if done.rows_affected() == 1 {
        write.commit().await?;
    }
    Ok(())
}

/// Notes may come out in another order (by date) than they came in: they are stored in that order.
async fn store_record(
    write: &mut crate::database::Write<'_>,
    episode: &str,
    position: usize,
    record: &AnnotatedRecord,
) -> Result<(), ApiError> {
    sqlx::query("UPDATE notes SET record = $3, position = $4 WHERE episode = $1 AND id = $2")
        .bind(episode)
        .bind(&record.note)
        .bind(json(record)?)
        .bind(stored(position))
        .execute(&mut *write.tx)
        .await?;
    Ok(())
}
