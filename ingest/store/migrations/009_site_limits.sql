-- Limits of the quality tests that a site has of its own, in units, from a time on; until the next row of the same site
-- and quantity. NULL: the defaults again. Nothing is deleted, so what was flagged can be flagged the same again.
CREATE TABLE site_limits (
  site_id integer NOT NULL REFERENCES site,
  quantity_id smallint NOT NULL REFERENCES quantity,
  valid_from timestamptz NOT NULL,
  limits jsonb,
  reason text NOT NULL,
  actor text NOT NULL,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (site_id, quantity_id, valid_from)
);
