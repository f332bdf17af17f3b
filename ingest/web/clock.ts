/**
 * The service's time. Phones are minutes off often enough, and an age that is wrong is worse than none: the
 * service says its time with every answer and heartbeat, and the page keeps the difference.
 */
let aheadMs = 0

export function serviceNowMs(): number {
  return Date.now() + aheadMs
}

/** `now` as the service has just said it. */
export function setServiceNow(now: string): void {
  const timeMs = Date.parse(now)
  if (Number.isFinite(timeMs)) aheadMs = timeMs - Date.now()
}
