-- The review desk. Times are RFC 3339 in UTC unless a column says seconds (Unix time).

CREATE TABLE users (
    name TEXT PRIMARY KEY,
    display TEXT NOT NULL,
    role TEXT NOT NULL,
    -- Argon2, PHC form; none for a service and for who signs in by OpenID Connect.
    password TEXT,
    -- What OpenID Connect knows the user by.
    subject TEXT UNIQUE,
    active INTEGER NOT NULL,
    created TEXT NOT NULL
);

-- Secrets are kept as SHA-256 only.
CREATE TABLE tokens (
    hash TEXT PRIMARY KEY,
    user_name TEXT NOT NULL REFERENCES users (name),
    created TEXT NOT NULL
);

CREATE TABLE sessions (
    hash TEXT PRIMARY KEY,
    user_name TEXT NOT NULL REFERENCES users (name),
    csrf TEXT NOT NULL,
    -- Seconds.
    expires INTEGER NOT NULL
);

-- What annotated episodes: versions of pack, pipeline and model.
CREATE TABLE engines (
    id TEXT PRIMARY KEY,
    pack TEXT NOT NULL,
    pipeline TEXT NOT NULL,
    model TEXT NOT NULL,
    first_seen TEXT NOT NULL
);

-- Which engine a person let annotate, the last one being in force.
CREATE TABLE promotions (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    engine TEXT NOT NULL REFERENCES engines (id)
);

CREATE TABLE episodes (
    id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    patient TEXT,
    imported TEXT NOT NULL,
    notes INTEGER NOT NULL,
    words INTEGER NOT NULL,
    to_review INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    gain REAL NOT NULL,
    error TEXT,
    -- The code set that was proposed last.
    proposal TEXT,
    -- Seconds: when annotating began.
    since INTEGER NOT NULL
);
CREATE INDEX episodes_state ON episodes (state);

CREATE TABLE notes (
    episode TEXT NOT NULL REFERENCES episodes (id),
    position INTEGER NOT NULL,
    id TEXT NOT NULL,
    kind TEXT,
    date TEXT,
    setting TEXT,
    text TEXT NOT NULL,
    -- JSON: structured facts of the chart.
    facts TEXT NOT NULL,
    -- JSON, clinlink/annotate/1; none before it is annotated.
    record TEXT,
    PRIMARY KEY (episode, id)
);

CREATE TABLE assignments (
    episode TEXT NOT NULL REFERENCES episodes (id),
    coder TEXT NOT NULL REFERENCES users (name),
    PRIMARY KEY (episode, coder)
);
CREATE INDEX assignments_coder ON assignments (coder);

-- Code sets that an engine proposed. Never changed: reviews stand on them.
CREATE TABLE proposals (
    id TEXT PRIMARY KEY,
    episode TEXT NOT NULL REFERENCES episodes (id),
    engine TEXT NOT NULL REFERENCES engines (id),
    at TEXT NOT NULL,
    -- JSON, clinlink/code/1.
    codes TEXT NOT NULL
);

-- One line a review; its content is its events. Coder and state repeat what they say.
CREATE TABLE reviews (
    id TEXT PRIMARY KEY,
    episode TEXT NOT NULL REFERENCES episodes (id),
    coder TEXT NOT NULL,
    kind TEXT NOT NULL,
    revision INTEGER NOT NULL,
    state TEXT NOT NULL,
    UNIQUE (episode, kind, coder, revision)
);

-- Who did what, when, on which engine: the audit trail, and the only truth about reviews.
CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    episode TEXT NOT NULL REFERENCES episodes (id),
    review TEXT NOT NULL REFERENCES reviews (id),
    version INTEGER NOT NULL,
    kind TEXT NOT NULL,
    -- JSON.
    payload TEXT NOT NULL,
    engine TEXT NOT NULL,
    UNIQUE (review, version)
);

CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN
    SELECT RAISE(ABORT, 'the log of decisions is append-only');
END;
CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN
    SELECT RAISE(ABORT, 'the log of decisions is append-only');
END;
CREATE TRIGGER proposals_no_update BEFORE UPDATE ON proposals BEGIN
    SELECT RAISE(ABORT, 'proposals are never changed');
END;
CREATE TRIGGER proposals_no_delete BEFORE DELETE ON proposals BEGIN
    SELECT RAISE(ABORT, 'proposals are never changed');
END;
