import { useEffect, useState } from 'preact/hooks'
import type { Cell } from './cell.js'

/** The cell's value; the component is drawn again whenever it changes. */
export function useCell<Value>(cell: Cell<Value>): Value {
  const [, redraw] = useState(0)
  useEffect(() => {
    const drawn = cell.get()
    const stop = cell.watch(() => redraw((count) => count + 1))
    // It may have changed between the first drawing and this effect.
    if (!Object.is(cell.get(), drawn)) redraw((count) => count + 1)
    return stop
  }, [cell])
  return cell.get()
}
