import { ChangeList } from '../items/changeList.tsx'
import { changesBetween, keyText } from '../items/itemChange.ts'
import type { Item } from '../values/dynamodbJson.ts'
import { parseExactJson, writeExactJson } from '../values/exactJson.ts'
import type { StreamRecord } from './streamTail.ts'
import type { TailedRecord } from './useTail.ts'

const names: Readonly<Record<string, string>> = {
  INSERT: 'Put',
  MODIFY: 'Changed',
  REMOVE: 'Removed',
}

/** A change of an item: attribute by attribute where the stream has both images. */
export function RecordView({ tailed }: { readonly tailed: TailedRecord }) {
  const { record, shardId } = tailed
  const { dynamodb = {}, eventName = '' } = record
  const { Keys = {}, ApproximateCreationDateTime: at, SequenceNumber } = dynamodb
  const isExpired = record.userIdentity?.PrincipalId === 'dynamodb.amazonaws.com'
  return (
    <li class="record">
      <p>
        <strong>{names[eventName] ?? eventName}</strong> <code>{keyText(Keys)}</code>
        {isExpired && ' by time to live'}
      </p>
      <p class="hint">
        {at?.toISOString()} · {SequenceNumber} · {shardId}
      </p>
      <Images record={record} />
    </li>
  )
}

function Images({ record }: { readonly record: StreamRecord }) {
  const { OldImage, NewImage, StreamViewType } = record.dynamodb ?? {}
  if (StreamViewType === 'NEW_AND_OLD_IMAGES') {
    const changes = changesBetween(OldImage ?? {}, NewImage ?? {})
    return (
      <ChangeList
        changes={changes.map(({ name, before, after }) => ({
          name,
          before: shortened(before),
          after: shortened(after),
        }))}
      />
    )
  }
  const image: Item | undefined = NewImage ?? OldImage
  if (image === undefined) return null
  return (
    <>
      <p class="hint">
        {NewImage === undefined ? 'As it was' : 'As it is now'}; this stream has one image alone, so
        that differences are not known.
      </p>
      <pre class="wide example">{keyText(image)}</pre>
    </>
  )
}

/** A longer text than this stays on lines of its own. */
const mostInLine = 120

/** JSON in one line where it is short, so that many changes are in sight. */
function shortened(json: string | undefined): string | undefined {
  if (json === undefined || json.length > 2 * mostInLine) return json
  const line = writeExactJson(parseExactJson(json), '')
  return line.length > mostInLine ? json : line
}
