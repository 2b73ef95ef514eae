import { configName, configText, resolutionNames } from './consumerSources.ts'

/** A use of the client, as CommonJS or a module by the name of its file. */
const typedUse = `
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  check, createClient, defineTable, get, insert, number, string, update,
  TransactionCanceledError, type ItemOf, type TableClient,
} from '@dynatom/client'

export const table = defineTable({
  name: 'Shop',
  partitionKey: 'PK',
  sortKey: 'SK',
  entities: {
    Account: {
      keys: { PK: 'ACCOUNT#{account}', SK: 'ACCOUNT' },
      attributes: { balance: number(), note: string().optional() },
    },
    Receipt: { keys: { PK: 'ACCOUNT#{account}', SK: 'RECEIPT#{seq:4}' } },
  },
})
const { Account, Receipt } = table.entities
type Account = ItemOf<typeof Account>

export async function charge(db: TableClient, account: string, seq: number): Promise<Account | undefined> {
  const outcome = await db.transactWrite({
    charge: update(Account, { account }, { add: { balance: -1 } }, { if: { balance: { ge: 1 } } }),
    receipt: insert(Receipt, { account, seq }),
    guard: check(Account, { account: 'bank' }, 'exists'),
  }).try()
  return outcome.ok ? undefined : outcome.error.reasons.charge.item
}

export async function read(account: string): Promise<string | undefined> {
  const db = createClient(new DynamoDBClient({}))
  const { owner } = await db.transactGet({ owner: get(Account, { account }) })
  for await (const receipt of db.query(Receipt, { account })) if (receipt.seq > 3) return 'many'
  return owner?.note
}

export const isCanceled = (error: unknown): boolean => error instanceof TransactionCanceledError

// @ts-expect-error: there is no such attribute, and the types know.
export const misspelt: Account = { account: 'a', balanc: 1 }
`

/** File names with their text. */
export const clientSources: Readonly<Record<string, string>> = {
  'typedUse.ts': typedUse,
  'typedModule.mts': typedUse,
  ...Object.fromEntries(resolutionNames.map((name) => [configName(name), configText(name)])),
}

/** A program that is refused by nobody: it sends nothing. */
export const use = `
const table = defineTable({
  name: 'Shop', partitionKey: 'PK', sortKey: 'SK',
  entities: { Group: { keys: { PK: 'GROUP#{group}', SK: 'GROUP' } } },
})
const db = createClient(new DynamoDBClient({ region: 'us-east-1' }))
db.transactWrite({}).catch((error) => console.log(error instanceof RefusedError, error.message))
`
