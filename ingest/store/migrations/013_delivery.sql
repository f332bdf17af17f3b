-- The service has words of its own for people, without an alarm: a test, and what did not arrive. A key makes each once.
ALTER TABLE notification
  ALTER COLUMN alarm_id DROP NOT NULL,
  DROP CONSTRAINT notification_transition_check,
  ADD CONSTRAINT notification_transition_check
    CHECK (transition IN ('raised', 'acknowledged', 'cleared', 'test', 'undelivered')),
  ADD COLUMN key text UNIQUE,
  -- 'undelivered' goes by every way but this one
  ADD COLUMN failed_channel text,
  -- when its recipients were worked out
  ADD COLUMN addressed_at timestamptz,
  ADD CONSTRAINT notification_subject CHECK ((alarm_id IS NULL) = (key IS NOT NULL));
CREATE INDEX notification_unaddressed ON notification (id) WHERE addressed_at IS NULL;

-- One notification to one address. Whoever sends holds it by a lease, as jobs are held.
CREATE TABLE delivery (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  notification_id bigint NOT NULL REFERENCES notification,
  channel text NOT NULL CHECK (channel IN ('email', 'webhook', 'telegram', 'gateway', 'push')),
  address text NOT NULL CHECK (octet_length(address) <= 2000),
  language text NOT NULL CHECK (language IN ('id', 'en')),
  audience text NOT NULL CHECK (audience IN ('duty', 'owner')),
  -- in place of the notification's
  text text,
  -- in place of the text's own; forgotten at the end, for it may let its holder act
  link text,
  created_at timestamptz NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL,
  delivered_at timestamptz,
  given_up_at timestamptz,
  last_failure text,
  worker text,
  lease_until timestamptz,
  UNIQUE (notification_id, channel, address),
  CHECK (delivered_at IS NULL OR given_up_at IS NULL)
);
CREATE INDEX delivery_due ON delivery (next_attempt_at)
  WHERE delivered_at IS NULL AND given_up_at IS NULL;

-- The key pair by which push services know us: made once, for subscriptions end with it.
CREATE TABLE vapid_key (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  public_key text NOT NULL,
  private_key text NOT NULL,
  created_at timestamptz NOT NULL
);
