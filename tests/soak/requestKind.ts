/** What a request is to the figures; a transaction is a TransactWriteItems. */
export type RequestKind = 'single write' | 'transaction' | 'read'

export const requestKinds = ['single write', 'transaction', 'read'] as const

const kindOfOperation: Readonly<Record<string, RequestKind>> = {
  PutItem: 'single write',
  UpdateItem: 'single write',
  DeleteItem: 'single write',
  BatchWriteItem: 'single write',
  TransactWriteItems: 'transaction',
  GetItem: 'read',
  BatchGetItem: 'read',
  TransactGetItems: 'read',
  Query: 'read',
  Scan: 'read',
}

/** Of a description that begins with the name of the operation. */
export function kindOfRequest(description: string): RequestKind {
  const operation = /^[A-Za-z]+/.exec(description)?.[0] ?? ''
  const kind = kindOfOperation[operation]
  if (kind === undefined) throw new Error(`no kind of request is known for ${description}`)
  return kind
}
