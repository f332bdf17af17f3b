-- Local days of a series on which its neighbours do not go with it: the neighbour test's verdict, made anew every night
-- for as long as late data may still change it. The reason *neighbour* of a reading is its trace.
CREATE TABLE doubt (
  node_id integer NOT NULL REFERENCES node,
  quantity_id smallint NOT NULL REFERENCES quantity,
  position smallint NOT NULL,
  range_from timestamptz NOT NULL,
  range_to timestamptz NOT NULL CHECK (range_to > range_from),
  PRIMARY KEY (node_id, quantity_id, position, range_from)
);

COMMENT ON COLUMN latest.marked_to IS
  'the end of the last range that a person flagged or the neighbour test doubts: readings after it need no look at either';
