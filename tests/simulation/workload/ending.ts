import { checkHistory } from '../../isolation/checkHistory.ts'
import { checkStore } from '../../../packages/server/src/check/checkStore.ts'
import type { Item } from '../../model/attributes.ts'
import type { Scan } from '../../model/queries.ts'
import { mayExpire } from '../checks/expiry.ts'
import type { SimulatedServer } from '../world/simulatedServer.ts'
import type { World } from '../world/world.ts'
import { append } from './actions.ts'
import type { Client } from './client.ts'
import { getItem, transactGet, transaction } from './intents.ts'
import { listPages } from './listing.ts'
import { lists, permanentTables, type SharedItem } from './tables.ts'
import { accounts, allSharedItems, openingBalance, pairs } from './work.ts'

const pollMs = 500
const maxPolls = 200

/** When nothing goes wrong any more: everything has to come to rest and be right. */
export async function concludeRun(world: World, client: Client): Promise<void> {
  await comeToRest(world, client)
  const items = [...allSharedItems(world.profile), ...world.tracked]
  for (const item of items) await client.perform(getItem(item, true))
  await checkInvariants(world, client)
  await writeEverywhere(world, client, items)
  if (world.random.chance(0.3)) {
    world.host.crash('in the end')
    await comeToRest(world, client)
  }
  await compareIndexes(world, client)
  await checkExpired(world, client)
  const server = world.host.accepting?.server as SimulatedServer
  world.compareTables(await world.findTables(server), 'in the end')
  for (const difference of world.schema.differences(server.catalog)) world.report(difference)
  for (const request of world.network.unanswered()) world.report(`${request}\n  is never answered`)
  await world.host.shutDown()
}

/** Waits until a server is up and nothing is being created or deleted. */
async function comeToRest(world: World, client: Client): Promise<void> {
  const { host, scheduler } = world
  for (let i = 0; i < maxPolls; i++) {
    const process = host.accepting
    const isUp = process !== undefined && !process.isBroken
    const isIdle = world.network.unanswered().length === 0
    if (isUp && isIdle && isAtRest(process.server as SimulatedServer)) return
    await scheduler.pause(client.owner, 'waits for the server to come to rest', pollMs)
  }
  world.report(`does not come to rest; unanswered: ${world.network.unanswered().join(', ')}`)
}

function isAtRest({ catalog }: SimulatedServer): boolean {
  return catalog.tableNames().every((name) => {
    const record = catalog.find(name)?.record
    const indexes = record?.globalSecondaryIndexes ?? []
    if (record?.timeToLive?.order?.filling === true) return false
    return record?.status === 'ACTIVE' && indexes.every(({ status }) => status === 'ACTIVE')
  })
}

/** Where time to live is enabled, what has expired goes, however slow the store is. */
async function checkExpired(world: World, client: Client): Promise<void> {
  const { scheduler, host } = world
  if (host.accepting?.server?.catalog.find(lists.name)?.expiryOrder === undefined) return
  let expired: readonly Item[] = []
  for (let i = 0; i < maxPolls; i++) {
    const { items = [] } = world.permanentTable(lists.name) ?? {}
    expired = items.filter((item) => mayExpire(item, scheduler.nowMs))
    if (expired.length === 0) return
    await scheduler.pause(client.owner, 'waits for items to expire', pollMs)
  }
  world.report(`${JSON.stringify(expired)} does not expire`)
}

/** What transfers and pairs leave the same whatever happens. */
async function checkInvariants(world: World, client: Client): Promise<void> {
  const { body } = await client.perform(transactGet([...accounts, ...pairs.flat()]))
  if (body === undefined) return world.report('the final TransactGetItems is refused')
  const found = (body['Responses'] as readonly { readonly Item?: Item }[]).map(({ Item }) => Item)
  const balances = accounts.map((_, i) => Number((found[i]?.['b'] as { N: string } | undefined)?.N))
  const sum = balances.reduce((a, b) => a + b, 0)
  if (sum !== accounts.length * openingBalance || balances.some((balance) => balance < 0)) {
    world.report(`the balances are ${balances.join(', ')}`)
  }
  const members = found.slice(accounts.length)
  pairs.forEach(([user], i) => {
    const [one, other] = [members[2 * i], members[2 * i + 1]]
    if ((one === undefined) !== (other === undefined))
      world.report(`half of the pair of ${user.name} is there`)
  })
}

/** No item may still be held by a request that is long over. */
async function writeEverywhere(
  world: World,
  client: Client,
  items: readonly SharedItem[],
): Promise<void> {
  for (let first = 0; first < items.length; first += 100) {
    const some = items.slice(first, first + 100)
    const appends = some.map((item) => append(item, [client.newId()], world.random))
    const { outcome } = await client.perform(transaction(appends, undefined))
    const mayBeFull = world.profile.maxItemCollectionBytes !== undefined
    if (outcome !== 'ok' && !(mayBeFull && outcome === 'refused')) {
      world.report(`the final transaction is ${outcome}`)
    }
  }
}

/** Every index that can be read holds what the items make of it. */
async function compareIndexes(world: World, client: Client): Promise<void> {
  const catalog = world.host.accepting?.server?.catalog
  for (const { name: table } of permanentTables) {
    for (const { name: index } of catalog?.find(table)?.indexes ?? []) {
      const scan: Scan = { kind: 'Scan', table, index, consistent: false, capacity: 'NONE' }
      await listPages(world, client, scan)
    }
  }
}

/** What remains to be checked when the last server has ended. */
export async function checkRemains(world: World): Promise<void> {
  for (const finding of await checkStore(await world.disk.inspect())) {
    world.report(`the store is wrong: ${JSON.stringify(finding)}`)
  }
  for (const { text } of checkHistory(world.recorder.history())) world.report(text)
}
