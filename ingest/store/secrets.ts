import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** Secrets are random and long, so a plain SHA-256 keeps them; passwords are not (see api/passwords.ts). */
export function secretHash(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest()
}

/** 128 random bits as 32 hexadecimal digits: a person can read them out over the telephone. */
export function newSecret(): string {
  return randomBytes(16).toString('hex')
}

/** Compares in constant time; hashes are public in length. */
export function sameHash(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other)
}
