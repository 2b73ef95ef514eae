import {
  CreateTableCommand,
  PutItemCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import type { Connection } from '../database/connection.ts'
import { keysOfTable } from '../database/keysOfTable.ts'
import { describeTable } from '../database/tables.ts'
import { forgetCopy, keptCopies, type KeptTable } from '../kept/keptCopies.ts'
import { notify } from '../parts/notices.tsx'
import { startWork, type Work } from '../parts/works.tsx'
import { importFile } from '../transfers/importFile.ts'
import type { Item } from '../values/dynamodbJson.ts'
import { countText } from '../values/figures.ts'

export const itemsText = (count: number): string =>
  count === 1 ? '1 item' : `${countText(count)} items`

interface DeletedItems {
  /** Of the copy, which is forgotten once all of it is back. */
  readonly id: number
  readonly tableName: string
  readonly items: readonly Item[]
}

/** Makes deleted items anew, each where no other one has come in its place. Never rejects. */
function putBackItems(
  { client }: Connection,
  { id, tableName, items }: DeletedItems,
): Promise<void> {
  const perform: Work['perform'] = async (onProgress, signal) => {
    const [key = ''] = keysOfTable(await describeTable(client, tableName)).keyNames
    let back = 0
    let taken = 0
    for (const Item of items) {
      if (signal.aborted) break
      const ExpressionAttributeNames = { '#key': key }
      const ConditionExpression = 'attribute_not_exists(#key)'
      const input = { TableName: tableName, Item, ConditionExpression, ExpressionAttributeNames }
      await client.send(new PutItemCommand(input)).then(
        () => (back += 1),
        (error: unknown) => {
          if (!isTaken(error)) throw error
          taken += 1
        },
      )
      onProgress({ done: back + taken, of: items.length, text: itemsText(back + taken) })
    }
    if (back === items.length) await forgetCopy(id)
    const others = taken === 0 ? '' : ` ${itemsText(taken)} not: another one is in its place.`
    notify({ text: `${itemsText(back)} of ${tableName} put back.${others}`, isError: taken > 0 })
  }
  return startWork({ label: `Putting back into ${tableName}`, perform })
}

const isTaken = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ConditionalCheckFailedException'

/** Makes a deleted table anew with the items that it had. Never rejects. */
function putBackTable({ client }: Connection, id: number, kept: KeptTable): Promise<void> {
  const { definition, timeToLive, count } = kept
  const { TableName: tableName = '' } = definition
  const perform: Work['perform'] = async (onProgress, signal) => {
    const { TableDescription } = await client.send(new CreateTableCommand(definition))
    await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 1 }, { TableName: tableName })
    const keys = keysOfTable(TableDescription ?? {})
    const { written, refused, ended, failure } = await importFile({
      client,
      tableName,
      keyNames: keys.keyNames,
      isReplacing: true,
      file: new File([kept.file], `${tableName}.jsonl`),
      format: 'dynamodb',
      keys,
      onProgress: (progress) => onProgress({ ...progress, text: itemsText(count) }),
      onRefused: () => undefined,
      signal,
    })
    if (timeToLive !== undefined) {
      const TimeToLiveSpecification = { AttributeName: timeToLive, Enabled: true }
      const input = { TableName: tableName, TimeToLiveSpecification }
      await client.send(new UpdateTimeToLiveCommand(input))
    }
    const isWhole = ended === 'whole' && refused === 0
    if (isWhole) await forgetCopy(id)
    const left = isWhole ? '' : ` The copy of ${itemsText(count)} is still kept. ${failure ?? ''}`
    const text = `Table ${tableName} put back with ${itemsText(written)}.${left}`
    notify({ text, isError: !isWhole })
  }
  return startWork({ label: `Putting back ${tableName}`, perform })
}

/** Puts back what a copy has of what was deleted, into the database that is looked at. */
export async function putBackKept(connection: Connection, id: number): Promise<void> {
  const copy = (await keptCopies()).find((each) => each.id === id)
  if (copy === undefined) throw new Error('The browser no longer keeps the copy.')
  if (copy.kind === 'table') return putBackTable(connection, id, copy)
  return putBackItems(connection, { id, tableName: copy.tableName, items: copy.items })
}
