import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { nodesAnswerSchema } from '../../shared/schema/api.js'
import { type Node, nodeWithSecretSchema } from '../../shared/schema/node.js'
import { ensureSite } from '../provision.js'
import { type ServiceAddress, type ServiceClient, ServiceError } from '../service-client.js'
import { progressOf } from '../terminal.js'

/** The nodes of a load: made once for a service, and known again by the next run. */

const SITE = {
  name: 'load',
  title: 'Uji beban (simulasi, tanpa posisi)',
  kind: 'lake',
  at: { longitude: 99.065, latitude: 2.333 },
} as const
/** Requests on their way at once: the service commits one after the other, and is never idle. */
const AT_ONCE = 32
const PAGE = 2_000

const registerSchema = z.object({
  /** Unix second from which no sample has been sent yet. */
  nextS: z.number(),
  nodes: z.array(z.object({ name: z.string(), createdAt: z.string(), secret: z.string() })),
})

type Known = z.infer<typeof registerSchema>['nodes'][number]

/** What is remembered of a service from run to run: secrets, which it shows only once, and times used up. */
export class Register {
  readonly path: string
  nextS = 0
  readonly known = new Map<string, Known>()

  constructor(folder: string, address: ServiceAddress) {
    const where = 'url' in address ? address.url : resolve(address.dataDir)
    this.path = join(
      folder,
      `${createHash('sha256').update(where).digest('hex').slice(0, 12)}.json`,
    )
  }

  async read(): Promise<void> {
    let text: string
    try {
      text = await readFile(this.path, 'utf8')
    } catch (error) {
      // Nothing was sent to this service from here before.
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return
      throw error
    }
    const { nextS, nodes } = registerSchema.parse(JSON.parse(text))
    this.nextS = nextS
    for (const node of nodes) this.known.set(node.name, node)
  }

  async write(): Promise<void> {
    await mkdir(join(this.path, '..'), { recursive: true })
    const content = { nextS: this.nextS, nodes: [...this.known.values()] }
    await writeFile(`${this.path}.new`, JSON.stringify(content), { mode: 0o600 })
    await rename(`${this.path}.new`, this.path)
  }
}

export interface Login {
  name: string
  secret: string
}

export function loadNodeName(index: number): string {
  return `load-${String(index + 1).padStart(5, '0')}`
}

/** The nodes exist and their secrets are known. Ends early, with fewer, when the signal says so. */
export async function provisionNodes(
  service: ServiceClient,
  register: Register,
  { count, signal }: { count: number; signal: AbortSignal },
): Promise<{ logins: Login[]; made: number }> {
  await ensureSite(service, SITE)
  const existing = await existingNodes(service)
  const names = Array.from({ length: count }, (_, index) => loadNodeName(index))
  const missing = names.filter((name) => !isKnown(register, name, existing.get(name)))
  const progress = progressOf(missing.length, 'nodes')
  let next = 0
  let made = 0
  const work = async () => {
    for (let name = missing[next++]; name !== undefined; name = missing[next++]) {
      if (signal.aborted) return
      register.known.set(name, await makeNode(service, name, existing.has(name)))
      progress.update(++made, `${made} of ${missing.length}`)
    }
  }
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work))
  } finally {
    progress.stop()
    // Secrets are told once: what was made is kept, even when the rest failed.
    await register.write()
  }
  const logins = names.flatMap((name) => register.known.get(name) ?? [])
  return { logins, made }
}

async function existingNodes(service: ServiceClient): Promise<Map<string, Node>> {
  const found = new Map<string, Node>()
  let after: string | null = ''
  while (after !== null) {
    const page: string = after === '' ? '' : `&after=${after}`
    const path = `/api/v1/nodes?limit=${PAGE}${page}`
    const answer: z.infer<typeof nodesAnswerSchema> = await service.get(path, nodesAnswerSchema)
    for (const node of answer.nodes) found.set(node.name, node)
    after = answer.next
  }
  return found
}

/** A store that was made anew has other nodes under the same names. */
function isKnown(register: Register, name: string, node: Node | undefined): boolean {
  if (node === undefined) return false
  const refuse = (why: string) => new ServiceError(409, `node ${name} ${why}`)
  if (!node.simulated) throw refuse('exists and is not simulated: no load is sent as it')
  if (node.trailerRequired) throw refuse('must sign its frames, which a load does not')
  if (node.disabledAt !== null) throw refuse('is disabled; npm run node -- enable lets it in again')
  return register.known.get(name)?.createdAt === node.createdAt
}

async function makeNode(service: ServiceClient, name: string, isThere: boolean): Promise<Known> {
  const { secret, createdAt } = isThere
    ? await service.post(`/api/v1/nodes/${name}/rotate`, {}, nodeWithSecretSchema)
    : await service.post(
        '/api/v1/nodes',
        { name, title: `Uji beban ${name.slice(5)}`, kind: 'lake', simulated: true },
        nodeWithSecretSchema,
      )
  return { name, secret, createdAt }
}
