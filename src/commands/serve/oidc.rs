//! The options of sign-in by OpenID Connect.

use std::env;
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clinlink_server::{Oidc, Role};

/// The environment variable that may hold the client's secret: a file is safer, the command line is not.
const SECRET: &str = "CLINLINK_OIDC_SECRET";

#[derive(clap::Args)]
#[command(next_help_heading = "Sign-in by OpenID Connect")]
pub struct OidcArgs {
    /// The provider by whose accounts people may sign in, beside passwords: its address
    #[arg(long = "oidc-issuer", value_name = "URL", requires = "client_id", requires = "role")]
    issuer: Option<String>,
    /// What the provider calls this desk
    #[arg(long = "oidc-client-id", value_name = "ID", requires = "issuer")]
    client_id: Option<String>,
    /// A file with the client's secret; else `CLINLINK_OIDC_SECRET` has it, or the client is a public one
    #[arg(long = "oidc-secret-file", value_name = "FILE", requires = "issuer")]
    secret_file: Option<PathBuf>,
    /// The role of a group, `GROUP=coder`, lead or admin; may be given several times, the highest counts
    #[arg(long = "oidc-role", value_name = "GROUP=ROLE", value_parser = group_role, requires = "issuer")]
    role: Vec<(String, Role)>,
    /// The claim that lists a person's groups: its name, or a path with dots (`realm_access.roles`)
    #[arg(long = "oidc-roles-claim", value_name = "CLAIM", default_value = "groups")]
    roles_claim: String,
    /// The claim that is a person's name at this desk
    #[arg(long = "oidc-name-claim", value_name = "CLAIM", default_value = "preferred_username")]
    name_claim: String,
    /// What to ask the provider for beside `openid`; may be given several times
    #[arg(long = "oidc-scope", value_name = "SCOPE", default_value = "profile")]
    scope: Vec<String>,
    /// The address by which browsers know this desk, to come back to [default: where it listens]
    #[arg(long = "oidc-address", value_name = "URL", requires = "issuer")]
    address: Option<String>,
}

impl OidcArgs {
    /// The provider, if there is one.
    pub fn provider(&self, listen: SocketAddr, tls: bool) -> anyhow::Result<Option<Oidc>> {
        let (Some(issuer), Some(client_id)) = (self.issuer.clone(), self.client_id.clone()) else {
            return Ok(None);
        };
        let scheme = if tls { "https" } else { "http" };
        Ok(Some(Oidc {
            issuer,
            client_id,
            client_secret: self.secret()?,
            address: self.address.clone().unwrap_or_else(|| format!("{scheme}://{listen}")),
            scopes: self.scope.clone(),
            name_claim: self.name_claim.clone(),
            roles_claim: self.roles_claim.clone(),
            roles: self.role.clone(),
        }))
    }

    fn secret(&self) -> anyhow::Result<Option<String>> {
        let Some(path) = &self.secret_file else {
            return Ok(env::var(SECRET).ok().filter(|secret| !secret.is_empty()));
        };
        let secret =
            fs::read_to_string(path).with_context(|| format!("{}: cannot be read", path.display()))?;
        let secret = secret.trim();
        if secret.is_empty() {
            bail!("{}: holds no secret", path.display());
        }
        Ok(Some(secret.to_owned()))
    }
}

fn group_role(text: &str) -> Result<(String, Role), String> {
    let (group, role) = text.rsplit_once('=').ok_or("GROUP=ROLE is expected")?;
    match Role::from_name(role).filter(|role| *role != Role::Service) {
        Some(role) if !group.is_empty() => Ok((group.to_owned(), role)),
        _ => Err("GROUP=ROLE is expected, with the role coder, lead or admin".to_owned()),
    }
}
