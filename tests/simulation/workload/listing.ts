import type { Item } from '../../model/attributes.ts'
import { equalItems } from '../../model/comparisons.ts'
import { entriesOf, sortRank, targetOf, type Query, type Scan } from '../../model/queries.ts'
import { requestOf } from '../../model/requests.ts'
import { sameKey, type Table } from '../../model/tables.ts'
import { newCall } from '../checks/serverCall.ts'
import type { World } from '../world/world.ts'
import type { Client } from './client.ts'
import { readOf } from './seen.ts'
import { lateIndex, lists, logName } from './tables.ts'

/**
 * Reads a Query or Scan page by page; every page is an operation of the history. When nothing was
 * written from its first request to its last answer, all of it has to be what the model has.
 */
export async function listPages(
  world: World,
  client: Client,
  request: Query | Scan,
): Promise<void> {
  const { witness, count } = world
  const quietAt = witness.quietSince()
  const found: Item[] = []
  const { name, body } = requestOf(request)
  let start: object = {}
  for (;;) {
    const page = await readPage(world, client, request, { name, body: { ...body, ...start } })
    if (page === undefined) return
    found.push(...page.items)
    if (page.last === undefined) break
    count('page followed')
    start = { ExclusiveStartKey: page.last }
  }
  if (quietAt === undefined || quietAt !== witness.quietSince()) return
  count(`compared: ${request.kind}`)
  const table = world.permanentTable(request.table)
  const problem = table === undefined ? undefined : listingDifference(table, request, found)
  if (problem !== undefined) world.report(`${describe(request)}\n  ${problem}`)
}

const describe = ({ kind, table, index, limit }: Query | Scan): string =>
  `${kind}(${table}${index === undefined ? '' : `.${index}`}) limit ${limit ?? 'none'}`

async function readPage(
  world: World,
  client: Client,
  request: Query | Scan,
  { name, body }: { readonly name: string; readonly body: object },
): Promise<{ items: readonly Item[]; last: unknown } | undefined> {
  const { recorder, network } = world
  const description = describe(request)
  const begun = recorder.begin(client.number, [{ description, level: 'readCommitted', writes: [] }])
  const delivery = await network.send(client.owner, newCall(description, request), { name, body })
  const answer = delivery.kind === 'answer' ? delivery.answer : undefined
  const befores = new Map()
  if (answer?.kind !== 'response') {
    const outcome = answer?.kind === 'error' ? 'refused' : 'unknown'
    recorder.end(begun, [{ outcome, reads: [], befores }])
    return undefined
  }
  const items = answer.body['Items'] as readonly Item[]
  const logged = items.filter((item) => logName in item)
  const reads = logged.map((item) => readOf(request.table, item, item))
  const outcome = {
    outcome: 'ok',
    reads: reads.filter((read) => read !== undefined),
    befores,
  } as const
  recorder.end(begun, [outcome])
  return { items, last: answer.body['LastEvaluatedKey'] }
}

/** What differs between a whole listing and the model's; undefined when nothing. */
function listingDifference(
  { definition, items }: Table,
  request: Query | Scan,
  found: readonly Item[],
): string | undefined {
  const indexes = [...definition.indexes, ...(definition.name === lists.name ? [lateIndex] : [])]
  const table = { definition: { ...definition, indexes }, items }
  const database = { tables: [table] }
  const images = entriesOf(database, request).map(({ image }) => image)
  const isSame =
    images.length === found.length &&
    images.every((image) =>
      found.some((other) => sameKey(definition, image, other) && equalItems(image, other)),
    )
  if (!isSame) return `gave ${JSON.stringify(found)}\n  model: ${JSON.stringify(images)}`
  if (request.kind === 'Scan') return undefined
  const target = targetOf(database, request)
  const isOrdered = found.every((item, i) => {
    const rank = i === 0 ? 0 : sortRank(target, found[i - 1] as Item, item)
    return request.forward ? rank <= 0 : rank >= 0
  })
  return isOrdered ? undefined : `is out of order: ${JSON.stringify(found)}`
}
