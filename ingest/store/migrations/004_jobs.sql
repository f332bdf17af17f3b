-- Work on stored readings that takes longer than an answer may: done page by page behind, and begun again
-- where it stopped. All ranges hold their beginning and not their end.
CREATE TABLE job (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL,
  state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed')),
  -- what asked for it, in the words of the audit: whose subject, and why
  subject text NOT NULL,
  actor text NOT NULL,
  reason text NOT NULL,
  created_at timestamptz NOT NULL,
  started_at timestamptz,
  finished_at timestamptz,
  failure text,
  readings bigint NOT NULL DEFAULT 0,
  changed bigint NOT NULL DEFAULT 0,
  -- the service that has it, until when unless it says so again: several may share one server
  worker text,
  lease_until timestamptz
);
CREATE INDEX job_unfinished ON job (id) WHERE state IN ('queued', 'running');

-- `done_to`: readings before it are done.
CREATE TABLE job_range (
  job_id integer NOT NULL REFERENCES job ON DELETE CASCADE,
  node_id integer NOT NULL REFERENCES node,
  quantity_id smallint NOT NULL REFERENCES quantity,
  position smallint NOT NULL,
  range_from timestamptz NOT NULL,
  range_to timestamptz NOT NULL CHECK (range_to > range_from),
  done_to timestamptz NOT NULL,
  PRIMARY KEY (job_id, node_id, quantity_id, position, range_from)
);

-- What a person said of a range of a series: a flag, or only a comment. The newest that is not undone wins.
CREATE TABLE mark (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  site_id integer REFERENCES site,
  node_id integer REFERENCES node,
  quantity_id smallint NOT NULL REFERENCES quantity,
  range_from timestamptz NOT NULL,
  range_to timestamptz NOT NULL CHECK (range_to > range_from),
  flag smallint CHECK (flag IN (1, 3, 4)),
  reason text NOT NULL,
  actor text NOT NULL,
  made_at timestamptz NOT NULL,
  undone_at timestamptz,
  undone_by text,
  undone_reason text,
  CHECK ((site_id IS NULL) <> (node_id IS NULL))
);

-- The channels that it is about, as the placements were when it was made.
CREATE TABLE mark_range (
  mark_id integer NOT NULL REFERENCES mark,
  node_id integer NOT NULL REFERENCES node,
  quantity_id smallint NOT NULL,
  position smallint NOT NULL,
  range_from timestamptz NOT NULL,
  range_to timestamptz NOT NULL,
  PRIMARY KEY (node_id, quantity_id, position, mark_id, range_from)
);
CREATE INDEX mark_range_mark ON mark_range (mark_id);

-- The end of the last range that a person flagged: readings after it need no look at the marks.
ALTER TABLE latest ADD COLUMN marked_to timestamptz;
