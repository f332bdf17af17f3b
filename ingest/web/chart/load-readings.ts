import { useEffect, useRef, useState } from 'preact/hooks'
import type { LiveReading } from '../../../shared/schema/reading.js'
import { type ApiFailure, getReadings } from '../api.js'
import { serviceNowMs } from '../clock.js'
import { channelKey, type Place, rivals, type Series } from '../places.js'
import { arrivals, asFailure, reconnections } from '../source.js'
import { useCell } from '../use-cell.js'
import { type PlaceName, RANGE_MS, type Range, type Resolution } from '../view.js'
import { bucketMsOf, type Row, rowsOf } from './columns.js'
import { append, type Loaded } from './loaded.js'

export interface Readings {
  /** Of the last answer to this very question. */
  loaded: Loaded | undefined
  failure: ApiFailure | undefined
  retry(): void
}

/** Summaries do not come over the live feed; asked again this often they are never much behind. */
const RELOAD_BUCKETS_MS = 60_000

interface Asked {
  place: Place
  series: Series
  range: Range
  resolution: Resolution
}

/** The readings of one series over a range: asked once, then kept up by the live feed. */
export function useReadings({ place, series, range, resolution }: Asked): Readings {
  const [loaded, setLoaded] = useState<Loaded>()
  const [failure, setFailure] = useState<ApiFailure>()
  const [attempt, setAttempt] = useState(0)
  const connection = useCell(reconnections)
  const key = channelKey(series.node, series.quantity.key, series.position)
  const question = [place.kind, place.name, key, range, resolution].join(' ')
  const [answered, setAnswered] = useState('')
  /** What arrives while an answer is on its way; undefined: none is. */
  const arrived = useRef<Row[] | undefined>(undefined)

  useEffect(() => {
    let wanted = true
    arrived.current = []
    const fromMs = serviceNowMs() - RANGE_MS[range]
    const { kind, name }: PlaceName = series.isPlaced ? place : { kind: 'node', name: series.node }
    const { key: quantity } = series.quantity
    getReadings({ kind, name, quantity, position: series.position, fromMs, resolution }).then(
      (answer) => {
        if (!wanted) return
        const rows = rowsOf(answer, rivals(place, series))
        const loaded = { rows, bucketMs: bucketMsOf(answer), rangeMs: RANGE_MS[range] }
        setLoaded(append(loaded, arrived.current ?? []))
        arrived.current = undefined
        setFailure(undefined)
        setAnswered(question)
      },
      (error) => {
        if (wanted) setFailure(asFailure(error))
      },
    )
    return () => {
      wanted = false
    }
  }, [question, attempt, connection])

  const bucketMs = answered === question ? loaded?.bucketMs : undefined
  useEffect(() => {
    if (bucketMs === undefined) return
    const timer = setInterval(() => setAttempt((count) => count + 1), RELOAD_BUCKETS_MS)
    return () => clearInterval(timer)
  }, [bucketMs])

  useEffect(
    () =>
      arrivals.watch(() => {
        const rows = arrivals
          .get()
          .filter((reading) => keyOf(reading) === key)
          .map(toRow)
        if (rows.length === 0) return
        arrived.current?.push(...rows)
        setLoaded((before) => before && append(before, rows))
      }),
    [key],
  )

  return {
    loaded: answered === question ? loaded : undefined,
    failure,
    retry: () => setAttempt((count) => count + 1),
  }
}

function keyOf(reading: LiveReading): string {
  return channelKey(reading.node, reading.quantity, reading.position)
}

function toRow(reading: LiveReading): Row {
  return {
    timeMs: Date.parse(reading.time),
    node: reading.node,
    value: reading.value,
    flag: reading.flag,
    why: reading.why,
    bucket: undefined,
  }
}
