/** "+62…890", "r…a@toba.example": enough for whoever knows the address, too little for anybody else. */
export function masked(address: string): string {
  const [name = '', domain] = address.split('@')
  if (domain !== undefined) return `${name.slice(0, 1)}…${name.slice(-1)}@${domain}`
  return `${address.slice(0, 3)}…${address.slice(-3)}`
}
