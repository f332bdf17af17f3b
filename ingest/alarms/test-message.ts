/** *Kirim uji*: to one address, at an admin's wish. */
export function testText(language: 'id' | 'en', at: Date): string {
  const time = `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  return language === 'id'
    ? `Pesan uji Toba Sense\nIni bukan alarm. Dikirim ${time} untuk mencoba jalur ini.`
    : `Test message of Toba Sense\nThis is no alarm. Sent ${time} to try this way.`
}
