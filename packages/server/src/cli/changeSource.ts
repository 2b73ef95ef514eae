import { RecordsTrimmed, StreamCursor } from '../changes/streamCursor.ts'
import type { StoredStream } from '../changes/streamReader.ts'
import { sequenceKey } from '../layout/changeKeys.ts'
import { maxRecordPageBytes } from '../limits.ts'
import type { DatabaseParts } from './databaseParts.ts'
import { streamRecordsOf } from './streamRecord.ts'
import type { ChangesOptions, ChangeSource } from './tableChanges.ts'

/** Records that an iteration holds for who asks for them. */
const recordsAtOnce = 100

/**
 * The records of a table's stream, from this moment on or from the oldest. INVARIANT: where reads
 * of the engine are answered at once, the moment is that of the call. Rejects for a table that is
 * not there or has no stream.
 */
export async function openChangeSource(
  { services, commits, engine }: Pick<DatabaseParts, 'services' | 'commits' | 'engine'>,
  tableName: string,
  { from = 'now' }: ChangesOptions,
): Promise<ChangeSource> {
  const { catalog, streams, region } = services
  const { name, record, stream } = catalog.tableForControl(tableName)
  const label = record.stream?.latestLabel
  if (stream === undefined || label === undefined) throw noStream(name)
  const { number } = stream
  const position = from === 'now' ? await streams.nextSequence(number) : undefined
  const stored = (await streams.find({ tableName: name, label })) as StoredStream
  const cursor = new StreamCursor(engine, number, position)
  return {
    async page() {
      try {
        const limits = { records: recordsAtOnce, bytes: maxRecordPageBytes }
        const { entries, isOver } = await cursor.page(limits)
        return { records: streamRecordsOf(stored, region, entries), isOver }
      } catch (error) {
        throw error instanceof RecordsTrimmed ? trimmed(name) : error
      }
    },
    onChange: (listener) => commits.onDraw(sequenceKey(number), listener),
  }
}

const noStream = (tableName: string): Error =>
  new Error(
    `The table ${tableName} has no stream. Give it one by CreateTable or UpdateTable: ` +
      "StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' }.",
  )

const trimmed = (tableName: string): Error =>
  new Error(
    `Records of the stream of the table ${tableName} were not asked for before they were 24 ` +
      'hours old, and are gone.',
  )
