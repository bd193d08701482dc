use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Now, in RFC 3339, UTC.
pub(crate) fn now() -> String {
    // A year beyond 9999 alone could not be written.
    OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default()
}

/// Now, in seconds since 1970.
pub(crate) fn seconds() -> i64 {
    OffsetDateTime::now_utc().unix_timestamp()
}
