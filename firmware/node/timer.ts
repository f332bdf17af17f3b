/*
 * A timeout that can be stopped at any time. An id is kept only while its timeout runs: the interpreter gives it to
 * another one afterwards, and clearing `undefined` throws.
 */

export interface Timer {
  id: number | undefined
}

/** In place of what this timer was set to before. */
export function start(timer: Timer, seconds: number, act: () => void): void {
  stop(timer)
  timer.id = setTimeout(() => {
    timer.id = undefined
    act()
  }, seconds * 1000)
}

export function stop(timer: Timer): void {
  if (timer.id) clearTimeout(timer.id)
  timer.id = undefined
}

/** A callback that counts once; after `seconds` it is called with `late`. */
export function within<T>(
  seconds: number,
  late: T,
  done: (result: T) => void,
): (result: T) => void {
  const timer: Timer = { id: undefined }
  let isDone = false
  const settle = (result: T) => {
    if (isDone) return
    isDone = true
    stop(timer)
    done(result)
  }
  start(timer, seconds, () => settle(late))
  return settle
}
