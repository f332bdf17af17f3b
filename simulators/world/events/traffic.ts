import type { EventKind } from './event.js'

/** A landslide, an accident, a procession: nobody passes, and the road is full when it opens again. */
export const roadClosure: EventKind = {
  name: 'road-closure',
  about: 'nobody passes for four hours, then half as many again for two',
  kinds: ['road'],
  isLocal: true,
  rampH: 0,
  durationH: 4,
  recoverH: 2,
  effects: {
    road_capacity: (normal, { elapsedH, durationH }) => (elapsedH < durationH ? 0 : normal),
    traffic_demand: (normal, { strength }) => normal * (1 + 0.5 * strength),
  },
}

/** Factor of ../shared/data/simulator_profile.json. */
export const holiday: EventKind = {
  name: 'holiday',
  about: '1.8 times the traffic for a day, and the smoke that goes with it',
  kinds: ['air', 'road'],
  isLocal: false,
  rampH: 2,
  durationH: 24,
  recoverH: 3,
  effects: {
    traffic_demand: (normal, { strength }) => normal * (1 + 0.8 * strength),
    pm2_5: (normal, { strength }) => normal * (1 + 0.25 * strength),
    carbon_monoxide: (normal, { strength }) => normal * (1 + 0.3 * strength),
    nitrogen_dioxide: (normal, { strength }) => normal * (1 + 0.4 * strength),
  },
}
