import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb'
import type { Item } from '../values/dynamodbJson.ts'

/** Items that were deleted, as they were. */
export interface KeptItems {
  readonly kind: 'items'
  readonly items: readonly Item[]
}

/** A table that was deleted, with its items as JSON Lines. */
export interface KeptTable {
  readonly kind: 'table'
  readonly definition: CreateTableCommandInput
  /** The attribute of its time to live; undefined for none. */
  readonly timeToLive: string | undefined
  readonly count: number
  readonly file: Blob
}

/** What can be put back, over a reload as well. */
export type KeptCopy = (KeptItems | KeptTable) & {
  readonly id?: number
  /** Undefined for the main database. */
  readonly namespace: string | undefined
  readonly tableName: string
  /** When it was deleted, in milliseconds since 1970. */
  readonly at: number
}

/** Older copies give way. */
const mostCopies = 50
/** A copy is kept this long, in milliseconds: a day. */
const keptMs = 24 * 60 * 60 * 1000

const stores = { copies: 'copies', files: 'files' } as const
const changed = 'dynatom-kept'

/** REQUIRES: no keys and no tokens are put into it. */
function open(): Promise<IDBDatabase> {
  const request = indexedDB.open('dynatom', 1)
  request.addEventListener('upgradeneeded', () => {
    request.result.createObjectStore(stores.copies, { keyPath: 'id', autoIncrement: true })
    request.result.createObjectStore(stores.files)
  })
  return answerOf(request)
}

function answerOf<Answer>(request: IDBRequest<Answer>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () =>
      reject(request.error ?? new Error('The browser keeps nothing.')),
    )
  })
}

async function within<Answer>(
  store: keyof typeof stores,
  ask: (store: IDBObjectStore) => IDBRequest<Answer>,
): Promise<Answer> {
  const database = await open()
  try {
    const transaction = database.transaction(stores[store], 'readwrite')
    return await answerOf(ask(transaction.objectStore(stores[store])))
  } finally {
    database.close()
  }
}

/** Keeps a copy and resolves to its id. */
export async function keepCopy(copy: KeptCopy): Promise<number> {
  const id = await within('copies', (store) => store.add(copy))
  await keptCopies()
  dispatchEvent(new Event(changed))
  return Number(id)
}

/** The copies, the latest first; those that are too old or too many are forgotten. */
export async function keptCopies(): Promise<readonly KeptCopy[]> {
  const all = (await within('copies', (store) => store.getAll())) as KeptCopy[]
  const latest = all.sort((one, other) => (other.id ?? 0) - (one.id ?? 0))
  const oldest = Date.now() - keptMs
  const kept = latest.filter(({ at }, i) => i < mostCopies && at >= oldest)
  for (const { id = 0 } of latest.filter((copy) => !kept.includes(copy))) {
    await within('copies', (store) => store.delete(id))
  }
  return kept
}

export async function forgetCopy(id: number): Promise<void> {
  await within('copies', (store) => store.delete(id))
  dispatchEvent(new Event(changed))
}

/** Calls `listener` whenever copies are kept or forgotten, until what it gives is called. */
export function onKept(listener: () => void): () => void {
  addEventListener(changed, listener)
  return () => removeEventListener(changed, listener)
}

/** Keeps a file by a name, in place of the one that has it. */
export async function keepFile(name: string, file: Blob): Promise<void> {
  await within('files', (store) => store.put(file, name))
}

export const keptFile = (name: string): Promise<Blob | undefined> =>
  within('files', (store) => store.get(name) as IDBRequest<Blob | undefined>)
