//! Sign-in by OpenID Connect, for sites that have it: the authorization code flow with PKCE, state and nonce.
//!
//! The provider's document and keys are read when the server starts, so that a wrong setting is told then, and anew at
//! every sign-in, because providers change their keys. What has begun is kept in memory for ten minutes and used once.
//! Everything here blocks, for it calls the provider: it is done on threads of its own. No token and no claim gets into a
//! message.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClientAuthMethod, CoreErrorResponseType,
    CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
    CoreProviderMetadata, CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse,
    CoreTokenType,
};
use openidconnect::{
    AccessTokenHash, AdditionalClaims, AuthType, AuthorizationCode, ClaimsVerificationError, Client,
    ClientId, ClientSecret, CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    HttpRequest, HttpResponse, IdTokenFields, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, Scope, StandardErrorResponse, StandardTokenResponse, TokenResponse,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;
use ureq::http::Uri;
use ureq::tls::{RootCerts, TlsConfig};

use crate::options::Oidc;
use crate::role::Role;
use crate::secrets;

/// How long a sign-in may take from its beginning, in seconds: a person may have to find their second factor.
pub(crate) const SIGN_IN_SECONDS: i64 = 600;
/// Sign-ins that may be under way at a time; the oldest goes first.
const UNDER_WAY: usize = 10_000;
/// How long the provider may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest answer that is read from the provider, in bytes.
const LONGEST: u64 = 1 << 20;
/// Where the provider sends people back to, at this desk.
pub(crate) const CALLBACK: &str = "/api/v1/oidc/callback";

/// What the provider may sign with: a key of its own, never a secret that both know, never nothing.
const SIGNED_WITH: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// Why sign-in by OpenID Connect cannot be set up.
#[derive(Debug, Error)]
pub enum OidcError {
    /// Its issuer or this desk's address cannot be used.
    #[error("{0}: not an https:// address (http:// will do on this machine only)")]
    Address(String),
    /// The provider does not answer as one.
    #[error("{issuer}: the OpenID Connect provider cannot be used: {cause}")]
    Provider {
        /// The provider's address.
        issuer: String,
        /// What is wrong.
        cause: String,
    },
    /// No group has a role.
    #[error(
        "nobody could sign in by OpenID Connect: say which groups have which roles (--oidc-role GROUP=ROLE)"
    )]
    NoRoles,
}

/// Why somebody may not sign in, as the page is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It was not begun in this browser, or too long ago, or is done already.
    Expired,
    /// The provider refuses, or what it says cannot be trusted; why, for the log.
    Provider(&'static str),
    /// None of their groups has a role here.
    Role,
    /// Their name will not do here, or somebody else has it.
    Name,
    /// An admin has shut them out.
    Inactive,
}

impl Refusal {
    /// Its name in the address that the browser is sent to.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Provider(_) => "provider",
            Self::Role => "role",
            Self::Name => "name",
            Self::Inactive => "inactive",
        }
    }

    /// What the log says.
    pub(crate) const fn says(self) -> &'static str {
        match self {
            Self::Provider(why) => why,
            other => other.name(),
        }
    }
}

/// Who the provider says has signed in.
pub(crate) struct Person {
    /// The issuer, and what it calls them for ever.
    pub(crate) subject: String,
    pub(crate) name: String,
    pub(crate) display: String,
    pub(crate) role: Role,
}

/// A sign-in that has begun.
struct Begun {
    state: CsrfToken,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    at: Instant,
}

/// All claims beside those of the standard.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Claims {
    #[serde(flatten)]
    all: Map<String, Value>,
}

impl AdditionalClaims for Claims {}

type Fields = IdTokenFields<
    Claims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

/// The library's client, with our claims.
type ClaimsClient = Client<
    Claims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The site's provider.
pub(crate) struct Provider {
    options: Oidc,
    issuer: IssuerUrl,
    redirect: RedirectUrl,
    agent: ureq::Agent,
    /// As it was when the server started: where to send people.
    metadata: CoreProviderMetadata,
    begun: Mutex<HashMap<String, Begun>>,
}

impl Provider {
    /// Looks the provider up. Blocks.
    pub(crate) fn find(options: Oidc) -> Result<Self, OidcError> {
        if options.roles.is_empty() {
            return Err(OidcError::NoRoles);
        }
        let redirect = format!("{}{CALLBACK}", options.address.trim_end_matches('/'));
        for address in [&options.issuer, &redirect] {
            if !is_safe(address) {
                return Err(OidcError::Address(address.clone()));
            }
        }
        let address = |url: &str| OidcError::Address(url.to_owned());
        let issuer = IssuerUrl::new(options.issuer.clone()).map_err(|_| address(&options.issuer))?;
        let redirect = RedirectUrl::new(redirect.clone()).map_err(|_| address(&redirect))?;
        let agent = agent();
        let metadata = discover(&issuer, &agent);
        let metadata =
            metadata.map_err(|cause| OidcError::Provider { issuer: options.issuer.clone(), cause })?;
        Ok(Self { options, issuer, redirect, agent, metadata, begun: Mutex::default() })
    }

    /// Begins a sign-in. Returns the value of the cookie that ties it to the browser, and where to send that.
    pub(crate) fn begin(&self) -> Result<(String, String), getrandom::Error> {
        let key = secrets::new_secret()?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = self.client(self.metadata.clone());
        let asked = client.authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            CsrfToken::new_random,
            Nonce::new_random,
        );
        let scopes = self.options.scopes.iter().cloned().map(Scope::new);
        let (url, state, nonce) = asked.add_scopes(scopes).set_pkce_challenge(challenge).url();
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.retain(|_, one| is_fresh(one));
        if begun.len() >= UNDER_WAY {
            let oldest = begun.iter().min_by_key(|(_, one)| one.at).map(|(key, _)| key.clone());
            oldest.map(|key| begun.remove(&key));
        }
        begun.insert(secrets::stored(&key), Begun { state, nonce, verifier, at: Instant::now() });
        Ok((key, url.to_string()))
    }

    /// Ends a sign-in with what the provider sent back by the browser that holds `key`. Blocks.
    pub(crate) fn finish(&self, key: &str, state: &str, code: Option<String>) -> Result<Person, Refusal> {
        let begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner).remove(&secrets::stored(key));
        let begun = begun.filter(is_fresh).ok_or(Refusal::Expired)?;
        if !secrets::same(state, begun.state.secret()) {
            return Err(Refusal::Expired);
        }
        let code = code.ok_or(Refusal::Provider("the provider sent no code"))?;
        let metadata = discover(&self.issuer, &self.agent)
            .map_err(|_| Refusal::Provider("the provider's document cannot be read"))?;
        let client = self.client(metadata);
        let exchange = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|_| Refusal::Provider("the provider has no address for tokens"))?;
        let tokens = exchange
            .set_pkce_verifier(begun.verifier)
            .request(&|request| ask(&self.agent, request))
            .map_err(|_| Refusal::Provider("the provider gave no tokens for the code"))?;
        let claims = claims(&client, &tokens, &begun.nonce)?;
        self.person(&claims)
    }

    fn client(&self, metadata: CoreProviderMetadata) -> ClaimsClient {
        // By the standard a secret goes into the header, unless the provider says that it takes it in the body only.
        let ways = metadata.token_endpoint_auth_methods_supported();
        let takes = |way: &CoreClientAuthMethod| ways.is_some_and(|ways| ways.contains(way));
        let in_body = takes(&CoreClientAuthMethod::ClientSecretPost)
            && !takes(&CoreClientAuthMethod::ClientSecretBasic);
        let secret = self.options.client_secret.clone().map(ClientSecret::new);
        Client::from_provider_metadata(metadata, ClientId::new(self.options.client_id.clone()), secret)
            .set_redirect_uri(self.redirect.clone())
            .set_auth_type(if in_body { AuthType::RequestBody } else { AuthType::BasicAuth })
    }

    /// The person of verified claims.
    fn person(&self, claims: &Value) -> Result<Person, Refusal> {
        let text = |name: &str| claims.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let subject = text("sub").ok_or(Refusal::Provider("the token names nobody"))?;
        let name = text(&self.options.name_claim).ok_or(Refusal::Name)?;
        let role = role(claims, &self.options.roles_claim, &self.options.roles).ok_or(Refusal::Role)?;
        Ok(Person {
            subject: format!("{} {subject}", self.options.issuer),
            name: name.to_owned(),
            display: text("name").unwrap_or(name).chars().take(100).filter(|c| !c.is_control()).collect(),
            role,
        })
    }
}

/// The claims of the ID token, once signature, issuer, audience, times, nonce and the access token's hash are right.
fn claims(
    client: &ClaimsClient,
    tokens: &StandardTokenResponse<Fields, CoreTokenType>,
    nonce: &Nonce,
) -> Result<Value, Refusal> {
    let token = tokens.id_token().ok_or(Refusal::Provider("the provider gave no ID token"))?;
    let verifier = client.id_token_verifier().set_allowed_algs(SIGNED_WITH);
    let claims = token.claims(&verifier, nonce).map_err(|fault| Refusal::Provider(says(&fault)))?;
    if let Some(expected) = claims.access_token_hash() {
        let unsigned = |_| Refusal::Provider("the ID token's signature is wrong");
        let algorithm = token.signing_alg().map_err(|_| Refusal::Provider("the ID token is not signed"))?;
        let key = token.signing_key(&verifier).map_err(unsigned)?;
        let hash = AccessTokenHash::from_token(tokens.access_token(), algorithm, key);
        if hash.ok().as_ref() != Some(expected) {
            return Err(Refusal::Provider("the access token is not the ID token's"));
        }
    }
    serde_json::to_value(claims).map_err(|_| Refusal::Provider("the ID token's claims cannot be read"))
}

/// What is wrong with an ID token; the library's own words may quote it.
const fn says(fault: &ClaimsVerificationError) -> &'static str {
    match fault {
        ClaimsVerificationError::Expired(_) => "the ID token is expired",
        ClaimsVerificationError::InvalidAudience(_) => "the ID token is for another client",
        ClaimsVerificationError::InvalidIssuer(_) => "the ID token is another issuer's",
        ClaimsVerificationError::InvalidNonce(_) => "the ID token is of another sign-in",
        ClaimsVerificationError::SignatureVerification(_) => "the ID token's signature is wrong",
        _ => "the ID token is not valid",
    }
}

/// The highest role that the values of a claim have: a list or one text, by the claim's name, or by a path with dots
/// (`realm_access.roles`).
fn role(claims: &Value, claim: &str, roles: &[(String, Role)]) -> Option<Role> {
    let found = claims.get(claim).or_else(|| claim.split('.').try_fold(claims, |at, part| at.get(part)))?;
    let values: Vec<&str> = match found {
        Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    };
    let given =
        |role: Role| roles.iter().any(|(value, has)| *has == role && values.contains(&value.as_str()));
    [Role::Admin, Role::Lead, Role::Coder].into_iter().find(|role| given(*role))
}

fn is_fresh(begun: &Begun) -> bool {
    begun.at.elapsed() < Duration::from_secs(SIGN_IN_SECONDS.unsigned_abs())
}

/// Whether an address is HTTPS, or of this machine.
fn is_safe(address: &str) -> bool {
    let Ok(uri) = address.parse::<Uri>() else { return false };
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let here = host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
    match uri.scheme_str() {
        Some("https") => !host.is_empty(),
        Some("http") => here,
        _ => false,
    }
}

/// Follows no redirect, and trusts whom the system trusts: hospitals have authorities of their own.
fn agent() -> ureq::Agent {
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    let config = ureq::Agent::config_builder()
        .tls_config(tls)
        .max_redirects(0)
        .timeout_global(Some(PATIENCE))
        .http_status_as_error(false);
    config.build().into()
}

fn ask(agent: &ureq::Agent, request: HttpRequest) -> Result<HttpResponse, ureq::Error> {
    let mut answer = agent.run(request)?;
    let body = answer.body_mut().with_config().limit(LONGEST).read_to_vec()?;
    let (parts, _) = answer.into_parts();
    Ok(HttpResponse::from_parts(parts, body))
}

fn discover(issuer: &IssuerUrl, agent: &ureq::Agent) -> Result<CoreProviderMetadata, String> {
    let discovered = CoreProviderMetadata::discover(issuer, &|request| ask(agent, request));
    discovered.map_err(|fault| {
        let cause = std::error::Error::source(&fault).map(|cause| format!(": {cause}")).unwrap_or_default();
        format!("{fault}{cause}")
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case::list(json!({"groups": ["staff", "coding"]}), "groups", Some(Role::Coder))]
    #[case::highest(json!({"groups": ["coding", "coding-leads"]}), "groups", Some(Role::Lead))]
    #[case::one(json!({"role": "coding"}), "role", Some(Role::Coder))]
    #[case::path(json!({"realm_access": {"roles": ["coding"]}}), "realm_access.roles", Some(Role::Coder))]
    #[case::dots(json!({"https://example.org/roles": ["coding"]}), "https://example.org/roles", Some(Role::Coder))]
    #[case::unknown(json!({"groups": ["staff"]}), "groups", None)]
    #[case::part_of_a_name(json!({"groups": ["coding-x"]}), "groups", None)]
    #[case::missing(json!({}), "groups", None)]
    #[case::number(json!({"groups": 5}), "groups", None)]
    fn groups_have_roles(#[case] claims: Value, #[case] claim: &str, #[case] expected: Option<Role>) {
        let roles = [("coding".to_owned(), Role::Coder), ("coding-leads".to_owned(), Role::Lead)];
        assert_eq!(role(&claims, claim, &roles), expected);
    }

    #[rstest]
    #[case("https://id.example.org/realms/ward", true)]
    #[case("http://127.0.0.1:9000", true)]
    #[case("http://[::1]:9000/x", true)]
    #[case("http://localhost:9000", true)]
    #[case("http://id.example.org", false)]
    #[case("http://127.0.0.1.example.org", false)]
    #[case("id.example.org", false)]
    #[case("file:///etc/passwd", false)]
    fn beyond_this_machine_only_https(#[case] address: &str, #[case] safe: bool) {
        assert_eq!(is_safe(address), safe);
    }
}
