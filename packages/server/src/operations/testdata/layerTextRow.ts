/** One request that both validation layers refuse, and the texts of both. */
export interface LayerTextRow {
  /** The fact of docs/decisions/validation-texts.md that it shows. */
  readonly fact: string
  readonly operation: string
  readonly request: object
  readonly older: string
  readonly newer: string
}

export const envelope: string = '1 validation error detected: '

export const TableName: string = 'Simple'
export const Key: object = { pk: { S: 'a' } }

/** An action of a single-item write with its key or item. */
export const writes: Readonly<Record<string, object>> = {
  PutItem: { TableName, Item: Key },
  DeleteItem: { TableName, Key },
  UpdateItem: { TableName, Key },
}

/** A row for each of `operations`, which are writes; the newer layer adds the envelope alone. */
export function envelopedRows(
  fact: string,
  operations: readonly string[],
  more: object,
  text: string,
): LayerTextRow[] {
  return operations.map((operation) => ({
    fact,
    operation,
    request: { ...writes[operation], ...more },
    older: text,
    newer: `${envelope}${text}`,
  }))
}

/** A row that both layers answer alike. */
export function sameRow(
  fact: string,
  operation: string,
  request: object,
  text: string,
): LayerTextRow {
  return { fact, operation, request, older: text, newer: text }
}
