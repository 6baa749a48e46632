"""The frontier's tables."""

SCHEMA = """
-- The crawl's memory. Times are POSIX seconds.
CREATE TABLE IF NOT EXISTS urls (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL UNIQUE,
    site TEXT NOT NULL,
    kind TEXT NOT NULL,              -- article, list, feed, sitemap, robots
    host TEXT NOT NULL,
    origin TEXT NOT NULL,
    state TEXT NOT NULL,             -- queued, fetching, done, gone, moved, refused, failed, skipped
    reason TEXT,                     -- why it is refused, failed, skipped or waited for
    attempts INTEGER NOT NULL DEFAULT 0,
    due REAL NOT NULL DEFAULT 0,
    rank INTEGER NOT NULL DEFAULT 1, -- lower goes first
    via TEXT,                        -- the list it was found on
    hops INTEGER NOT NULL DEFAULT 0,
    dated REAL,                      -- published or changed, as its list says
    fetched_at REAL,
    status INTEGER,
    etag TEXT,
    last_modified TEXT,
    payload TEXT,                    -- digest of the payload as served, chunks joined
    saved_url TEXT, saved_date TEXT, saved_digest TEXT, saved_id TEXT, -- the archived response that holds it
    archive TEXT, offset INTEGER,    -- where the last answer's record stands
    target TEXT                      -- where it moved to
);
CREATE INDEX IF NOT EXISTS urls_in_order ON urls (state, host, rank, dated DESC, id);
CREATE INDEX IF NOT EXISTS urls_by_due ON urls (state, host, due);
CREATE INDEX IF NOT EXISTS urls_of_origin ON urls (origin, state);
CREATE TABLE IF NOT EXISTS hosts (host TEXT PRIMARY KEY, not_before REAL NOT NULL, failures INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS robots (
    origin TEXT PRIMARY KEY, checked_at REAL NOT NULL, body BLOB, failed_since REAL, reason TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY, site TEXT NOT NULL, name TEXT NOT NULL, started_at REAL NOT NULL, finished_at REAL,
    since REAL                       -- how far back lists were read, 0: all; NULL: none were
);
CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, length INTEGER NOT NULL);
-- Bytes that are to be appended at a place of an archive file and may not have been yet.
CREATE TABLE IF NOT EXISTS journal (
    id INTEGER PRIMARY KEY, path TEXT NOT NULL, at INTEGER NOT NULL, data BLOB NOT NULL
);
"""
