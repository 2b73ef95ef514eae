import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams'
import { useEffect, useRef, useState } from 'preact/hooks'
import { noteAttributes } from '../database/seenAttributes.ts'
import { textOf } from '../parts/notices.tsx'
import type { StreamName } from './listStreams.ts'
import { StreamTail, type ShardState, type Start, type StreamRecord } from './streamTail.ts'

/** A record that has come, and the shard that it came from. */
export interface TailedRecord {
  readonly record: StreamRecord
  readonly shardId: string
  readonly number: number
}

/** What has come of a stream, the latest first. */
export interface Tailed {
  readonly stream: StreamName
  readonly start: Start
  readonly records: readonly TailedRecord[]
  /** How many came, those that were let go of too. */
  readonly count: number
  readonly shards: readonly ShardState[]
}

/** Older records than so many are let go of. */
export const mostKept = 1000

/** A tail of one stream at a time, which ends with the page. */
export function useTail(client: DynamoDBStreamsClient) {
  const [tailed, setTailed] = useState<Tailed>()
  const [failure, setFailure] = useState<string>()
  const [isPaused, setPaused] = useState(false)
  const tail = useRef<StreamTail>()
  useEffect(() => () => tail.current?.end(), [client])

  function begin(stream: StreamName, start: Start): void {
    tail.current?.end()
    setPaused(false)
    setFailure(undefined)
    setTailed({ stream, start, records: [], count: 0, shards: [] })
    const change = (make: (before: Tailed) => Tailed): void =>
      setTailed((before) => (before?.stream === stream ? make(before) : before))
    tail.current = new StreamTail(
      client,
      { streamArn: stream.arn, start },
      {
        onRecords(records, shardOf) {
          const images = records.map(({ dynamodb }) => dynamodb?.NewImage ?? {})
          noteAttributes(stream.tableName, images)
          change((before) => {
            const come = records.map((record, i) => ({
              record,
              shardId: shardOf.get(record) ?? '',
              number: before.count + i + 1,
            }))
            const kept = [...come.reverse(), ...before.records].slice(0, mostKept)
            return { ...before, records: kept, count: before.count + records.length }
          })
        },
        onShards: (shards) => change((before) => ({ ...before, shards })),
        onFailure: (error) => setFailure(error === undefined ? undefined : textOf(error)),
      },
    )
  }
  return {
    tailed,
    failure,
    isPaused,
    begin,
    pause: (): void => {
      tail.current?.pause()
      setPaused(true)
    },
    goOn: (): void => {
      tail.current?.goOn()
      setPaused(false)
    },
    stop: (): void => {
      tail.current?.end()
      tail.current = undefined
      setTailed(undefined)
      setFailure(undefined)
    },
    clear: (): void => setTailed((before) => before && { ...before, records: [] }),
  }
}
