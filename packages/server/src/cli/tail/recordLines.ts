import { itemChanges, type PartChange } from './itemChanges.ts'
import type { JsonItem, JsonValue, TailedRecord } from './tailedRecord.ts'
import { cut, keyText, nameText, valueText } from './valueText.ts'

/** How records are shown to people. */
export interface LineStyle {
  readonly colours: boolean
  /** Most characters of a value; longer ones are cut. */
  readonly valueLength: number
}

type Colour = 'red' | 'green' | 'yellow' | 'dim'
const codes: Readonly<Record<Colour, number>> = { red: 31, green: 32, yellow: 33, dim: 2 }

const colourOfKind: ReadonlyMap<string, Colour> = new Map([
  ['INSERT', 'green'],
  ['MODIFY', 'yellow'],
  ['REMOVE', 'red'],
])

/** One line of a record: a sign, where, and what. */
interface Line {
  readonly sign: '+' | '-' | '~' | '=' | '<'
  readonly path: string
  readonly text: string
}

const colourOfSign: ReadonlyMap<string, Colour> = new Map([
  ['+', 'green'],
  ['-', 'red'],
  ['~', 'yellow'],
])

const timeToLive = 'dynamodb.amazonaws.com'

/**
 * A record as lines of text: time, kind and key, and below them what changed, as far as the view
 * type tells. `+` is new, `-` is gone, `~` has another value; where a record has only one image of
 * an item that was changed, `=` says what is there now, and `<` what was there before.
 */
export function recordLines(record: TailedRecord, style: LineStyle): string {
  const { eventName, dynamodb, userIdentity } = record
  const coloured = (colour: Colour | undefined, text: string): string =>
    style.colours && colour !== undefined ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text
  const seconds = dynamodb.ApproximateCreationDateTime
  const time = new Date(seconds * 1000).toISOString().replace(/\.\d+/, '')
  const kind = coloured(colourOfKind.get(eventName), eventName)
  const key = cut(keyText(dynamodb.Keys), style.valueLength)
  const author = userIdentity?.PrincipalId === timeToLive ? '  (time to live)' : ''
  const head = `${coloured('dim', time)} ${kind} ${key}${author}`
  const lines = linesOf(record, style).map(
    ({ sign, path, text }) => `  ${coloured(colourOfSign.get(sign), `${sign} ${path}`)} ${text}`,
  )
  return [head, ...lines].map((line) => `${line}\n`).join('')
}

function linesOf({ eventName, dynamodb }: TailedRecord, style: LineStyle): readonly Line[] {
  const { Keys: keys, OldImage: before, NewImage: after } = dynamodb
  const shown = (value: JsonValue): string => cut(valueText(value), style.valueLength)
  const whole = (sign: Line['sign'], item: JsonItem): readonly Line[] =>
    Object.entries(item).flatMap(([name, value]) =>
      Object.hasOwn(keys, name) ? [] : [{ sign, path: nameText(name), text: shown(value) }],
    )
  if (before !== undefined && after !== undefined) {
    return itemChanges(before, after).map((change) => ({
      sign: signs[change.kind],
      path: cut(change.path, style.valueLength),
      text: textOf(change, shown),
    }))
  }
  const isModified = eventName === 'MODIFY'
  if (after !== undefined) return whole(isModified ? '=' : '+', after)
  if (before !== undefined) return whole(isModified ? '<' : '-', before)
  return []
}

function textOf({ kind, before, after }: PartChange, shown: (value: JsonValue) => string): string {
  const old = before && shown(before)
  const now = after && shown(after)
  if (kind === 'changed') return `${old} -> ${now}`
  if (kind !== 'members') return old ?? now ?? ''
  return [old && `- ${old}`, now && `+ ${now}`].filter((part) => part !== undefined).join(' ')
}

const signs: Readonly<Record<PartChange['kind'], Line['sign']>> = {
  added: '+',
  removed: '-',
  changed: '~',
  members: '~',
}
