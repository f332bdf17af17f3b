import { hasAccounts, setSetupSecret } from '../store/accounts.js'
import type { Database } from '../store/database.js'
import { newSecret } from '../store/secrets.js'

/**
 * While there is no account: a new one-time secret, with which the first admin is created (POST
 * /api/v1/setup). Only its hash is kept, so every start makes a new one. Undefined once somebody exists.
 */
export async function ensureSetupSecret(db: Database): Promise<string | undefined> {
  if (await hasAccounts(db)) return undefined
  const secret = newSecret()
  await setSetupSecret(db, secret)
  return secret
}
