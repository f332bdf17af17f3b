-- Sensors, their calibrations and what was done to them. Whatever follows from these rows (which calibration holds
-- when, fouling and drift between visits) is worked out from them (shared/science/calibration/channel.ts) and never
-- stored, so that withdrawing a row restores what was there without it.

-- Counts up with everything that changes how raw readings of the node become values. Whoever stores readings reads it
-- in the same transaction, and so knows whether what it remembers still holds.
ALTER TABLE node ADD COLUMN correction_revision integer NOT NULL DEFAULT 0;

-- A stay of a sensor on a channel. `client_*`: the identity that whoever sent it gave it, and what was sent under it.
ALTER TABLE probe
  ALTER COLUMN node_id SET NOT NULL,
  ALTER COLUMN quantity_id SET NOT NULL,
  ALTER COLUMN position SET NOT NULL,
  ADD COLUMN note text,
  ADD COLUMN actor text NOT NULL DEFAULT '',
  ADD COLUMN created_at timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN client_id uuid UNIQUE,
  ADD COLUMN client_digest bytea,
  ADD CHECK (valid_to IS NULL OR valid_to > valid_from);
CREATE INDEX probe_channel ON probe (node_id, quantity_id, position, valid_from);
-- A sensor is in one place at a time.
CREATE UNIQUE INDEX probe_in_use ON probe (type, serial_number) WHERE valid_to IS NULL;

-- It holds until the next one of its probe that is not withdrawn, or until the probe is taken out.
ALTER TABLE calibration
  DROP COLUMN valid_to,
  DROP COLUMN quantity_id,
  ADD COLUMN points jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN temp_c double precision,
  ADD COLUMN converts_at_c double precision,
  ADD COLUMN actor text NOT NULL DEFAULT '',
  ADD COLUMN created_at timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN withdrawn_by text,
  ADD COLUMN withdrawn_reason text,
  ADD COLUMN client_id uuid UNIQUE,
  ADD COLUMN client_digest bytea;
CREATE UNIQUE INDEX calibration_begin ON calibration (probe_id, valid_from) WHERE withdrawn_at IS NULL;

-- What was read at a visit stands in visit_check.
ALTER TABLE visit
  DROP COLUMN as_found,
  DROP COLUMN after_cleaning,
  DROP COLUMN as_left,
  ADD COLUMN node_id integer REFERENCES node,
  ADD COLUMN maintenance_from timestamptz,
  ADD COLUMN maintenance_to timestamptz,
  ADD COLUMN reference_meter text,
  ADD COLUMN reference_calibrated_on date,
  ADD COLUMN actor text NOT NULL DEFAULT '',
  ADD COLUMN created_at timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN withdrawn_at timestamptz,
  ADD COLUMN withdrawn_by text,
  ADD COLUMN withdrawn_reason text,
  ADD COLUMN client_id uuid UNIQUE,
  ADD COLUMN client_digest bytea,
  ADD CHECK (ended_at > started_at),
  ADD CHECK (maintenance_to > maintenance_from);
CREATE INDEX visit_node ON visit (node_id, started_at);
CREATE INDEX visit_site ON visit (site_id, id);

-- A channel at a visit, in units: what the sensor itself said, and the reference meter beside it.
CREATE TABLE visit_check (
  visit_id integer NOT NULL REFERENCES visit,
  quantity_id smallint NOT NULL REFERENCES quantity,
  position smallint NOT NULL CHECK (position BETWEEN 0 AND 15),
  as_found double precision,
  as_found_reference double precision,
  after_cleaning double precision,
  after_cleaning_reference double precision,
  as_left double precision,
  as_left_reference double precision,
  -- the cleaned sensor in standards: [{reference, raw, standard: {name, lot, expiresOn}}]
  standards jsonb NOT NULL DEFAULT '[]',
  -- false: the record before the visit stays as it is
  corrects boolean NOT NULL,
  PRIMARY KEY (visit_id, quantity_id, position)
);
