import { useMemo } from 'preact/hooks'
import type { Connection } from '../database/connection.ts'
import { useDraft } from '../parts/draft.ts'
import { itemFromDynamodbJson, type Item } from '../values/dynamodbJson.ts'
import { parseExactJson } from '../values/exactJson.ts'
import { keyText } from './itemChange.ts'

/** Where each page up to the present one began. */
export type Starts = readonly (Item | undefined)[]

/** The pages are those of one draft; keys are kept as DynamoDB JSON. */
interface Place {
  readonly draftText: string
  readonly keys: readonly string[]
}

const nowhere: Place = { draftText: '', keys: [] }

/** The pages that somebody has gone through, which a reload does not lose. */
export function useStarts(
  { namespace }: Connection,
  tableName: string,
  draftText: string,
): { readonly starts: Starts; readonly goTo: (starts: Starts) => void } {
  const [place, setPlace] = useDraft<Place>(`pages:${namespace ?? ''}:${tableName}`, nowhere)
  const keysText = JSON.stringify(place.draftText === draftText ? place.keys : [])
  const starts = useMemo<Starts>(() => [undefined, ...startsFrom(keysText)], [keysText])
  return {
    starts,
    goTo: ([, ...others]) =>
      setPlace({ draftText, keys: others.map((start) => keyText(start ?? {})) }),
  }
}

const startsFrom = (keysText: string): readonly Item[] =>
  (JSON.parse(keysText) as string[]).map((text) => itemFromDynamodbJson(parseExactJson(text)))
