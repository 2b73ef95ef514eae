import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams'
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { Connection } from '../database/connection.ts'
import { addressOf, goTo, type Route } from '../navigation/route.ts'
import { ChoiceField } from '../parts/field.tsx'
import { textOf } from '../parts/notices.tsx'
import { countText } from '../values/figures.ts'
import { listStreams, type StreamName } from './listStreams.ts'
import { RecordView } from './recordView.tsx'
import { ShardRows } from './shardRows.tsx'
import type { Start } from './streamTail.ts'
import { mostKept, useTail, type Tailed } from './useTail.ts'
import { Failure } from '../parts/failure.tsx'

interface StreamsPageProps {
  readonly connection: Connection
  readonly route: Route
}

const starts: readonly (readonly [Start, string])[] = [
  ['now', 'Now'],
  ['beginning', 'The oldest record that is kept'],
]

/** The changes of a table as they are made. */
export function StreamsPage({ connection, route }: StreamsPageProps) {
  const client = useStreamsClient(connection)
  const { streams, failure: listFailure, reload } = useStreams(client)
  const tail = useTail(client)
  const { tailed, isPaused } = tail
  const tableName = route.query.get('table') ?? undefined
  const start: Start = route.query.get('from') === 'beginning' ? 'beginning' : 'now'
  const [arn, setArn] = useState<string>()
  const chosen =
    streams?.find((each) => each.arn === arn) ??
    streams?.find((each) => each.tableName === tableName) ??
    streams?.[0]
  const shownFailure = listFailure ?? tail.failure
  return (
    <div class="page">
      <header class="page-head">
        <h1>Streams</h1>
        <button type="button" onClick={reload}>
          Refresh
        </button>
      </header>
      <Failure text={shownFailure} />
      {streams?.length === 0 && (
        <p>
          No table has a stream. The page of a table can give it one:{' '}
          <a href={addressOf(['tables'])}>to the tables</a>.
        </p>
      )}
      {streams !== undefined && chosen !== undefined && (
        <ChoiceOfStream
          streams={streams}
          chosen={chosen}
          start={start}
          onChoose={(stream, from) => {
            setArn(stream.arn)
            const query = { table: stream.tableName, from }
            goTo(addressOf(['streams'], query), { replaces: true })
          }}
        />
      )}
      {chosen !== undefined && (
        <TailButtons
          tail={tail}
          isOn={tail.tailed !== undefined}
          onStart={() => tail.begin(chosen, start)}
        />
      )}
      {tailed !== undefined && <Come tailed={tailed} isPaused={isPaused} />}
    </div>
  )
}

interface ChoiceOfStreamProps {
  readonly streams: readonly StreamName[]
  readonly chosen: StreamName
  readonly start: Start
  readonly onChoose: (stream: StreamName, start: Start) => void
}

function ChoiceOfStream({ streams, chosen, start, onChoose }: ChoiceOfStreamProps) {
  return (
    <div class="pair">
      <ChoiceField
        label="Stream"
        value={chosen.arn}
        choices={streams.map((each) => [each.arn, `${each.tableName} · ${each.label}`])}
        onChoose={(arn) => onChoose(streams.find((each) => each.arn === arn) ?? chosen, start)}
      />
      <ChoiceField
        label="Start from"
        value={start}
        choices={starts}
        onChoose={(from) => onChoose(chosen, from)}
      />
    </div>
  )
}

interface TailButtonsProps {
  readonly tail: ReturnType<typeof useTail>
  readonly isOn: boolean
  readonly onStart: () => void
}

function TailButtons({ tail, isOn, onStart }: TailButtonsProps) {
  const { isPaused, pause, goOn, clear, stop } = tail
  return (
    <div class="actions">
      <button type="button" class="primary" onClick={onStart}>
        {isOn ? 'Start anew' : 'Start'}
      </button>
      {isOn && (
        <>
          <button type="button" onClick={isPaused ? goOn : pause}>
            {isPaused ? 'Go on' : 'Pause'}
          </button>
          <button type="button" onClick={clear}>
            Clear
          </button>
          <button type="button" onClick={stop}>
            Stop
          </button>
        </>
      )}
    </div>
  )
}

function useStreamsClient({ client, about }: Connection): DynamoDBStreamsClient {
  const streams = useMemo(
    () =>
      new DynamoDBStreamsClient({
        endpoint: location.origin,
        region: about.region,
        credentials: client.config.credentials,
        maxAttempts: 3,
      }),
    [client, about],
  )
  useEffect(() => () => streams.destroy(), [streams])
  return streams
}

function useStreams(client: DynamoDBStreamsClient) {
  const [streams, setStreams] = useState<readonly StreamName[]>()
  const [failure, setFailure] = useState<string>()
  const [round, setRound] = useState(0)
  useEffect(() => {
    const controller = new AbortController()
    const { signal } = controller
    listStreams(client, signal).then(
      (found) => {
        if (signal.aborted) return
        setFailure(undefined)
        setStreams(found)
      },
      (error: unknown) => !signal.aborted && setFailure(textOf(error)),
    )
    return () => controller.abort()
  }, [client, round])
  return { streams, failure, reload: (): void => setRound((count) => count + 1) }
}

/** Records that are shown at once; more on request. */
const shownAtOnce = 50

function Come({ tailed, isPaused }: { readonly tailed: Tailed; readonly isPaused: boolean }) {
  const { stream, records, count, shards } = tailed
  const [shown, setShown] = useState(shownAtOnce)
  const open = shards.filter(({ state }) => state === 'reading').length
  return (
    <>
      <p role="status">
        {isPaused ? 'Paused' : 'Following'} {stream.tableName}: {countText(count)} records,{' '}
        {countText(open)} open shards.
      </p>
      <ShardRows shards={shards} />
      <ol class="changes records" reversed aria-label="Records">
        {records.slice(0, shown).map((each) => (
          <RecordView key={each.number} tailed={each} />
        ))}
      </ol>
      {records.length > shown && (
        <button type="button" onClick={() => setShown(shown + shownAtOnce)}>
          Show older records
        </button>
      )}
      {count > mostKept && records.length === mostKept && (
        <p class="hint">Older records than the last {countText(mostKept)} are let go of.</p>
      )}
    </>
  )
}
