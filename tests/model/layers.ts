/** The two layers in which AWS validates since 2026 (docs/decisions/validation-texts.md). */
export type Layer = 'older' | 'newer'

export const layers: readonly Layer[] = ['older', 'newer']

/** Who answers: some words and a few verdicts depend on it. */
export interface Voice {
  readonly layer: Layer
  /** Such as `PutItem`. */
  readonly operation: string
}

export const envelope = '1 validation error detected: '

const itemWrites = ['PutItem', 'UpdateItem', 'DeleteItem']
const itemReads = ['GetItem', 'BatchGetItem', 'Query']

/** The words of the newer layer by operation; undefined where it has those of the older. */
export type NewerWords = (operation: string) => string | undefined

/** Words that writes of one item put into an envelope. */
export const inEnvelope =
  (text: string): NewerWords =>
  (operation) =>
    itemWrites.includes(operation) ? envelope + text : undefined

/** The same, where reads of items have them bare. */
export const ofValue =
  (text: string): NewerWords =>
  (operation) =>
    itemReads.includes(operation) ? text : inEnvelope(text)(operation)

/** The same, where transactions have them bare too. */
export const ofDepth =
  (text: string): NewerWords =>
  (operation) =>
    operation === 'TransactWriteItems' ? text : ofValue(text)(operation)

/** Words of the newer layer wherever it answers. */
export const wherever =
  (text: string): NewerWords =>
  () =>
    text
