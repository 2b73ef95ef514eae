import type { World } from '../world/world.ts'
import { insert, single } from './actions.ts'
import type { Client } from './client.ts'
import { describeTable, sendControl } from './controlPlane.ts'
import { batchWrite } from './intents.ts'
import { creationOf, listItem, lists, permanentTables } from './tables.ts'
import { accounts, openingBalance } from './work.ts'

const rowsPerBatch = 25

/** Makes the tables and what is in them at the beginning. Nothing goes wrong meanwhile. */
export async function setUp(world: World, client: Client): Promise<void> {
  for (const definition of permanentTables) {
    const answer = await sendControl(
      world,
      client,
      'CreateTable',
      creationOf(definition, world.profile),
    )
    if (answer?.kind !== 'response') throw new Error(`no table: ${JSON.stringify(answer)}`)
    world.schema.set(definition.name, 'there')
  }
  for (const { name } of permanentTables) {
    while ((await describeTable(world, client, name))?.TableStatus !== 'ACTIVE') {
      await client.pause(1000)
    }
  }
  for (const account of accounts) {
    const opening = { b: { N: String(openingBalance) } }
    const opened = insert(account, [client.newId()], world.random, opening)
    const { outcome } = await client.perform(single(opened, world.random))
    if (outcome !== 'ok') throw new Error(`no account: ${outcome}`)
  }
  await fillBulk(world, client)
}

/** Rows that nobody touches, for an index that is created to have something to do. */
async function fillBulk(world: World, client: Client): Promise<void> {
  const { bulkRows } = world.profile
  for (let first = 0; first < bulkRows; first += rowsPerBatch) {
    const length = Math.min(rowsPerBatch, bulkRows - first)
    const writes = Array.from({ length }, (_, i) => {
      const item = listItem(`bulk${first + i}`)
      return { item, id: client.newId(), put: { ...item.key, g: { S: `g${i % 3}` } } }
    })
    const { operation } = batchWrite(writes)
    await client.perform({ operation, parts: [] })
  }
  if (bulkRows > 0) world.count(`bulk rows in ${lists.name}`)
}
