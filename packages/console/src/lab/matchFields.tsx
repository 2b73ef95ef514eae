import { TextField } from '../parts/field.tsx'
import { isObject, JsonFault, parseExactJson, writeExactJson } from '../values/exactJson.ts'
import type { ExactJson } from '../values/exactJson.ts'
import type { RequestMatch } from './labState.ts'

/** Which requests a rule is about, as it is typed in. */
export interface MatchDraft {
  /** Names with commas between them. */
  readonly operations: string
  readonly table: string
  /** DynamoDB JSON. */
  readonly key: string
  readonly caller: string
}

export const anyRequest: MatchDraft = { operations: '', table: '', key: '', caller: '' }

/** JSON that is sent; members that are undefined are left out. */
export type Members = Readonly<Record<string, ExactJson | undefined>>

export const bodyOf = (members: Members): string =>
  writeExactJson(
    Object.fromEntries(
      Object.entries(members).filter(
        (entry): entry is [string, ExactJson] => entry[1] !== undefined,
      ),
    ),
    '',
  )

/** A key in DynamoDB JSON. Throws JsonFault. */
export function keyOfText(text: string): ExactJson {
  const json = parseExactJson(text)
  if (!isObject(json)) throw new JsonFault('A key is an object: { "id": { "S": "…" } }.')
  return json
}

export const keyHint = 'DynamoDB JSON: { "id": { "S": "1001" } }'

/** Undefined for what is empty. */
export const textGiven = (text: string): string | undefined =>
  text.trim() === '' ? undefined : text.trim()

export const listGiven = (text: string): readonly string[] | undefined => {
  const names = text.split(/[\s,]+/).filter((name) => name !== '')
  return names.length === 0 ? undefined : names
}

/** Throws JsonFault for a key that is none. */
export const matchOf = ({ operations, table, key, caller }: MatchDraft): Members => ({
  operations: listGiven(operations),
  table: textGiven(table),
  key: textGiven(key) === undefined ? undefined : keyOfText(key),
  caller: textGiven(caller),
})

interface MatchFieldsProps {
  readonly draft: MatchDraft
  readonly onChange: (draft: MatchDraft) => void
}

/** Fields that say which requests a rule is about. */
export function MatchFields({ draft, onChange }: MatchFieldsProps) {
  const change = (changed: Partial<MatchDraft>): void => onChange({ ...draft, ...changed })
  return (
    <div class="pair">
      <TextField
        label="Operations (optional)"
        hint="Such as PutItem, UpdateItem; any when empty"
        value={draft.operations}
        onText={(operations) => change({ operations })}
      />
      <TextField
        label="Table (optional)"
        value={draft.table}
        onText={(table) => change({ table })}
      />
      <TextField
        label="Key (optional)"
        hint={keyHint}
        value={draft.key}
        onText={(key) => change({ key })}
      />
      <TextField
        label="Caller (optional)"
        hint="The access key id, or the ARN of whom it belongs to"
        value={draft.caller}
        onText={(caller) => change({ caller })}
      />
    </div>
  )
}

/** Which requests a rule is about, in a line. */
export function matchText({ operations, table, key, caller }: RequestMatch): string {
  const parts = [
    operations === undefined ? 'Any request' : operations.join(', '),
    ...(table === undefined ? [] : [`of ${table}`]),
    ...(key === undefined ? [] : [writeExactJson(key, '')]),
    ...(caller === undefined ? [] : [`by ${caller}`]),
  ]
  return parts.join(' ')
}
