import {
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type TableDescription,
} from '@aws-sdk/client-dynamodb'
import { useEffect, useState } from 'preact/hooks'
import { CopyAs } from '../copying/copyAs.tsx'
import { typedClientText } from '../copying/typedClient.ts'
import type { Connection } from '../database/connection.ts'
import { keysOfTable } from '../database/keysOfTable.ts'
import { describeTable } from '../database/tables.ts'
import { addressOf, goTo, type Route } from '../navigation/route.ts'
import { notify, notifyError, textOf } from '../parts/notices.tsx'
import { itemFromDynamodbJson, type Item } from '../values/dynamodbJson.ts'
import { parseExactJson } from '../values/exactJson.ts'
import { notifyDeleted } from './chosenItems.tsx'
import { deleteItems } from './deleteItems.ts'
import { ItemEditor } from './itemEditor.tsx'
import { changesBetween, keyOf, keyText, newItemInput, updateInput } from './itemChange.ts'
import { keyNamesOf, keyTypeOf } from './readInput.ts'
import { typedEdit, typedGet, typedInsert } from './typedCalls.ts'
import { Failure } from '../parts/failure.tsx'

interface ItemPageProps {
  readonly connection: Connection
  readonly tableName: string
  readonly route: Route
}

/** The item that an address names, or a new one, perhaps like one that is there. */
export function ItemPage({ connection, tableName, route }: ItemPageProps) {
  const isNew = route.path[2] === 'new-item'
  const text = route.query.get(isNew ? 'like' : 'key')
  const { loaded, failure, reload } = useLoaded(connection, tableName, text)
  const list = addressOf(['tables', tableName, 'items'])
  return (
    <div class="page">
      <p>
        <a href={addressOf(['tables'])}>Tables</a> /{' '}
        <a href={addressOf(['tables', tableName])}>{tableName}</a> / <a href={list}>Items</a>
      </p>
      <h1>{isNew ? `New item of ${tableName}` : `Item of ${tableName}`}</h1>
      <Failure text={failure} />
      {loaded !== undefined && isNew && (
        <NewItem connection={connection} loaded={loaded} like={text ?? ''} />
      )}
      {loaded !== undefined && !isNew && loaded.item === undefined && (
        <p role="status">There is no such item.</p>
      )}
      {loaded?.item !== undefined && !isNew && (
        <PresentItem
          key={loaded.round}
          connection={connection}
          loaded={loaded}
          item={loaded.item}
          onChanged={reload}
        />
      )}
    </div>
  )
}

interface Loaded {
  readonly table: TableDescription
  readonly keyNames: readonly string[]
  readonly item: Item | undefined
  /** How often it has been read. */
  readonly round: number
}

function useLoaded({ client }: Connection, tableName: string, text: string | null) {
  const [loaded, setLoaded] = useState<Loaded>()
  const [failure, setFailure] = useState<string>()
  const [round, setRound] = useState(0)
  useEffect(() => {
    async function load(): Promise<Loaded> {
      const table = await describeTable(client, tableName)
      const { partitionKey, sortKey } = keyNamesOf(table, '')
      const keyNames = sortKey === undefined ? [partitionKey] : [partitionKey, sortKey]
      if (text === null) return { table, keyNames, item: undefined, round }
      const Key = itemFromDynamodbJson(parseExactJson(text))
      const command = new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true })
      return { table, keyNames, item: (await client.send(command)).Item, round }
    }
    load().then(
      (found) => {
        setFailure(undefined)
        setLoaded(found)
      },
      (error: unknown) => setFailure(textOf(error)),
    )
  }, [client, tableName, text, round])
  return { loaded, failure, reload: () => setRound((count) => count + 1) }
}

interface NewItemProps {
  readonly connection: Connection
  readonly loaded: Loaded
  /** The key of the item that it is to be like, as text; empty for none. */
  readonly like: string
}

function NewItem({ connection, loaded, like }: NewItemProps) {
  const { table, keyNames, item } = loaded
  const { TableName: tableName = '' } = table
  const blank = Object.fromEntries(
    keyNames.map((name) => [name, { [keyTypeOf(table, name)]: '' } as unknown as { S: string }]),
  )
  async function save(made: Item): Promise<void> {
    await connection.client.send(new PutItemCommand(newItemInput(tableName, made, keyNames)))
    notify({ text: `An item of ${tableName} was made.` })
    goTo(addressOf(['tables', tableName, 'item'], { key: keyText(keyOf(made, keyNames)) }))
  }
  return (
    <ItemEditor
      draftName={`new:${connection.namespace ?? ''}:${tableName}:${like}`}
      before={item ?? blank}
      fixed={[]}
      saveLabel="Make item"
      changesOf={(made) => changesBetween({}, made)}
      copyOf={(made) => (
        <CopyAs
          connection={connection}
          request={() => ({
            operation: 'PutItem',
            input: newItemInput(tableName, made, keyNames),
          })}
          typedText={(place) =>
            typedClientText(keysOfTable(table), tableName, place, () => typedInsert(made))
          }
        />
      )}
      onSave={save}
    />
  )
}

interface PresentItemProps {
  readonly connection: Connection
  readonly loaded: Loaded
  readonly item: Item
  readonly onChanged: () => void
}

function PresentItem({ connection, loaded, item, onChanged }: PresentItemProps) {
  const { keyNames } = loaded
  const { TableName: tableName = '' } = loaded.table
  const key = keyOf(item, keyNames)
  const keys = keysOfTable(loaded.table)
  async function save(after: Item): Promise<void> {
    const input = updateInput({ tableName, keyNames, before: item, after })
    const { ConsumedCapacity } = await connection.client.send(new UpdateItemCommand(input))
    notify({ text: `Saved, for ${ConsumedCapacity?.CapacityUnits} capacity units.` })
    onChanged()
  }
  async function remove(): Promise<void> {
    const deletion = { tableName, keyNames, keys: [key] }
    const { signal } = new AbortController()
    const deleted = await deleteItems(connection, deletion, () => undefined, signal)
    await notifyDeleted(connection, deletion, deleted, onChanged)
    onChanged()
  }
  return (
    <>
      <div class="actions">
        <button type="button" onClick={onChanged}>
          Read again
        </button>
        <a
          class="button"
          href={addressOf(['tables', tableName, 'new-item'], { like: keyText(key) })}
        >
          Duplicate
        </a>
        <CopyAs
          connection={connection}
          request={() => ({
            operation: 'GetItem',
            input: { TableName: tableName, Key: key, ConsistentRead: true },
          })}
          typedText={(place) => typedClientText(keys, tableName, place, () => typedGet(key, item))}
        />
        <button type="button" class="danger" onClick={() => void remove().catch(notifyError)}>
          Delete item
        </button>
      </div>
      <ItemEditor
        draftName={`item:${connection.namespace ?? ''}:${tableName}:${keyText(key)}`}
        before={item}
        fixed={keyNames}
        saveLabel="Save"
        changesOf={(after) => changesBetween(item, after)}
        copyOf={(after) => {
          const edit = { tableName, keyNames, before: item, after }
          return (
            <CopyAs
              connection={connection}
              request={() => ({ operation: 'UpdateItem', input: updateInput(edit) })}
              typedText={(place) =>
                typedClientText(keys, tableName, place, () => typedEdit(edit, key))
              }
            />
          )
        }}
        onSave={save}
      />
    </>
  )
}
