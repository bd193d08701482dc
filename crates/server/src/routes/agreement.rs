//! How far coders agree.

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::caller::Leader;
use crate::desk::{Loaded, considered_codes, standing_codes};
use crate::error::{ApiError, ErrorBody};
use crate::extract::At;
use crate::review::{Agreement, AgreementPair, Counts, Total, agreement};

fn pair(a: &Loaded, b: &Loaded) -> (AgreementPair, Counts) {
    let considered = considered_codes(a).union(&considered_codes(b)).cloned().collect();
    let (codes_a, codes_b) = (standing_codes(a), standing_codes(b));
    agreement((&a.row.coder, &codes_a), (&b.row.coder, &codes_b), &considered)
}

/// How far the two coders of an episode agree
#[utoipa::path(get, path = "/episodes/{id}/agreement", tag = "agreement", params(("id" = String, Path)),
    responses((status = 200, body = Agreement), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn of_episode(
    State(app): State<App>,
    _caller: Leader,
    At(id): At<String>,
) -> Result<Json<Agreement>, ApiError> {
    let head = app.database.episode(&id).await?;
    let signed = app.signed_pair(&head).await?;
    let pairs = signed.iter().map(|[a, b]| pair(a, b).0).collect();
    Ok(Json(Agreement { pairs }))
}

/// How far coders agree over all doubly coded episodes
#[utoipa::path(get, path = "/agreement", tag = "agreement",
    responses((status = 200, body = Total), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn of_all(State(app): State<App>, _caller: Leader) -> Result<Json<Total>, ApiError> {
    let mut counts = Counts::default();
    let mut episodes = 0;
    for id in app.database.doubly_signed().await? {
        let head = app.database.episode(&id).await?;
        if let Some([a, b]) = app.signed_pair(&head).await? {
            counts.add(pair(&a, &b).1);
            episodes += 1;
        }
    }
    let known = episodes > 0;
    Ok(Json(Total { episodes, kappa: known.then(|| counts.kappa()), f1: known.then(|| counts.f1()) }))
}
