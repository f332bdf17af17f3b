import { wetness } from '../air/rain.js'
import { type Spot, STREAM, slow, smoothStep } from '../spot.js'

/**
 * NTU: about 1.4, times the place's factor; rain washes in up to 25 more, gone in some 8 hours, and wind above 4 m/s
 * stirs up to 6 where the shore is near (../shared/data/simulator_profile.json; 0.3–3 open water, 5–20 shore).
 */
export function turbidity(spot: Spot): number {
  const factor = spot.site.turbidityFactor ?? 1
  const slowly = 0.32 * slow(spot, STREAM.turbidity, 30) + 0.1 * slow(spot, STREAM.turbidityHour, 1)
  const washed = 10 * (1 - Math.exp(-wetness(spot, 8) / 45))
  const stirred = 6 * smoothStep(spot.ask('wind_speed'), 4, 11)
  return factor * (1.4 * Math.exp(slowly) + (washed + stirred) * Math.exp(-spot.depthM / 15))
}
