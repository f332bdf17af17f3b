-- Hours and local days of every channel, by all the ways in which a quantity may be summarised
-- (mean: sum / n_used; sum: sum; min, max, last: themselves; vector: the unit-vector sums, for which only
-- wind_direction, quantity 51 with a step of one degree, asks). A reading counts by its flag: 1 and 2 are
-- used, 3 (suspect) only widens the suspect band, 4 (fail) is only counted.

CREATE MATERIALIZED VIEW reading_hour
WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT node_id, quantity_id, position, time_bucket('1 hour', time) AS bucket,
       count(*) AS n_all,
       count(*) FILTER (WHERE flag = 1) AS n_good,
       count(*) FILTER (WHERE flag <= 2) AS n_used,
       count(*) FILTER (WHERE flag = 3) AS n_suspect,
       sum(value::bigint) FILTER (WHERE flag <= 2) AS sum,
       min(value) FILTER (WHERE flag <= 2) AS min,
       max(value) FILTER (WHERE flag <= 2) AS max,
       last(value, time) FILTER (WHERE flag <= 2) AS last,
       max(time) FILTER (WHERE flag <= 2) AS last_time,
       min(value) FILTER (WHERE flag = 3) AS suspect_min,
       max(value) FILTER (WHERE flag = 3) AS suspect_max,
       sum(sin(radians(value))) FILTER (WHERE flag <= 2 AND quantity_id = 51) AS sin_sum,
       sum(cos(radians(value))) FILTER (WHERE flag <= 2 AND quantity_id = 51) AS cos_sum
FROM reading
GROUP BY node_id, quantity_id, position, time_bucket('1 hour', time)
WITH NO DATA;

CREATE MATERIALIZED VIEW reading_day
WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT node_id, quantity_id, position, time_bucket('1 day', bucket, 'Asia/Jakarta') AS day,
       sum(n_all) AS n_all,
       sum(n_good) AS n_good,
       sum(n_used) AS n_used,
       sum(n_suspect) AS n_suspect,
       sum(sum) AS sum,
       min(min) AS min,
       max(max) AS max,
       last(last, last_time) FILTER (WHERE last IS NOT NULL) AS last,
       max(last_time) AS last_time,
       min(suspect_min) AS suspect_min,
       max(suspect_max) AS suspect_max,
       sum(sin_sum) AS sin_sum,
       sum(cos_sum) AS cos_sum
FROM reading_hour
GROUP BY node_id, quantity_id, position, time_bucket('1 day', bucket, 'Asia/Jakarta')
WITH NO DATA;
