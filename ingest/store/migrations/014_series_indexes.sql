-- A page asks for a series. Of the indexes that TimescaleDB makes for each column an aggregate is grouped by, none finds
-- one: a month of hours was read whole. Those of position, which is nearly always 0, and of node, which the new ones
-- begin with, only cost.
CREATE INDEX reading_hour_series ON reading_hour (node_id, quantity_id, position, bucket);
CREATE INDEX reading_day_series ON reading_day (node_id, quantity_id, position, day);

DO $$
DECLARE unneeded text;
BEGIN
  FOR unneeded IN
    SELECT format('%I.%I', schemaname, indexname)
    FROM pg_indexes JOIN timescaledb_information.continuous_aggregates
      ON materialization_hypertable_schema = schemaname AND materialization_hypertable_name = tablename
    WHERE view_name IN ('reading_hour', 'reading_day')
      AND indexname ~ '_(node_id|position)_(bucket|day)_idx$'
  LOOP
    EXECUTE 'DROP INDEX ' || unneeded;
  END LOOP;
END $$;
