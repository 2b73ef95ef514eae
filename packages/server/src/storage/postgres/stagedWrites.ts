import type { Bytes, StorageWrite } from '../engine.ts'
import { requireUsableKey } from '../usableKey.ts'
import { byteaArray } from './binaryArrays.ts'
import { versionOf } from './commitRequest.ts'
import type { Lent } from './connections.ts'
import { maxKeyBytes, storedKey } from './storedKey.ts'

/** Most bytes of keys and values that one statement brings, but for the last write in it. */
const batchBytes = 1024 * 1024
const batchWrites = 2000

const createText = `CREATE TEMPORARY TABLE IF NOT EXISTS staged
  (n bigint NOT NULL, k bytea NOT NULL, h bytea, v bytea, rest bytea)`
const emptyText = 'TRUNCATE pg_temp.staged'
const stageText = `INSERT INTO pg_temp.staged (n, k, h, v, rest)
  SELECT $5 + i, k, h, v, rest
  FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::bytea[])
    WITH ORDINALITY AS w(k, h, v, rest, i)`
const indexText = 'CREATE INDEX IF NOT EXISTS staged_k ON pg_temp.staged (k, n)'

/** Carries what the writes of a commit threw while they were asked for. */
export class SourceFailure extends Error {
  override readonly name = 'SourceFailure'

  constructor(cause: unknown) {
    super('the writes could not be had', { cause })
  }
}

async function* watched(
  writes: Iterable<StorageWrite> | AsyncIterable<StorageWrite>,
): AsyncGenerator<StorageWrite, void> {
  try {
    yield* writes
  } catch (error) {
    throw new SourceFailure(error)
  }
}

/**
 * The writes of a large commit, brought part by part into a table that only one connection sees.
 * Nothing is locked and no transaction is open while they are on their way: a server that stands
 * still meanwhile is in nobody's way. Rejects with SourceFailure, with
 * StorageFailure at a key, and with what the database says.
 */
export async function stage(
  lent: Lent,
  writes: Iterable<StorageWrite> | AsyncIterable<StorageWrite>,
): Promise<void> {
  await lent.ask({ text: createText })
  await lent.ask({ text: emptyText })
  let batch: StorageWrite[] = []
  let bytes = 0
  let staged = 0
  const flush = async (): Promise<void> => {
    await lent.ask({
      text: stageText,
      name: 'stage',
      values: [...columnsOf(batch), String(staged)],
    })
    staged += batch.length
    batch = []
    bytes = 0
  }
  for await (const write of watched(writes)) {
    requireUsableKey(write.key, maxKeyBytes)
    batch.push(write)
    bytes += write.key.length + (write.value?.length ?? 0)
    if (bytes >= batchBytes || batch.length >= batchWrites) await flush()
  }
  if (batch.length > 0) await flush()
  await lent.ask({ text: indexText })
  await lent.ask({ text: 'ANALYZE pg_temp.staged' })
}

function columnsOf(writes: readonly StorageWrite[]): Buffer[] {
  const stored = writes.map(({ key }) => storedKey(key))
  const digest = (value: Bytes | undefined): Buffer | undefined =>
    value && Buffer.from((versionOf(value) as string).slice(2), 'hex')
  return [
    byteaArray(stored.map(({ k }) => k)),
    byteaArray(writes.map(({ value }) => digest(value))),
    byteaArray(writes.map(({ value }) => value)),
    byteaArray(stored.map(({ rest }) => rest)),
  ]
}
