import { enveloped, validation, type ValidationText } from './validationTextRow.ts'

export const TableName: string = 'Simple'
export const Key: object = { pk: { S: 'a' } }

/** An action of a single-item write with its key or item. */
export const writes: Readonly<Record<string, object>> = {
  PutItem: { TableName, Item: Key },
  DeleteItem: { TableName, Key },
  UpdateItem: { TableName, Key },
}

/** A request that both layers refuse, with the text that both have. */
export function inBoth(
  source: string,
  operation: string,
  request: object,
  text: string,
): ValidationText {
  return { source, quote: '…', operation, request, expected: validation(text) }
}

/** The same where the layers have different texts. */
export function inEach(
  source: string,
  [operation, request]: readonly [string, object],
  older: string,
  newer: string,
): ValidationText {
  return { ...inBoth(source, operation, request, older), newer: validation(newer) }
}

/** For each of `operations`, which are writes; the newer layer adds the envelope alone. */
export function envelopedWrites(
  source: string,
  operations: readonly string[],
  more: object,
  text: string,
): ValidationText[] {
  return operations.map((operation) =>
    enveloped(inBoth(source, operation, { ...writes[operation], ...more }, text)),
  )
}
