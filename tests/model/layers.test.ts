import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MemoryEngine } from '../../packages/server/src/storage/memory/memoryEngine.ts'
import { difference, normalised } from './answers.ts'
import { everyFault, faultTable } from './everyFault.ts'
import { createTableBody, requestOf, type Request } from './requests.ts'
import { scripts, shortened, type Script } from './scripts.ts'
import { tablePairs } from './tableDefinitions.ts'
import { TestServer } from './testServer.ts'
import { partings, ruleOf, wordRules } from './wordRules.ts'

/*
 * Random scripts on two servers that differ in their validation layer alone: verdicts and effects
 * are the same, and so are the words, but where a rule of `wordRules.ts` says otherwise.
 */

const numRuns = Number(process.env['DYNATOM_MODEL_RUNS'] ?? 12)
const timeout = 30_000 + numRuns * 500
type Body = Record<string, unknown>

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

/** Two servers side by side, which are given the same requests. */
class BothLayers {
  readonly #older: TestServer
  readonly #newer: TestServer
  /** The names of the rules that answers had to be explained by. */
  readonly used: string[] = []

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

  /**
   * Throws when the answers differ and no rule says so. Gives false when the layers part: from
   * there on the two servers hold different items.
   */
  async compare(request: Request): Promise<boolean> {
    const [older, newer] = (await this.send(request)).map(normalised) as [Body, Body]
    if (isDeepStrictEqual(older, newer)) return true
    const parting = partings.find((rule) => rule.parts(request, older, newer))
    const rule = parting ?? this.#ruleOf(request, older, newer)
    if (rule === undefined) {
      const text = `${request.name} ${shortened(request.body)}`
      throw new Error(difference(text, older, newer, ['older:', 'newer:']))
    }
    this.used.push(rule.name)
    return parting === undefined
  }

  /** The rule by which one answer is the other in other words. */
  #ruleOf(request: Request, older: Body, newer: Body): { readonly name: string } | undefined {
    const [olderText, newerText] = [older['message'], newer['message']]
    if (typeof olderText !== 'string' || typeof newerText !== 'string') return undefined
    if (!isDeepStrictEqual({ ...older, message: newerText }, newer)) return undefined
    return ruleOf(request, olderText, newerText)
  }
}

/** Carries out a script, each operation first with a fault. Gives the rules that were needed. */
async function compareLayers(script: Script): Promise<readonly string[]> {
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
    const isSpoiled = operation.kind !== 'Faulty'
    const requests = isSpoiled ? [{ ...request, body: spoil(request.body) }, request] : [request]
    for (const each of requests) if (!(await both.compare(each))) return both.used
  }
  for (const { name } of script.tables) {
    await both.compare({ name: 'Scan', body: { TableName: name } })
  }
  return both.used
}

const subjects = tablePairs.map((tables) => ({ tables, names: tables.map(({ name }) => name) }))

describe.each(subjects)('scripts on the tables $names', ({ tables }) => {
  test('are answered alike in both layers but for the words', { timeout }, async () => {
    let explained = 0
    const property = fc.asyncProperty(scripts(tables), async (script) => {
      explained += (await compareLayers(script)).length
    })
    await fc.assert(property, { numRuns })
    expect(explained).toBeGreaterThan(numRuns)
  })
})

test('every rule is met, and explains all faults whose words differ', async () => {
  const both = await BothLayers.open()
  await both.send({ name: 'CreateTable', body: createTableBody(faultTable) })
  for (const faulty of everyFault) expect(await both.compare(requestOf(faulty))).toBe(true)
  for (const { example } of partings) expect(await both.compare(example)).toBe(false)
  const rules = [...partings, ...wordRules].map(({ name }) => name)
  expect(new Set(both.used)).toEqual(new Set(rules))
})
