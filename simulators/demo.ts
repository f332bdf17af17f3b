import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { BuildError, buildIfOld, lakeFirmware } from './build-if-old.js'
import { runDemo } from './demo/run.js'
import { ServiceError } from './service-client.js'
import { failWith } from './terminal.js'

const USAGE = `npm run demo

Starts the service on a store of its own with a simulated Lake Toba: ten stations on the lake, which run the
built firmware on emulated boards, four in the air and five along the road; 30 days of history, the newest
first, and a sample from each every ten seconds. Everything in it is simulated and says so. Ctrl-C ends it;
started again it goes on from there.

The folder is .data/demo (DATA_DIR), the page http://localhost:8080 (HTTP_PORT), the broker's port 1883
(MQTT_PORT). Both answer this machine only, unless HTTP_HOST and MQTT_HOST say otherwise.`

const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop.abort())

try {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } })
  if (values.help) console.log(USAGE)
  else {
    await buildIfOld(console.error)
    const dataDir = resolve(process.env.DATA_DIR ?? '.data/demo')
    await runDemo({
      dataDir,
      environment: process.env,
      firmware: await lakeFirmware(),
      now: Date.now,
      signal: stop.signal,
      print: console.log,
    })
  }
} catch (error) {
  // A code is carried by errors of the command line and of files.
  const hasCode = error instanceof Error && 'code' in error
  failWith(error, hasCode || error instanceof ServiceError || error instanceof BuildError)
}
