import type { Reader, Session } from './database.js'

/** What an officer says the water's temperature is by nature; without it the temperature is not judged. */
export interface NaturalTemperature {
  tempC: number
  /** Where the officer has it from. */
  basis: string
  enteredAt: Date
  enteredBy: string
}

export async function naturalTemperature(
  session: Reader,
  site: string,
): Promise<NaturalTemperature | undefined> {
  const rows = await session.query<NaturalTemperature>(
    `SELECT t.temp_c AS "tempC", t.basis, t.entered_at AS "enteredAt", t.entered_by AS "enteredBy"
     FROM natural_temperature t JOIN site s ON s.id = t.site_id WHERE s.name = $1`,
    [site],
  )
  return rows[0]
}

export async function setNaturalTemperature(
  session: Session,
  site: string,
  { tempC, basis, enteredAt, enteredBy }: NaturalTemperature,
): Promise<void> {
  await session.query(
    `INSERT INTO natural_temperature (site_id, temp_c, basis, entered_at, entered_by)
     SELECT id, $2, $3, $4, $5 FROM site WHERE name = $1
     ON CONFLICT (site_id) DO UPDATE SET temp_c = excluded.temp_c, basis = excluded.basis,
       entered_at = excluded.entered_at, entered_by = excluded.entered_by`,
    [site, tempC, basis, enteredAt, enteredBy],
  )
}

export async function clearNaturalTemperature(session: Session, site: string): Promise<void> {
  await session.query(
    'DELETE FROM natural_temperature WHERE site_id = (SELECT id FROM site WHERE name = $1)',
    [site],
  )
}
