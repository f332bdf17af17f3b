import type { QualityLimits } from '../../shared/science/qartod/limits.js'

/**
 * A part of a channel's time that is judged by the same limits. A site may have limits of its own, and a channel may
 * be moved: what it measured before says nothing about what is usual here. Unix seconds, `toS` not included.
 */
export interface Regime {
  fromS: number
  toS: number
  limits: QualityLimits | undefined
}

/** Limits of a site's own, while a channel was placed there. */
export interface OwnLimits extends Regime {
  limits: QualityLimits
}

/** All of time, in order: the parts with limits of their own, and `usual` limits around them. */
export function regimesOf(
  usual: QualityLimits | undefined,
  own: readonly OwnLimits[] = [],
): Regime[] {
  const regimes: Regime[] = []
  let fromS = Number.NEGATIVE_INFINITY
  for (const part of own) {
    if (part.fromS > fromS) regimes.push({ fromS, toS: part.fromS, limits: usual })
    regimes.push(part)
    fromS = part.toS
  }
  if (fromS < Number.POSITIVE_INFINITY) {
    regimes.push({ fromS, toS: Number.POSITIVE_INFINITY, limits: usual })
  }
  return regimes
}
