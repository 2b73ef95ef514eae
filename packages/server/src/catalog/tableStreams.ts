import {
  encodeJson,
  streamEffects,
  type StreamEffects,
  type StreamLogs,
  type StreamRecord,
} from '../changes/streamLog.ts'
import { decodeStream, StreamReader, type StreamName } from '../changes/streamReader.ts'
import type { Clock } from '../clock.ts'
import type { CommitMember } from '../commits/committer.ts'
import { streamKey } from '../layout/changeKeys.ts'
import type { StreamSettings, TableRecord } from '../schema/tableRecord.ts'
import type { StorageEngine } from '../storage/engine.ts'
import type { NumberDraw } from './tableNumbers.ts'

/** What a stream has that is being enabled: its name and where its records go. */
export type StreamOpening = Required<Pick<StreamSettings, 'latestLabel' | 'log'>>

const noEffects: StreamEffects = { expectations: [], effects: [] }

/** What changes of tables do to their streams. */
export class TableStreams {
  readonly #engine: StorageEngine
  readonly #reader: StreamReader
  readonly #logs: StreamLogs
  readonly #clock: Clock

  constructor(engine: StorageEngine, logs: StreamLogs, clock: Clock) {
    this.#engine = engine
    this.#reader = new StreamReader(engine)
    this.#logs = logs
    this.#clock = clock
  }

  /**
   * Gives what a new stream of a table has; its label is one that no stream of a table of the name
   * had before. Its number is taken from `draw`.
   */
  async opener(tableName: string, draw: NumberDraw): Promise<() => StreamOpening> {
    const latest = await this.#reader.latestLabel(tableName)
    return () => ({ latestLabel: this.#logs.label(latest), log: this.#logs.first(draw.next()) })
  }

  /**
   * A revision of a table's record that has the open shards of its stream closed and children in
   * their place, or its first shards where it has none; undefined for a table without a stream.
   */
  rollOver(
    { stream }: TableRecord,
    draw: NumberDraw,
  ): ((record: TableRecord) => TableRecord) | undefined {
    if (stream?.viewType === undefined) return undefined
    const log =
      stream.log === undefined ? this.#logs.first(draw.next()) : this.#logs.next(stream.log)
    return (record) =>
      record.stream === undefined ? record : { ...record, stream: { ...record.stream, log } }
  }

  /**
   * A commit that gives a stream another record; undefined when nothing of the stream is there. An
   * error that `revise` throws is the caller's.
   */
  async amendment(
    { tableName, label }: StreamName,
    revise: (record: StreamRecord) => StreamRecord,
  ): Promise<CommitMember | undefined> {
    const key = streamKey(tableName, label)
    const [stored] = await this.#engine.read([key])
    const stream = stored && decodeStream(key, stored.value)
    if (stored === undefined || stream === undefined) return undefined
    const { tableName: _, label: __, ...record } = stream
    return {
      expectations: [{ key, version: stored.version }],
      writes: [{ key, value: encodeJson(revise(record)) }],
      effects: [],
    }
  }

  /**
   * What becomes of a table's stream, in the commit that changes the table. A record that is
   * undefined is that of a table before it is created, or after it is gone.
   */
  effects(before: TableRecord | undefined, after: TableRecord | undefined): StreamEffects {
    const owner = after ?? before
    if (owner === undefined) return noEffects
    const isNewTable = before === undefined
    const change = { before: before?.stream, after: after?.stream, isNewTable }
    return streamEffects(change, owner, this.#clock.nowMs())
  }
}
