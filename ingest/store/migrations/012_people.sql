-- Who is told of an alarm. A person of the duty may have an account, or none.
CREATE TABLE person (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  title text NOT NULL,
  account_id integer REFERENCES account,
  created_at timestamptz NOT NULL,
  removed_at timestamptz
);
CREATE UNIQUE INDEX person_account ON person (account_id) WHERE removed_at IS NULL;

CREATE TABLE contact (
  person_id integer NOT NULL REFERENCES person,
  channel text NOT NULL CHECK (channel IN ('email', 'webhook', 'telegram', 'gateway', 'push')),
  address text NOT NULL CHECK (octet_length(address) <= 2000),
  language text NOT NULL CHECK (language IN ('id', 'en')),
  PRIMARY KEY (person_id, channel, address)
);

-- A duty without rows in duty_site is for all sites.
CREATE TABLE duty (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  person_id integer NOT NULL REFERENCES person,
  deputy_id integer REFERENCES person CHECK (deputy_id <> person_id),
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
  created_at timestamptz NOT NULL,
  removed_at timestamptz
);
CREATE INDEX duty_end ON duty (ends_at) WHERE removed_at IS NULL;

CREATE TABLE duty_site (
  duty_id integer NOT NULL REFERENCES duty,
  site_id integer NOT NULL REFERENCES site,
  PRIMARY KEY (duty_id, site_id)
);

-- Minutes since it was told and nobody acknowledged. Without a person: the deputy.
CREATE TABLE escalation_step (
  step smallint PRIMARY KEY CHECK (step >= 1),
  after_minutes integer NOT NULL CHECK (after_minutes BETWEEN 1 AND 1440),
  person_id integer REFERENCES person
);
INSERT INTO escalation_step (step, after_minutes) VALUES (1, 10);

-- Which person of the duty was told, and at which step: 0 at once. So nobody is told twice, and a page can say who was.
CREATE TABLE told (
  notification_id bigint NOT NULL REFERENCES notification,
  person_id integer NOT NULL REFERENCES person,
  step smallint NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (notification_id, person_id)
);

-- Whoever asked to be told of a site. It counts from confirmed_at to unsubscribed_at.
CREATE TABLE subscription (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  site_id integer NOT NULL REFERENCES site,
  channel text NOT NULL CHECK (channel IN ('email', 'telegram', 'gateway')),
  address text NOT NULL CHECK (octet_length(address) <= 2000),
  language text NOT NULL CHECK (language IN ('id', 'en')),
  asked_at timestamptz NOT NULL,
  confirmed_at timestamptz,
  unsubscribed_at timestamptz,
  UNIQUE (site_id, channel, address)
);

-- What lets its holder do one thing, once. Only the hash is kept; the link itself is in a message.
CREATE TABLE one_time_link (
  hash bytea PRIMARY KEY CHECK (octet_length(hash) = 32),
  purpose text NOT NULL CHECK (purpose IN ('acknowledge', 'confirm', 'unsubscribe')),
  alarm_id bigint REFERENCES alarm,
  person_id integer REFERENCES person,
  subscription_id integer REFERENCES subscription,
  made_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  CHECK (CASE purpose
    WHEN 'acknowledge' THEN num_nonnulls(alarm_id, person_id) = 2 AND subscription_id IS NULL
    ELSE subscription_id IS NOT NULL AND person_id IS NULL END)
);
CREATE INDEX one_time_link_subscription ON one_time_link (subscription_id, made_at);
CREATE INDEX one_time_link_alarm ON one_time_link (alarm_id) WHERE alarm_id IS NOT NULL;
CREATE INDEX one_time_link_expiry ON one_time_link (expires_at);
