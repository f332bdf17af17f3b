import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { faultSchema } from '../../../simulators/faults/kinds.js'
import { readScenarioOptions } from '../../../simulators/fleet/options.js'
import { parseScenario, readScenario } from '../../../simulators/scenarios/scenario.js'
import { UsageError } from '../../../simulators/terminal.js'
import { suite } from '../../suite.js'

const FOLDER = fileURLToPath(new URL('../../../simulators/scenarios/', import.meta.url))
const GOOD = { about: 'x', nodes: ['W-01', 'A-01'], duration: '10m', expect: {} }

function parse(changes: object, remove: string[] = []) {
  const all: Record<string, unknown> = { ...GOOD, ...changes }
  for (const key of remove) delete all[key]
  return parseScenario(JSON.stringify(all), 'some.json')
}

function problem(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  throw new Error('it was accepted')
}

suite('scenario files', (test) => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'))
  const scenarios = files.map((name) => readScenario(FOLDER + name))

  test('there is one for each fault, and real firmware runs in some', () => {
    const used = new Set(scenarios.flatMap(({ faults }) => faults.map(({ fault }) => fault.kind)))
    const kinds = faultSchema.options.map(({ shape }) => [...shape.kind.values][0])
    const withBoards = scenarios.filter(({ sites }) => sites.some(({ kind }) => kind === 'lake'))

    assert.equal([...used].sort(), [...kinds].sort())
    assert.ok(withBoards.length >= 3)
  })

  test('says nothing and gets the defaults', () => {
    const { seed, speed, interval, boards, expect } = parse({})

    assert.equal([seed, speed, interval, boards], [1, 60, 60, true])
    assert.equal(expect, { missing: 0, twice: 0, unsent: 0, lost: 0, rejected: {} })
  })

  test('events and sensor faults are those of the command line, faults befall everybody', () => {
    const { events, sensorFaultsAt, faults } = parse({
      events: ['haze+5m'],
      sensorFaults: ['stuck:ph@W-01'],
      faults: [{ kind: 'cut', at: '1m', for: '90s' }],
    })

    assert.equal([events[0]?.afterS, sensorFaultsAt[0]?.quantity], [300, 'ph'])
    assert.equal(faults[0]?.fault, { kind: 'cut', at: 60, for: 90 })
    assert.is(faults[0]?.sites.length, 2)
  })

  const cut = { kind: 'cut', at: '1m', for: '1m' }
  const refused: [string, object, RegExp][] = [
    ['an unknown key', { speeed: 3 }, /^some\.json: there is no speeed; there is about, nodes,/],
    [
      'an unknown site',
      { nodes: ['W-99'] },
      /^some\.json: nodes\[0\]: there is no site W-99; there is W-01,/,
    ],
    [
      'a site that does not take part',
      { faults: [{ ...cut, nodes: ['T-01'] }] },
      /faults\[0\]\.nodes\[0\]: T-01 is not among the nodes W-01, A-01/,
    ],
    [
      'an unknown fault',
      { faults: [{ ...cut, kind: 'cot' }] },
      /faults\[0\]\.kind: .*'cut' \| 'stall'/,
    ],
    [
      'a fault without its duration',
      { faults: [{ kind: 'cut', at: '1m' }] },
      /faults\[0\]\.for: a time, like 90s/,
    ],
    [
      'a time that is none',
      { duration: '10' },
      /duration: no time; write it like 90s, 15m, 6h or 2d/,
    ],
    ['no time at all', { duration: '0m' }, /duration: that is no time at all/],
    [
      'an unknown expectation',
      { expect: { mising: 0 } },
      /expect: there is no mising; there is missing, twice,/,
    ],
    [
      'an expectation that is no number',
      { expect: { missing: 'no' } },
      /expect\.missing: write a whole number/,
    ],
    [
      'an event of another kind of site',
      { events: ['storm@A-09'] },
      /events\[0\]: --event storm@A-09: there is no site/,
    ],
    [
      'a misbehaving board',
      { faults: [{ ...cut, kind: 'garbage' }] },
      /faults\[0\]: W-01 runs the real firmware.*"boards": false/,
    ],
    ['a setting that is not of the queue', { settings: { HTTP_PORT: '1' } }, /settings/],
  ]
  for (const [what, changes, says] of refused) {
    test(`${what} is refused in one line that says where, and what is allowed`, () => {
      const message = problem(() => parse(changes))

      assert.match(message, says)
      assert.not.match(message, '\n')
    })
  }

  test('what is no JSON is told with its line', () => {
    const message = problem(() => parseScenario('{\n  "about": "x",\n}', 'some.json'))
    assert.match(message, /^some\.json: line 3: no JSON/)
    const within = problem(() =>
      parseScenario('{\n  "about": "x",\n  "seed": seven\n}\n', 'a.json'),
    )
    assert.is(within, "a.json: line 3: no JSON: Unexpected token 's'")
  })

  test('a file that is not there is named', () => {
    assert.match(
      problem(() => readScenario('/nowhere.json')),
      /^\/nowhere\.json: ENOENT/,
    )
  })

  test('the command takes a scenario and a folder, and nothing beside them', () => {
    const args = ['--scenario', 'a.json', '--out', 'there']
    assert.equal(readScenarioOptions(args), { file: 'a.json', out: 'there' })
    assert.is(readScenarioOptions(['--speed', '1']), undefined)
    assert.match(
      problem(() => readScenarioOptions([...args, '--seed', '2'])),
      /^--seed: a scenario/,
    )
  })
})
