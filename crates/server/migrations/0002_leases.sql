-- Which server annotates an episode, and until when (seconds) it is its alone unless it says again that it does.
ALTER TABLE episodes ADD COLUMN leased_by TEXT NOT NULL DEFAULT '';
ALTER TABLE episodes ADD COLUMN leased_until BIGINT NOT NULL DEFAULT 0;
