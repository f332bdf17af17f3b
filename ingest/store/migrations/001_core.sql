-- The tables of the store, in the words of DESIGN §2. Times are timestamptz, names are checked by the
-- service's schemas, and integers of a quantity's step are the only form in which a value is kept.

CREATE TABLE store (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  kind text NOT NULL CHECK (kind IN ('real', 'simulated')),
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE quantity (
  id smallint PRIMARY KEY,
  key text NOT NULL UNIQUE,
  step double precision NOT NULL,
  summary text NOT NULL
);

CREATE TABLE site (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  title text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('lake', 'air', 'road', 'point')),
  longitude double precision NOT NULL CHECK (longitude BETWEEN -180 AND 180),
  latitude double precision NOT NULL CHECK (latitude BETWEEN -90 AND 90),
  elevation_m double precision,
  water_class text,
  road text,
  owner text,
  created_at timestamptz NOT NULL DEFAULT now(),
  retired_at timestamptz
);

CREATE TABLE node (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9-]{3,32}$'),
  title text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('lake', 'air', 'road', 'check')),
  simulated boolean NOT NULL,
  secret_hash bytea NOT NULL,
  -- the secret before the last rotation: a login is accepted until the new one has logged in once,
  -- a frame's trailer for a year (previous_until)
  previous_secret_hash bytea,
  previous_login boolean NOT NULL DEFAULT false,
  previous_until timestamptz,
  trailer_required boolean NOT NULL DEFAULT false,
  config jsonb NOT NULL DEFAULT '{}',
  config_revision integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  disabled_at timestamptz
);

CREATE TABLE placement (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  node_id integer NOT NULL REFERENCES node,
  quantity_id smallint NOT NULL REFERENCES quantity,
  position smallint NOT NULL CHECK (position BETWEEN 0 AND 15),
  site_id integer NOT NULL REFERENCES site,
  depth_m double precision,
  direction_deg double precision,
  valid_from timestamptz NOT NULL,
  valid_to timestamptz,
  CHECK (valid_to IS NULL OR valid_to > valid_from)
);
CREATE INDEX placement_channel ON placement (node_id, quantity_id, position, valid_from);
CREATE INDEX placement_site ON placement (site_id, quantity_id, valid_from);

CREATE TABLE probe (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  type text NOT NULL,
  serial_number text NOT NULL,
  node_id integer REFERENCES node,
  quantity_id smallint REFERENCES quantity,
  position smallint,
  valid_from timestamptz NOT NULL,
  valid_to timestamptz,
  UNIQUE (type, serial_number, valid_from)
);

CREATE TABLE calibration (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  probe_id integer NOT NULL REFERENCES probe,
  quantity_id smallint NOT NULL REFERENCES quantity,
  gain double precision NOT NULL,
  "offset" double precision NOT NULL,
  valid_from timestamptz NOT NULL,
  valid_to timestamptz,
  withdrawn_at timestamptz,
  note text
);

CREATE TABLE visit (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  site_id integer NOT NULL REFERENCES site,
  technician text NOT NULL,
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  as_found jsonb,
  after_cleaning jsonb,
  as_left jsonb,
  parts text,
  note text
);

-- No default index on time: every query names a series, and the unique key serves it. The one index is
-- what a batch's cost is made of.
CREATE TABLE reading (
  time timestamptz NOT NULL,
  node_id integer NOT NULL,
  value integer NOT NULL,
  raw integer,
  why integer NOT NULL DEFAULT 0,
  quantity_id smallint NOT NULL,
  position smallint NOT NULL,
  flag smallint NOT NULL CHECK (flag IN (1, 2, 3, 4))
);
SELECT create_hypertable('reading', by_range('time', interval '30 days'), create_default_indexes => false);
CREATE UNIQUE INDEX reading_identity ON reading (node_id, quantity_id, position, time);
ALTER TABLE reading SET (
  timescaledb.compress,
  timescaledb.compress_segmentby = 'node_id, quantity_id, position',
  timescaledb.compress_orderby = 'time'
);

CREATE VIEW reading_in_units AS
  SELECT r.time, n.name AS node, q.key AS quantity, r.position, r.value * q.step AS value,
         coalesce(r.raw, r.value) * q.step AS raw, r.flag, r.why
  FROM reading r JOIN node n ON n.id = r.node_id JOIN quantity q ON q.id = r.quantity_id;

-- The latest *measured* value of each channel; rewritten in place, so room is left on the page.
CREATE TABLE latest (
  node_id integer NOT NULL,
  quantity_id smallint NOT NULL,
  position smallint NOT NULL,
  time timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  value integer NOT NULL,
  flag smallint NOT NULL,
  why integer NOT NULL,
  PRIMARY KEY (node_id, quantity_id, position)
) WITH (fillfactor = 50);

CREATE TABLE frame (
  received_at timestamptz NOT NULL,
  node_id integer NOT NULL,
  boot integer NOT NULL,
  seq integer NOT NULL,
  first timestamptz NOT NULL,
  last timestamptz NOT NULL,
  -- dated by the bounds of its neighbours (to within a minute), by hand, or doubted: no evidence for others
  undated boolean NOT NULL DEFAULT false,
  bytes bytea NOT NULL
);
SELECT create_hypertable('frame', by_range('received_at', interval '30 days'), create_default_indexes => false);
CREATE INDEX frame_node ON frame (node_id, first);
CREATE INDEX frame_sequence ON frame (node_id, boot, seq);

CREATE TABLE rejected_frame (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  node_id integer NOT NULL REFERENCES node,
  reason text NOT NULL,
  detail text NOT NULL,
  bytes bytea NOT NULL,
  digest bytea NOT NULL,
  boot integer,
  seq integer,
  readings integer NOT NULL,
  received_at timestamptz NOT NULL,
  last_received_at timestamptz NOT NULL,
  times_received integer NOT NULL DEFAULT 1,
  resolved_at timestamptz,
  resolution text,
  UNIQUE (node_id, digest)
);
CREATE INDEX rejected_frame_open ON rejected_frame (reason, id) WHERE resolved_at IS NULL;
CREATE INDEX rejected_frame_boot ON rejected_frame (node_id, boot) WHERE resolved_at IS NULL;

CREATE TABLE rule (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  definition jsonb NOT NULL,
  enabled boolean NOT NULL DEFAULT true
);

CREATE TABLE alarm (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  rule_id integer NOT NULL REFERENCES rule,
  site_id integer REFERENCES site,
  node_id integer REFERENCES node,
  severity text NOT NULL,
  raised_at timestamptz NOT NULL,
  acknowledged_at timestamptz,
  acknowledged_by text,
  cleared_at timestamptz,
  state jsonb NOT NULL DEFAULT '{}'
);

CREATE TABLE notification (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  alarm_id bigint REFERENCES alarm,
  channel text NOT NULL,
  recipient text NOT NULL,
  body text NOT NULL,
  created_at timestamptz NOT NULL,
  sent_at timestamptz,
  failed text
);

CREATE TABLE account (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  title text NOT NULL,
  role text NOT NULL CHECK (role IN ('officer', 'technician', 'admin')),
  password_hash text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  disabled_at timestamptz
);

CREATE TABLE session (
  id_hash bytea PRIMARY KEY,
  account_id integer REFERENCES account ON DELETE CASCADE,
  content jsonb NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX session_expiry ON session (expires_at);

CREATE TABLE token (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id integer NOT NULL REFERENCES account ON DELETE CASCADE,
  name text NOT NULL,
  token_hash bytea NOT NULL UNIQUE,
  scopes text[] NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  last_used_at timestamptz,
  revoked_at timestamptz
);

CREATE TABLE setup_secret (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  secret_hash bytea NOT NULL
);

CREATE TABLE audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  subject text NOT NULL,
  detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_at ON audit (at);
