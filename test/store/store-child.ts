import { openStore } from '../../ingest/store/open.js'

/**
 * A process of its own with a store in `process.argv[2]`, for tests that kill one. `write` stores one
 * reading after the other and reports each once it is committed; `open` only opens.
 */
const [folder = '', mode] = process.argv.slice(2)
const ignore = () => {}

try {
  const { db } = await openStore({
    folder,
    kind: 'simulated',
    powerSafe: false,
    log: { info: ignore, warn: ignore, error: ignore },
    clock: { now: () => Date.now() },
  })
  process.send?.({ opened: true })
  for (let n = 1; mode === 'write'; n++) {
    await db.query(
      'write',
      `INSERT INTO reading (time, node_id, quantity_id, position, value, flag)
       VALUES (to_timestamp($1::float8), 1, 1, 0, $2::int, 2)`,
      [1_700_000_000 + n, n],
    )
    process.send?.({ stored: n })
  }
} catch (error) {
  process.send?.({ refused: String(error) })
  process.exitCode = 1
}
