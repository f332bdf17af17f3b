import type { ClientBase } from 'pg'

/** What a migration must leave as it is. */
export interface State {
  /** Rows of what people and nodes have entrusted to us. */
  rows: Record<string, number>
  /** Of each series: how many readings, the last one's time, and the sum of what was measured. */
  readings: string
}

/** A migration may add rows to these, and never takes any away; an older store has not all of them. */
const KEPT = [
  'site',
  'node',
  'placement',
  'probe',
  'calibration',
  'visit',
  'visit_check',
  'frame',
  'rejected_frame',
  'latest',
  'account',
  'token',
  'audit',
  'job',
  'job_range',
  'mark',
  'mark_range',
  'doubt',
  'month_version',
  'laboratory_result',
  'natural_temperature',
  'site_limits',
  'rule',
  'alarm',
  'notification',
  'delivery',
  'vapid_key',
  'person',
  'contact',
  'duty',
  'duty_site',
  'escalation_step',
  'told',
  'subscription',
  'one_time_link',
]

const SERIES = `SELECT node_id, quantity_id, position, count(*) AS n, max(time) AS last,
  sum(coalesce(raw, value)::bigint) AS sum FROM reading GROUP BY 1, 2, 3`

export async function stateOf(client: ClientBase): Promise<State> {
  const rows: Record<string, number> = {}
  const { rows: tables } = await client.query<{ name: string }>(
    'SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass(name) IS NOT NULL',
    [KEPT],
  )
  for (const { name } of tables) {
    const found = await client.query<{ n: number }>(`SELECT count(*)::float8 AS n FROM ${name}`)
    rows[name] = found.rows[0]?.n ?? 0
  }
  const found = await client.query<{ digest: string }>(
    `SELECT md5(string_agg(concat_ws(' ', node_id, quantity_id, position, n,
       extract(epoch FROM last), sum), ',' ORDER BY node_id, quantity_id, position)) AS digest
     FROM (${SERIES}) AS series`,
  )
  return { rows, readings: found.rows[0]?.digest ?? '' }
}

/** What is wrong with a store, in words; compared with its state before, where there is one. */
export async function findings(client: ClientBase, before?: State): Promise<string[]> {
  const found: string[] = []
  if (before !== undefined) found.push(...lost(before, await stateOf(client)))
  for (const [what, question] of QUESTIONS) {
    const { rows } = await client.query<{ n: number }>(question)
    const n = rows[0]?.n ?? 0
    if (n > 0) found.push(`${n} ${what}`)
  }
  // What does not answer throws.
  for (const view of ['reading_hour', 'reading_day']) {
    await client.query(`SELECT 1 FROM ${view} LIMIT 1`)
  }
  return found
}

function lost(before: State, after: State): string[] {
  const tables = KEPT.filter((table) => (after.rows[table] ?? 0) < (before.rows[table] ?? 0))
  return [
    ...tables.map((table) => `${table} has lost rows`),
    ...(before.readings === after.readings ? [] : ['the readings are not what they were']),
  ]
}

/** Each counts what should not be. Readings may have reached the end of their retention, `latest` stays. */
const QUESTIONS: readonly [what: string, question: string][] = [
  [
    'series whose latest value is not their newest reading',
    `SELECT count(*)::float8 AS n FROM (${SERIES}) AS series
     LEFT JOIN latest USING (node_id, quantity_id, position)
     WHERE latest.time IS NULL OR latest.time < series.last`,
  ],
  [
    'latest values that differ from their reading',
    `SELECT count(*)::float8 AS n FROM latest JOIN reading USING (node_id, quantity_id, position, time)
     WHERE (latest.value, latest.flag, latest.why) <> (reading.value, reading.flag, reading.why)`,
  ],
  [
    'approved months whose hash is not that of their numbers, or of the version before',
    `SELECT count(*)::float8 AS n FROM month_version v
     LEFT JOIN month_version AS before ON (before.site_id, before.month, before.version)
       = (v.site_id, v.month, v.version - 1)
     WHERE v.hash <> sha256(convert_to(v.numbers, 'UTF8'))
       OR strpos(v.numbers, E'\\nprevious: ' || coalesce(encode(before.hash, 'hex'), '-') || E'\\n') = 0`,
  ],
  [
    'constraints that were never checked',
    `SELECT count(*)::float8 AS n FROM pg_constraint
     WHERE connamespace = 'public'::regnamespace AND NOT convalidated`,
  ],
  [
    'broken indexes',
    `SELECT count(*)::float8 AS n FROM pg_index
     JOIN pg_class ON pg_class.oid = indexrelid
     WHERE relnamespace = 'public'::regnamespace AND NOT indisvalid`,
  ],
]
