-- What the quality tests need to know of a channel up to its latest reading, to judge the next one without
-- looking into its past (shared/science/qartod/tail.ts). NULL, or made for another time: the past is read.
ALTER TABLE latest ADD COLUMN tail json;
