//! Passwords, session keys and tokens.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use sha2::{Digest, Sha256};

/// The shortest password that is taken, in characters.
pub(crate) const LEAST_PASSWORD: usize = 10;
/// The longest, in bytes: hashing takes time in proportion.
pub(crate) const MOST_PASSWORD: usize = 256;

/// A new secret of 256 random bits, in hexadecimal digits.
pub(crate) fn new_secret() -> Result<String, getrandom::Error> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes)?;
    Ok(hex(&bytes))
}

/// A new identifier of 64 random bits, in hexadecimal digits.
pub(crate) fn new_id() -> Result<String, getrandom::Error> {
    let mut bytes = [0u8; 8];
    getrandom::fill(&mut bytes)?;
    Ok(hex(&bytes))
}

/// What is stored of a secret: it has 256 random bits, so a plain hash cannot be turned back.
pub(crate) fn stored(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// The Argon2id hash of a password, with a random salt. Takes tens of milliseconds: not for an async thread.
pub(crate) fn hash_password(password: &str) -> Option<String> {
    Argon2::default().hash_password(password.as_bytes()).ok().map(|hash| hash.to_string())
}

/// Whether a password has that hash. Takes as long where there is no hash, so that the time does not tell whether
/// there is such a user.
pub(crate) fn is_password(password: &str, hash: Option<&str>) -> bool {
    if let Some(hash) = hash.and_then(|hash| PasswordHash::new(hash).ok()) {
        return Argon2::default().verify_password(password.as_bytes(), &hash).is_ok();
    }
    hash_password(password);
    false
}

/// Whether two secrets are equal, in a time that does not depend on where they differ.
pub(crate) fn same(a: &str, b: &str) -> bool {
    let differ = a.bytes().zip(b.bytes()).fold(0, |differ, (a, b)| differ | (a ^ b));
    a.len() == b.len() && differ == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_again_by_its_hash_alone() {
        let hash = hash_password("correct horse").unwrap();
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        assert!(is_password("correct horse", Some(&hash)));
        assert!(!is_password("correct house", Some(&hash)));
        assert!(!is_password("correct horse", None));
    }

    #[test]
    fn secrets_are_compared_whole() {
        assert!(same("abc", "abc"));
        assert!(!same("abc", "abd"));
        assert!(!same("abc", "ab"));
    }
}
