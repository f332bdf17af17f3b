/** One value that is watched: the whole of the page's state is a handful of these. */
export interface Cell<Value> {
  get(): Value
  set(value: Value): void
  /** Returns how to stop watching. */
  watch(listener: () => void): () => void
}

export function createCell<Value>(initial: Value): Cell<Value> {
  let current = initial
  const listeners = new Set<() => void>()
  return {
    get: () => current,
    set(value) {
      if (Object.is(value, current)) return
      current = value
      for (const listener of [...listeners]) listener()
    },
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
