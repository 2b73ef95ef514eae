import { QueryCommand, ScanCommand, type TableDescription } from '@aws-sdk/client-dynamodb'
import { useEffect, useState } from 'preact/hooks'
import type { Connection } from '../database/connection.ts'
import { noteAttributes } from '../database/seenAttributes.ts'
import { textOf } from '../parts/notices.tsx'
import type { Item } from '../values/dynamodbJson.ts'
import { useStarts } from './pageStarts.ts'
import type { ReadDraft } from './readDraft.ts'
import { readInput, type ReadInput } from './readInput.ts'

/** One page of what is read. */
export interface ReadPage {
  readonly items: readonly Item[]
  /** How many were looked at, filtered ones too. */
  readonly scannedCount: number
  readonly capacityUnits: number
  /** Where the next page begins; undefined on the last one. */
  readonly next: Item | undefined
}

/** Reads one page, from the begin or from where another one ended. */
async function readPage(
  { client }: Connection,
  read: ReadInput,
  start: Item | undefined,
  abortSignal: AbortSignal,
): Promise<ReadPage> {
  const options = { abortSignal }
  const output =
    read.mode === 'query'
      ? await client.send(new QueryCommand({ ...read.input, ExclusiveStartKey: start }), options)
      : await client.send(new ScanCommand({ ...read.input, ExclusiveStartKey: start }), options)
  noteAttributes(read.input.TableName ?? '', output.Items ?? [])
  return {
    items: output.Items ?? [],
    scannedCount: output.ScannedCount ?? 0,
    capacityUnits: output.ConsumedCapacity?.CapacityUnits ?? 0,
    next: output.LastEvaluatedKey,
  }
}

/** All pages of what is read, each as large as the database makes it, until `signal` stops it. */
export async function* allPages(
  connection: Connection,
  read: ReadInput,
  signal: AbortSignal,
): AsyncGenerator<readonly Item[]> {
  const { Limit: _, ...input } = read.input
  let start: Item | undefined
  do {
    if (signal.aborted) return
    const page = await readPage(connection, { mode: read.mode, input }, start, signal)
    yield page.items
    start = page.next
  } while (start !== undefined)
}

/** What is read by a draft, page by page, and the ways to its other pages. */
export interface Reading {
  readonly page: ReadPage | undefined
  readonly failure: string | undefined
  readonly isBusy: boolean
  readonly pageNumber: number
  /** Where the present page began; undefined on the first one. */
  readonly start: Item | undefined
  /** Undefined where there is no such page. */
  readonly toPrevious: (() => void) | undefined
  readonly toNext: (() => void) | undefined
  /** Reads the present page again. */
  readonly again: () => void
  /** Ends what is being read. */
  readonly cancel: () => void
}

/** Reads the first page of `draft`, or the one that a reload left; another draft from its begin. */
export function useReading(
  connection: Connection,
  tableName: string,
  table: TableDescription | undefined,
  draft: ReadDraft,
): Reading {
  const [round, setRound] = useState(0)
  const [page, setPage] = useState<ReadPage>()
  const [failure, setFailure] = useState<string>()
  const [running, setRunning] = useState<AbortController>()
  const draftText = JSON.stringify(draft)
  const { starts, goTo } = useStarts(connection, tableName, draftText)
  useEffect(() => {
    if (table === undefined) return undefined
    const controller = new AbortController()
    setFailure(undefined)
    setRunning(controller)
    const ended = (failed?: unknown): void => {
      if (controller.signal.aborted) return
      setRunning(undefined)
      if (failed !== undefined) setFailure(textOf(failed))
    }
    try {
      const read = readInput(table, draft)
      readPage(connection, read, starts.at(-1), controller.signal).then((found) => {
        if (!controller.signal.aborted) setPage(found)
        ended()
      }, ended)
    } catch (error) {
      ended(error)
    }
    return () => controller.abort()
  }, [connection.client, table, draftText, starts, round])
  const next = page?.next
  return {
    page,
    failure,
    isBusy: running !== undefined,
    pageNumber: starts.length,
    start: starts.at(-1),
    toPrevious: starts.length > 1 ? () => goTo(starts.slice(0, -1)) : undefined,
    toNext: next === undefined ? undefined : () => goTo([...starts, next]),
    again: () => setRound((count) => count + 1),
    cancel() {
      running?.abort()
      setRunning(undefined)
    },
  }
}
