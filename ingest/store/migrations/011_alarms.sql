-- Rules and alarms. The tables of that name in 001 were never written.
DROP TABLE notification;
DROP TABLE alarm;
DROP TABLE rule;

-- A change is a new version; the newest one of a name holds.
CREATE TABLE rule (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  version integer NOT NULL CHECK (version >= 1),
  title_id text NOT NULL,
  title_en text NOT NULL,
  purpose text NOT NULL CHECK (purpose IN ('danger', 'upkeep')),
  enabled boolean NOT NULL,
  definition jsonb NOT NULL,
  changed_at timestamptz NOT NULL,
  actor text NOT NULL,
  reason text NOT NULL,
  UNIQUE (name, version)
);

-- One time that a rule was met at one place and tier. Measured times, but for noted_at and what people did.
CREATE TABLE alarm (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- the alarm with which the event began: tiers of one rule and place that go on at the same time are one event
  event_id bigint NOT NULL REFERENCES alarm,
  rule_id integer NOT NULL REFERENCES rule,
  tier text NOT NULL CHECK (tier IN ('note', 'waspada', 'siaga', 'awas')),
  site_id integer REFERENCES site,
  node_id integer REFERENCES node,
  quantity_id smallint REFERENCES quantity,
  position smallint,
  first_at timestamptz NOT NULL,
  raised_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  cleared_at timestamptz,
  raised_value double precision,
  worst_value double precision,
  doubtful boolean NOT NULL,
  -- why nobody was told; NULL: there is a notification
  untold text CHECK (untold IN ('note', 'old', 'maintenance', 'simulated', 'higher', 'withdrawn')),
  noted_at timestamptz NOT NULL,
  acknowledged_at timestamptz,
  acknowledged_by text,
  acknowledge_note text,
  confirmed_at timestamptz,
  confirmed_by text,
  -- the ledger: set by whoever delivers, NULL until then
  delivered_at timestamptz,
  owners_told_at timestamptz,
  oxygen_below_3_at timestamptz
);
CREATE INDEX alarm_open ON alarm (node_id) WHERE cleared_at IS NULL;
CREATE INDEX alarm_subject ON alarm (node_id, quantity_id, position, first_at);
CREATE INDEX alarm_event ON alarm (event_id);
CREATE INDEX alarm_first ON alarm (first_at);

-- The outbox: what is to be told, once for each transition. Written in the transaction of the transition itself; who
-- is told, and how it went, is another table's.
CREATE TABLE notification (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  alarm_id bigint NOT NULL REFERENCES alarm,
  transition text NOT NULL CHECK (transition IN ('raised', 'acknowledged', 'cleared')),
  text_id text NOT NULL,
  text_en text NOT NULL,
  created_at timestamptz NOT NULL,
  UNIQUE (alarm_id, transition)
);

-- Up to where alarms have looked at what nodes sent, in order of arrival: what came while the service was away is
-- looked at when it is back.
CREATE TABLE alarm_progress (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  received_to timestamptz NOT NULL
);

-- While people work at a site nobody is told of what its sensors say; one row a site, until_at is moved to end it.
CREATE TABLE site_maintenance (
  site_id integer PRIMARY KEY REFERENCES site,
  from_at timestamptz NOT NULL,
  until_at timestamptz NOT NULL,
  reason text NOT NULL,
  actor text NOT NULL
);
