//! Readers and writers: text, JSON lines, terminal table, HTML page.
