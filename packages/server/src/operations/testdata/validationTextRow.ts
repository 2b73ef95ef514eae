import type { ValidationLayer } from '../../validation/layers.ts'

/** A call by its operation's name and its request. */
export type PreparingCall = readonly [operation: string, request: object]

/** One error text, in the forms of both validation layers, and a request that brings it about. */
export interface ValidationText {
  /**
   * The section of the digest that prints the text, `partiql 1` to `partiql 10` for the parts of
   * 6.2, or the line, `validation-2026 A1` to `B15`, of what was captured in 2026
   * (docs/decisions/validation-texts.md lists these lines).
   */
  readonly source: string
  /** The text as the source prints it; `…` stands for what the source or the row leaves open. */
  readonly quote: string
  readonly operation: string
  /** Calls that come first, on a database of the row's own. */
  readonly setup?: readonly PreparingCall[]
  readonly request: object
  /** The whole body of the response; of the older layer's where the newer has another. */
  readonly expected: ExpectedError | Done
  /** The newer layer's, if it is not the same. */
  readonly newer?: ExpectedError
}

/** A row of the table of texts: what one layer answers, or both. */
export interface ValidationTextRow extends Omit<ValidationText, 'newer'> {
  readonly layer: ValidationLayer | 'both'
}

export function rowsOf({ newer, ...text }: ValidationText): ValidationTextRow[] {
  if (newer === undefined) return [{ ...text, layer: 'both' }]
  return [
    { ...text, layer: 'older' },
    { ...text, layer: 'newer', expected: newer },
  ]
}

export const envelope: string = '1 validation error detected: '

/** `text` with the newer layer's envelope; `newer` is what is in it when it is not the same. */
export function enveloped(text: ValidationText, newer?: string): ValidationText {
  return { ...text, newer: validation(envelope + (newer ?? String(text.expected['message']))) }
}

/** A write that only the other layer refuses. */
export type Done = Readonly<Record<string, never>>
export const done: Done = {}

export type ExpectedError = { readonly __type: string } & Readonly<Record<string, unknown>>

/** The tables that every row finds: their names, and what they are like. */
export const fixtureTables: readonly PreparingCall[] = [
  ['CreateTable', tableDefinition('Simple', { pk: 'S' }, ['pk'])],
  ['CreateTable', tableDefinition('Ranged', { pk: 'S', sk: 'S' }, ['pk', 'sk'])],
  ['CreateTable', tableDefinition('Binary', { pk: 'B' }, ['pk'])],
  [
    'CreateTable',
    {
      ...tableDefinition('Indexed', { pk: 'S', sk: 'N', g: 'S', h: 'B', l: 'S' }, ['pk', 'sk']),
      LocalSecondaryIndexes: [index('byL', ['pk', 'l'], { ProjectionType: 'KEYS_ONLY' })],
      GlobalSecondaryIndexes: [
        index('byG', ['g', 'sk'], { ProjectionType: 'KEYS_ONLY' }),
        index('byH', ['h', 'l'], { ProjectionType: 'ALL' }),
      ],
    },
  ],
]

/** A CreateTable request on demand; `keys` names the partition key and then the sort key. */
export function tableDefinition(
  name: string,
  attributes: Readonly<Record<string, string>>,
  keys: readonly string[],
): object {
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: Object.entries(attributes).map(([AttributeName, AttributeType]) => ({
      AttributeName,
      AttributeType,
    })),
    KeySchema: keySchema(keys),
  }
}

/** An index parameter with `keys` as for {@link tableDefinition}. */
export function index(name: string, keys: readonly string[], projection: object): object {
  return { IndexName: name, KeySchema: keySchema(keys), Projection: projection }
}

export function keySchema(keys: readonly string[]): object[] {
  return keys.map((AttributeName, i) => ({ AttributeName, KeyType: i === 0 ? 'HASH' : 'RANGE' }))
}

export const invalidValues: string = 'One or more parameter values were invalid: '
export const notValidValues: string = 'One or more parameter values are not valid. '

export function validation(message: string): ExpectedError {
  return { __type: 'ValidationException', message }
}

/** One broken constraint of the model. */
export function constraint(value: string, path: string, text: string): ExpectedError {
  return constraints([[value, path, text]])
}

/** Broken constraints, each with its value as it is shown, its path, and its text. */
export function constraints(failures: readonly (readonly string[])[]): ExpectedError {
  const noun = failures.length === 1 ? 'error' : 'errors'
  const entries = failures.map(
    ([value, path, text]) => `Value ${value} at '${path}' failed to satisfy constraint: ${text}`,
  )
  return validation(`${failures.length} validation ${noun} detected: ${entries.join('; ')}`)
}

export function serialization(message: string): ExpectedError {
  return { __type: 'SerializationException', Message: message }
}

export const noResource: ExpectedError = {
  __type: 'ResourceNotFoundException',
  message: 'Requested resource not found',
}

/** A transaction of `length` actions that the one at `position` alone cancelled. */
export function cancelled(length: number, position: number, message: string): ExpectedError {
  return cancelledFor(
    Array.from({ length }, (_, i) =>
      i === position ? { Code: 'ValidationError', Message: message } : { Code: 'None' },
    ),
  )
}

export function cancelledFor(reasons: readonly { readonly Code: string }[]): ExpectedError {
  const codes = reasons.map(({ Code }) => Code).join(', ')
  return {
    __type: 'TransactionCanceledException',
    Message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    CancellationReasons: reasons,
  }
}

/** A value of `levels` levels: lists round a number. */
export function nested(levels: number): object {
  let value: object = { N: '1' }
  for (let level = 1; level < levels; level++) value = { L: [value] }
  return value
}
