-- The months of a site that an officer has approved. A month without a row, or whose newest version was
-- reopened, is provisional; one that was not reopened is locked. `numbers` is the text that was approved
-- and `hash` its SHA-256 (shared/science/months/month-text.ts).
CREATE TABLE month_version (
  site_id integer NOT NULL REFERENCES site,
  -- local, Asia/Jakarta: 2026-06
  month text NOT NULL CHECK (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  version integer NOT NULL CHECK (version >= 1),
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  numbers text NOT NULL,
  hash bytea NOT NULL CHECK (octet_length(hash) = 32),
  approved_at timestamptz NOT NULL,
  approved_by text NOT NULL,
  note text,
  reopened_at timestamptz,
  reopened_by text,
  reopen_reason text,
  PRIMARY KEY (site_id, month, version),
  CHECK (num_nonnulls(reopened_at, reopened_by, reopen_reason) IN (0, 3))
);
CREATE UNIQUE INDEX month_locked ON month_version (site_id, month) WHERE reopened_at IS NULL;

-- One parameter of one sample, as a laboratory found it. Nothing is overwritten: a correction withdraws the
-- row and adds another that names it.
CREATE TABLE laboratory_result (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  site_id integer NOT NULL REFERENCES site,
  taken_at timestamptz NOT NULL,
  depth_m double precision NOT NULL,
  sampler text NOT NULL,
  laboratory text NOT NULL,
  accreditation text,
  method text NOT NULL,
  parameter text NOT NULL,
  -- in `unit`; where there is a bound the laboratory's limit, and no number of the water
  value double precision NOT NULL,
  bound text CHECK (bound IN ('below', 'above')),
  unit text NOT NULL,
  -- as the laboratory wrote it
  reported text NOT NULL,
  note text,
  entered_at timestamptz NOT NULL,
  entered_by text NOT NULL,
  corrects integer REFERENCES laboratory_result,
  withdrawn_at timestamptz,
  withdrawn_by text,
  withdrawn_reason text,
  CHECK (num_nonnulls(withdrawn_at, withdrawn_by, withdrawn_reason) IN (0, 3))
);
CREATE UNIQUE INDEX laboratory_result_identity
  ON laboratory_result (site_id, taken_at, depth_m, parameter, lower(laboratory))
  WHERE withdrawn_at IS NULL;

-- What an officer says the water's temperature is by nature, without which it is not judged.
CREATE TABLE natural_temperature (
  site_id integer PRIMARY KEY REFERENCES site,
  temp_c double precision NOT NULL,
  basis text NOT NULL,
  entered_at timestamptz NOT NULL,
  entered_by text NOT NULL
);
