import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { describeSettings, readConfig } from '../../ingest/config.js'
import { suite } from '../suite.js'

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')

suite('the README', (test) => {
  test('its table of settings is that of the service', () => {
    const rows = read('README.md')
      .split('\n')
      .filter((line) => /^\| `[A-Z_]+` \|/.test(line))
    const expected = describeSettings().map(
      ({ key, fallback, meaning }) =>
        `| \`${key}\` | ${fallback === '' ? '–' : fallback} | ${meaning} |`,
    )
    assert.equal(rows, expected)
  })

  test('every command it names exists', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    for (const [, name] of read('README.md').matchAll(/npm run ([a-z:]+)/g)) {
      assert.ok(name !== undefined && name in scripts, `npm run ${name}`)
    }
  })
})

suite('the configuration', (test) => {
  test('lists every problem at once, misspelt settings too', () => {
    const attempt = () =>
      readConfig({ MQTT_PORT: 'x', HTTP_PROT: '1', STORE_KIND: 'both', HTTP_PROXY: 'ok' })
    assert.throws(attempt, (error: Error) => {
      for (const word of ['MQTT_PORT', 'HTTP_PROT', 'STORE_KIND']) assert.match(error.message, word)
      return !error.message.includes('HTTP_PROXY')
    })
  })

  test('wants certificate and key together', () => {
    assert.throws(() => readConfig({ MQTT_TLS_CERT: '/x.pem' }), /must be set together/)
    const both = { MQTT_TLS_CERT: '/no/x.pem', MQTT_TLS_KEY: '/no/y.pem' }
    assert.throws(() => readConfig(both), /certificate cannot be read/)
  })

  test('plain logins come from private networks unless others are named', () => {
    const { plainNetworks } = readConfig({}).mqtt
    assert.ok(plainNetworks.check('10.1.2.3'))
    assert.not.ok(plainNetworks.check('8.8.8.8'))
    assert.throws(() => readConfig({ MQTT_PLAIN_NETWORKS: '10.0.0.0/33' }), /not a network/)
  })
})
