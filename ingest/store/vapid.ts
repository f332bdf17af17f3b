import type { Database } from './database.js'

export interface VapidKeys {
  publicKey: string
  privateKey: string
}

/** The store's own pair; the first service that asks makes it, and all others get the same. */
export function vapidKeys(
  db: Database,
  { make, at }: { make: () => VapidKeys; at: Date },
): Promise<VapidKeys> {
  return db.transaction('write', async (session) => {
    const find = () =>
      session.query<VapidKeys>(
        'SELECT public_key AS "publicKey", private_key AS "privateKey" FROM vapid_key',
      )
    const [known] = await find()
    if (known !== undefined) return known
    const { publicKey, privateKey } = make()
    await session.query(
      `INSERT INTO vapid_key (public_key, private_key, created_at) VALUES ($1, $2, $3)
       ON CONFLICT DO NOTHING`,
      [publicKey, privateKey, at],
    )
    const [kept = { publicKey, privateKey }] = await find()
    return kept
  })
}
