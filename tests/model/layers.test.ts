import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MemoryEngine } from '../../packages/server/src/storage/memory/memoryEngine.ts'
import { difference, normalised } from './answers.ts'
import { createTableBody, requestOf, type Request } from './requests.ts'
import { scripts, shortened, type Script } from './scripts.ts'
import { tablePairs } from './tableDefinitions.ts'
import { TestServer } from './testServer.ts'

/*
 * Random scripts on two servers that differ in their validation layer alone: verdicts and effects
 * are the same, and so are the words but where the newer layer is known to have others.
 */

const numRuns = Number(process.env['DYNATOM_MODEL_RUNS'] ?? 40)
const timeout = 30_000 + numRuns * 500
type Body = Record<string, unknown>

const envelope = '1 validation error detected: '

/** A text of the newer layer without its envelope, and one of the older without its additions. */
function bareWords(text: string): string {
  return text
    .replace(/^1 validation error detected: /, '')
    .replace(/^ExpressionAttributeValues contains invalid value: (.*) for key :\w+$/, '$1')
    .replace(/(can only be specified when using expressions): .*$/, '$1')
}

function withBareWords(answer: Body): Body {
  const { message } = answer
  return typeof message === 'string' ? { ...answer, message: bareWords(message) } : answer
}

/** Ways to make a fault, which the operation may or may not see; they take turns. */
const spoilers: readonly ((body: object) => object)[] = [
  (body) => ({ ...body, ReturnValues: 'ALL_NEW' }),
  (body) => ({ ...body, ConditionExpression: '' }),
  (body) => ({ ...body, ConditionExpression: 'a = :nowhere' }),
  (body) => ({ ...body, ExpressionAttributeValues: { ':unused': { S: 'x' } } }),
  (body) => ({ ...body, ExpressionAttributeNames: { '#unused': 'x' } }),
  (body) => ({ ...body, Expected: { a: { Exists: true } } }),
  (body) => ({ ...body, ReturnConsumedCapacity: 'INVALID' }),
  (body) => replaced(body, /"N":"[^"]*"/, '"N":"abc"'),
  (body) => replaced(body, /"S":"[^"]*"/, '"N":"1e126"'),
  (body) => replaced(body, /"S":"[^"]*"/, '"NULL":false'),
]

function replaced(body: object, pattern: RegExp, by: string): object {
  return JSON.parse(JSON.stringify(body).replace(pattern, by)) as object
}

/**
 * Whether the newer layer alone refuses a statement that weighs too much: from there on the two
 * servers hold different items.
 */
function isTooHeavy({ name, body }: Request, older: Body, newer: Body): boolean {
  const tooLarge = 'Item size to update has exceeded the maximum allowed size'
  if (name !== 'UpdateItem' || !('UpdateExpression' in body)) return false
  return newer['message'] === tooLarge && older['message'] !== tooLarge
}

/** Two servers side by side, which are given the same requests. */
class BothLayers {
  readonly #older: TestServer
  readonly #newer: TestServer
  /** How many answers had the newer layer's envelope alone. */
  enveloped = 0

  private constructor(older: TestServer, newer: TestServer) {
    this.#older = older
    this.#newer = newer
  }

  static async open(): Promise<BothLayers> {
    return new BothLayers(
      await TestServer.open(new MemoryEngine(), 'older'),
      await TestServer.open(new MemoryEngine(), 'newer'),
    )
  }

  /** Sends a request whose answers need not be the same. */
  async send({ name, body }: Request): Promise<[older: Body, newer: Body]> {
    return [await this.#older.call(name, body), await this.#newer.call(name, body)]
  }

  async settled(table: string): Promise<void> {
    await this.#older.settled(table)
    await this.#newer.settled(table)
  }

  /** Throws when the answers differ beyond words; gives false when the layers part. */
  async compare(request: Request): Promise<boolean> {
    const [older, newer] = (await this.send(request)).map(normalised) as [Body, Body]
    if (isTooHeavy(request, older, newer)) return false
    const isEnveloped = newer['message'] !== older['message']
    if (isEnveloped && String(newer['message']).startsWith(envelope)) this.enveloped += 1
    if (isDeepStrictEqual(withBareWords(older), withBareWords(newer))) return true
    throw new Error(difference(`${request.name} ${shortened(request.body)}`, older, newer))
  }
}

/** Carries out a script, each operation first with a fault. Gives how many envelopes there were. */
async function compareLayers(script: Script): Promise<number> {
  const both = await BothLayers.open()
  for (const table of script.tables) {
    await both.send({ name: 'CreateTable', body: createTableBody(table) })
  }
  script.begun = 0
  for (const operation of script.operations) {
    const spoil = spoilers[script.begun % spoilers.length] as (body: object) => object
    script.begun += 1
    if (operation.kind === 'Reopen') continue
    const request = requestOf(operation)
    if (operation.kind === 'CreateIndex' || operation.kind === 'DeleteIndex') {
      // Descriptions have ids and times of their own.
      await both.send(request)
      await both.settled(operation.table)
      continue
    }
    const spoiled = { ...request, body: spoil(request.body) }
    if (!(await both.compare(spoiled)) || !(await both.compare(request))) return both.enveloped
  }
  for (const { name } of script.tables) {
    await both.compare({ name: 'Scan', body: { TableName: name } })
  }
  return both.enveloped
}

const subjects = tablePairs.map((tables) => ({ tables, names: tables.map(({ name }) => name) }))

describe.each(subjects)('scripts on the tables $names', ({ tables }) => {
  test('are answered alike in both layers but for the words', { timeout }, async () => {
    let enveloped = 0
    const property = fc.asyncProperty(scripts(tables), async (script) => {
      enveloped += await compareLayers(script)
    })
    await fc.assert(property, { numRuns })
    expect(enveloped).toBeGreaterThan(numRuns)
  })
})
