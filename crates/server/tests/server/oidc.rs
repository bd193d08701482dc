//! Sign-in by OpenID Connect, with a small provider of the tests' own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use clinlink_server::{Oidc, Role, ServerOptions};
use openidconnect::core::{
    CoreEdDsaPrivateSigningKey, CoreGenderClaim, CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
};
use openidconnect::{
    AccessToken, AdditionalClaims, Audience, EndUserName, EndUserUsername, IdToken, IdTokenClaims, IssuerUrl,
    JsonWebKeyId, LocalizedClaim, Nonce, PkceCodeChallenge, PkceCodeVerifier, PrivateSigningKey,
    StandardClaims, SubjectIdentifier,
};
use rstest::rstest;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::desk::{Answer, Client, Desk, PASSWORD, Store};

const CLIENT: &str = "clinlink";
const SECRET: &str = "the client's secret";

/// What is wrong with the tokens that the provider gives out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Fault {
    #[default]
    None,
    Nonce,
    Audience,
    Issuer,
    Expired,
    /// Signed with a key that the provider does not show.
    Key,
    NoIdToken,
}

/// A person who has signed in at the provider.
#[derive(Clone, Copy)]
struct Account {
    subject: &'static str,
    name: &'static str,
    groups: &'static [&'static str],
}

const MIA: Account = Account { subject: "0-1", name: "mia", groups: &["staff", "coding"] };

#[derive(Debug, Serialize, Deserialize)]
struct Groups {
    groups: Vec<String>,
}

impl AdditionalClaims for Groups {}

/// What the provider remembers of a code.
#[derive(Clone)]
struct Grant {
    account: Account,
    nonce: String,
    challenge: String,
}

struct Shared {
    issuer: String,
    key: Mutex<CoreEdDsaPrivateSigningKey>,
    fault: Mutex<Fault>,
    grants: Mutex<HashMap<String, Grant>>,
}

/// A provider that runs. Goes away with its runtime.
struct Provider {
    shared: Arc<Shared>,
    _runtime: Runtime,
}

fn new_key() -> CoreEdDsaPrivateSigningKey {
    let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
    let id = JsonWebKeyId::new("key".to_owned());
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pair.serialize_pem(), Some(id)).unwrap()
}

impl Provider {
    fn start() -> Self {
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            issuer,
            key: Mutex::new(new_key()),
            fault: Mutex::default(),
            grants: Mutex::default(),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(document))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(Arc::clone(&shared));
        runtime.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { shared, _runtime: runtime }
    }

    fn fail(&self, fault: Fault) {
        *self.shared.fault.lock().unwrap() = fault;
    }

    /// Lets somebody sign in, and returns what the browser takes back: code and state.
    fn authorise(&self, asked: &str, account: Account) -> (String, String) {
        let (address, query) = asked.split_once('?').unwrap();
        assert_eq!(address, format!("{}/authorize", self.shared.issuer));
        let asked: HashMap<&str, String> =
            query.split('&').map(|pair| pair.split_once('=').unwrap()).map(decoded).collect();
        assert_eq!((&*asked["response_type"], &*asked["client_id"]), ("code", CLIENT));
        assert_eq!(asked["redirect_uri"], "http://127.0.0.1:8080/api/v1/oidc/callback");
        assert_eq!(asked["code_challenge_method"], "S256");
        let scopes: Vec<&str> = asked["scope"].split(['+', ' ']).collect();
        assert!(scopes.contains(&"openid") && scopes.contains(&"groups"), "{scopes:?}");
        let code = format!("code-{}", self.shared.grants.lock().unwrap().len());
        let grant =
            Grant { account, nonce: asked["nonce"].clone(), challenge: asked["code_challenge"].clone() };
        self.shared.grants.lock().unwrap().insert(code.clone(), grant);
        (code, asked["state"].clone())
    }
}

/// A parameter with the few escapes that occur here.
fn decoded<'q>((name, value): (&'q str, &'q str)) -> (&'q str, String) {
    (name, value.replace("%3A", ":").replace("%2F", "/"))
}

async fn document(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let issuer = &shared.issuer;
    Json(json!({
        "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
    }))
}

async fn keys(State(shared): State<Arc<Shared>>) -> Json<CoreJsonWebKeySet> {
    Json(CoreJsonWebKeySet::new(vec![shared.key.lock().unwrap().as_verification_key()]))
}

async fn token(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Form(asked): Form<HashMap<String, String>>,
) -> Response {
    let refused = |why: &str| (StatusCode::BAD_REQUEST, Json(json!({"error": why}))).into_response();
    if !headers.get(header::AUTHORIZATION).is_some_and(|value| value.to_str().unwrap().starts_with("Basic "))
    {
        return refused("invalid_client");
    }
    // A code is good for once.
    let Some(grant) = shared.grants.lock().unwrap().remove(&asked["code"]) else {
        return refused("invalid_grant");
    };
    let verifier = PkceCodeVerifier::new(asked["code_verifier"].clone());
    if PkceCodeChallenge::from_code_verifier_sha256(&verifier).as_str() != grant.challenge {
        return refused("invalid_grant");
    }
    let fault = *shared.fault.lock().unwrap();
    let mut tokens = json!({"access_token": "canary-access", "token_type": "Bearer", "expires_in": 60});
    if fault != Fault::NoIdToken {
        tokens["id_token"] = json!(id_token(&shared, &grant, fault));
    }
    Json(tokens).into_response()
}

type TestToken = IdToken<Groups, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

fn id_token(shared: &Shared, grant: &Grant, fault: Fault) -> String {
    let is = |which: Fault, wrong: &str, right: &str| (if fault == which { wrong } else { right }).to_owned();
    let now = SystemTime::now();
    let expires =
        if fault == Fault::Expired { now - Duration::from_mins(1) } else { now + Duration::from_mins(1) };
    let Account { subject, name, groups } = grant.account;
    let person = StandardClaims::new(SubjectIdentifier::new(subject.to_owned()))
        .set_preferred_username(Some(EndUserUsername::new(name.to_owned())))
        .set_name(Some(LocalizedClaim::from(EndUserName::new(format!("{name} of the ward")))));
    let claims = IdTokenClaims::new(
        IssuerUrl::new(is(Fault::Issuer, "https://elsewhere.example.org", &shared.issuer)).unwrap(),
        vec![Audience::new(is(Fault::Audience, "another client", CLIENT))],
        expires.into(),
        now.into(),
        person,
        Groups { groups: groups.iter().map(|group| (*group).to_owned()).collect() },
    )
    .set_nonce(Some(Nonce::new(is(Fault::Nonce, "another nonce", &grant.nonce))));
    let other = new_key();
    let shown = shared.key.lock().unwrap();
    let key = if fault == Fault::Key { &other } else { &*shown };
    let access = AccessToken::new("canary-access".to_owned());
    TestToken::new(claims, key, CoreJwsSigningAlgorithm::EdDsa, Some(&access), None).unwrap().to_string()
}

fn with(provider: &Provider) -> impl FnOnce(&mut ServerOptions) {
    let issuer = provider.shared.issuer.clone();
    move |options| {
        options.oidc = Some(Oidc {
            issuer,
            client_id: CLIENT.to_owned(),
            client_secret: Some(SECRET.to_owned()),
            address: "http://127.0.0.1:8080".to_owned(),
            scopes: vec!["groups".to_owned()],
            name_claim: "preferred_username".to_owned(),
            roles_claim: "groups".to_owned(),
            roles: vec![("coding".to_owned(), Role::Coder), ("coding-leads".to_owned(), Role::Lead)],
        });
    }
}

fn location(answer: &Answer) -> &str {
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer.headers["location"].to_str().unwrap()
}

/// The browser's way back from the provider.
fn back(browser: &Client, code: &str, state: &str) -> Answer {
    browser.get(&format!("/oidc/callback?code={code}&state={state}"))
}

/// A browser that has begun to sign in, and where it was sent.
fn begun(desk: &Desk) -> (Client, String) {
    let answer = desk.nobody().get("/oidc/login");
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    (desk.with_cookie(answer.cookie.clone()), location(&answer).to_owned())
}

/// Signs in; the answer that the browser gets last.
fn sign_in(desk: &Desk, provider: &Provider, account: Account) -> Answer {
    let (browser, asked) = begun(desk);
    let (code, state) = provider.authorise(&asked, account);
    back(&browser, &code, &state)
}

/// The session's cookie of an answer.
fn session(answer: &Answer) -> Option<String> {
    let cookies = answer.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    let mut values = cookies.filter_map(|cookie| cookie.split(';').next());
    values.find(|cookie| cookie.starts_with("clinlink_session=")).map(str::to_owned)
}

#[rstest]
fn who_signs_in_at_the_provider_is_signed_in_here(#[values(Store::Sqlite, Store::Postgres)] store: Store) {
    let provider = Provider::start();
    let Some(desk) = Desk::start_with(store, with(&provider)) else { return };
    assert_eq!(desk.nobody().get("/session").body["oidc"], true);
    let answer = sign_in(&desk, &provider, MIA);
    assert_eq!(location(&answer), "/");
    let cookie = session(&answer).unwrap();
    let mut mia = desk.with_cookie(cookie);
    let now = mia.get("/session").body;
    assert_eq!(now["user"], json!({"name": "mia", "display": "mia of the ward", "role": "coder"}));
    // What changes something needs the CSRF token, as with a password.
    desk.import("stay-1", "Fever.");
    assert_eq!(mia.post("/episodes/stay-1/claim", &json!({})).body["kind"], "csrf");
    now["csrf"].as_str().unwrap().clone_into(&mut mia.csrf);
    assert_eq!(mia.post("/episodes/stay-1/claim", &json!({})).status, 204);
    let review = mia.decided(&mia.review("stay-1"), &json!({"kind": "comment", "text": "mine"}));
    assert_eq!(review["history"][1]["who"], "mia");
    // There is no password to guess.
    let guess = desk.nobody().post("/session", &json!({"name": "mia", "password": ""}));
    assert_eq!(guess.status, 401);
    // The second time it is the same user, with the role that the provider says then.
    let promoted = Account { groups: &["coding", "coding-leads"], name: "mia-2", ..MIA };
    assert_eq!(location(&sign_in(&desk, &provider, promoted)), "/");
    assert_eq!(mia.get("/session").body["user"]["role"], "lead");
    assert_eq!(mia.get("/session").body["user"]["name"], "mia");
    // Passwords stay, and an admin shuts out.
    let ada = desk.user("ada");
    let out = r#"{"role": "lead", "active": false}"#;
    assert_eq!(ada.send("PUT", "/api/v1/users/mia", Some(("application/json", out))).status, 204);
    assert_eq!(mia.get("/session").status, 401);
    assert_eq!(location(&sign_in(&desk, &provider, MIA)), "/?refused=inactive");
}

#[rstest]
#[case::nonce(Fault::Nonce)]
#[case::audience(Fault::Audience)]
#[case::issuer(Fault::Issuer)]
#[case::expired(Fault::Expired)]
#[case::key(Fault::Key)]
#[case::no_id_token(Fault::NoIdToken)]
fn a_token_that_is_not_right_signs_nobody_in(#[case] fault: Fault) {
    let provider = Provider::start();
    let Some(desk) = Desk::start_with(Store::Sqlite, with(&provider)) else { return };
    provider.fail(fault);
    let answer = sign_in(&desk, &provider, MIA);
    assert_eq!(location(&answer), "/?refused=provider");
    assert_eq!(session(&answer), None);
    let users = desk.user("ada").get("/users").body.to_string();
    assert!(!users.contains("mia"), "{users}");
    provider.fail(Fault::None);
    assert_eq!(location(&sign_in(&desk, &provider, MIA)), "/");
}

#[rstest]
#[case::no_role_here(Account { groups: &["staff"], ..MIA }, "role")]
#[case::no_groups(Account { groups: &[], ..MIA }, "role")]
#[case::a_local_user_has_the_name(Account { name: "ada", ..MIA }, "name")]
#[case::no_name_for_this_desk(Account { name: "mia lee", ..MIA }, "name")]
fn who_has_no_place_here_is_told_so(#[case] account: Account, #[case] refused: &str) {
    let provider = Provider::start();
    let Some(desk) = Desk::start_with(Store::Sqlite, with(&provider)) else { return };
    let answer = sign_in(&desk, &provider, account);
    assert_eq!(location(&answer), format!("/?refused={refused}"));
    assert_eq!(session(&answer), None);
    // Nobody's password or role has changed.
    desk.user("ada").get("/users");
    assert_eq!(desk.nobody().post("/session", &json!({"name": "ada", "password": PASSWORD})).status, 200);
}

#[rstest]
fn what_was_not_begun_here_ends_nowhere() {
    let provider = Provider::start();
    let Some(desk) = Desk::start_with(Store::Sqlite, with(&provider)) else { return };
    let expired = "/?refused=expired";
    let (browser, asked) = begun(&desk);
    let (code, state) = provider.authorise(&asked, MIA);
    // Another browser has no cookie of it, or one of its own.
    assert_eq!(location(&back(&desk.nobody(), &code, &state)), expired);
    let (other, _) = begun(&desk);
    assert_eq!(location(&back(&other, &code, &state)), expired);
    // A wrong state ends the sign-in, and the right one comes too late.
    assert_eq!(location(&back(&browser, &code, "wrong")), expired);
    assert_eq!(location(&back(&browser, &code, &state)), expired);
    // One that is done is done.
    let (browser, asked) = begun(&desk);
    let (code, state) = provider.authorise(&asked, MIA);
    assert_eq!(location(&back(&browser, &code, &state)), "/");
    assert_eq!(location(&back(&browser, &code, &state)), expired);
    // The provider may refuse.
    let (browser, asked) = begun(&desk);
    let (_, state) = provider.authorise(&asked, MIA);
    let refused = browser.get(&format!("/oidc/callback?error=access_denied&state={state}"));
    assert_eq!(location(&refused), "/?refused=provider");
}

#[rstest]
fn a_provider_may_change_its_key() {
    let provider = Provider::start();
    let Some(desk) = Desk::start_with(Store::Sqlite, with(&provider)) else { return };
    *provider.shared.key.lock().unwrap() = new_key();
    assert_eq!(location(&sign_in(&desk, &provider, MIA)), "/");
}

#[rstest]
fn without_a_provider_there_is_no_such_way() {
    let Some(desk) = Desk::start(Store::Sqlite) else { return };
    assert_eq!(desk.nobody().get("/oidc/login").status, 404);
    assert_eq!(desk.nobody().get("/oidc/callback?code=x&state=y").status, 404);
}
