import type { Item } from '../model/attributes.ts'
import type { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import { partitionAt, partitionCount, standingTable, states, weightLimit } from './standingTable.ts'

/** A page to be read, and what its items have to be like, whatever is written meanwhile. */
export interface PageRequest {
  readonly operation: 'Query' | 'Scan'
  readonly body: object
  /** What is wrong with a page; undefined when nothing is. */
  fault(items: readonly Item[]): string | undefined
}

interface Range {
  readonly indexName?: string
  readonly partitionKey: string
  readonly value: string
  /** A number, by which the items are sorted. */
  readonly sortKey: string
}

const { name: table } = standingTable
const mostOfScan = 200

/** Some page of one partition of the table or of an index. */
export function queryPage(random: SeededRandom): PageRequest {
  const partition = { partitionKey: 'pk', value: partitionAt(random.below(partitionCount)) }
  const range = random.pick<Range>([
    { ...partition, sortKey: 'sk' },
    { ...partition, indexName: 'byWeight', sortKey: 'weight' },
    { indexName: 'states', partitionKey: 'state', value: random.pick(states), sortKey: 'weight' },
  ])
  const forward = random.chance(0.5)
  const least = range.sortKey === 'weight' ? random.below(weightLimit) : 0
  const body = {
    TableName: table,
    ...(range.indexName !== undefined && { IndexName: range.indexName }),
    KeyConditionExpression: '#p = :p AND #s >= :s',
    ExpressionAttributeNames: { '#p': range.partitionKey, '#s': range.sortKey },
    ExpressionAttributeValues: { ':p': { S: range.value }, ':s': { N: String(least) } },
    ScanIndexForward: forward,
    Limit: random.between(5, 60),
    ...(range.indexName !== 'states' && { ConsistentRead: random.chance(0.5) }),
  }
  const fault = (items: readonly Item[]): string | undefined =>
    faultOfRange(items, range, { forward, least })
  return { operation: 'Query', body, fault }
}

function faultOfRange(
  items: readonly Item[],
  range: Range,
  { forward, least }: { readonly forward: boolean; readonly least: number },
): string | undefined {
  let previous = forward ? least : Infinity
  for (const item of items) {
    const sort = Number((item[range.sortKey] as { readonly N?: string } | undefined)?.N)
    const partition = (item[range.partitionKey] as { readonly S?: string } | undefined)?.S
    const isInOrder = forward ? sort >= previous : sort <= previous
    if (partition !== range.value || !(sort >= least) || !isInOrder) {
      return `an item that is not in its place: ${JSON.stringify(item)}`
    }
    previous = sort
  }
  return undefined
}

/** One reader's way through the table and its indexes, page after page, again and again. */
export class ScanWalk {
  readonly #targets = [undefined, ...standingTable.indexes.map(({ name }) => name)]
  #target = 0
  #after: object | undefined

  next(): PageRequest {
    const indexName = this.#targets[this.#target]
    const body = {
      TableName: table,
      ...(indexName !== undefined && { IndexName: indexName }),
      ...(this.#after !== undefined && { ExclusiveStartKey: this.#after }),
      Limit: mostOfScan,
    }
    const fault = (items: readonly Item[]): string | undefined => {
      const keys = new Set(items.map(({ pk, sk }) => JSON.stringify([pk, sk])))
      if (keys.size < items.length) return 'an item twice'
      return items.length > mostOfScan ? `${items.length} items` : undefined
    }
    return { operation: 'Scan', body, fault }
  }

  /** The page was read, and goes on after this key. */
  advance(lastEvaluatedKey: object | undefined): void {
    this.#after = lastEvaluatedKey
    if (lastEvaluatedKey === undefined) this.#target = (this.#target + 1) % this.#targets.length
  }
}
