/** A table, an index or a stream as a request names it; each name may be an ARN. */
export type NamedResource =
  | { readonly kind: 'table'; readonly table: string }
  | { readonly kind: 'index'; readonly table: string; readonly index: string }
  | { readonly kind: 'stream'; readonly stream: string }

/** The resources of an operation that is about none in particular. */
export const noResources = (): readonly NamedResource[] => []

/** The table of TableName. */
export function namedTable({
  TableName: table,
}: {
  readonly TableName?: string
}): readonly NamedResource[] {
  return table === undefined ? [] : [{ kind: 'table', table }]
}

/** The index of TableName and IndexName, the table when there is no IndexName. */
export function namedTarget(request: {
  readonly TableName?: string
  readonly IndexName?: string
}): readonly NamedResource[] {
  const { TableName: table, IndexName: index } = request
  if (table === undefined || index === undefined) return namedTable(request)
  return [{ kind: 'index', table, index }]
}

/** The table of ResourceArn: only tables carry tags. */
export function taggedResource({
  ResourceArn: table,
}: {
  readonly ResourceArn?: string
}): readonly NamedResource[] {
  return table === undefined ? [] : [{ kind: 'table', table }]
}

/** The tables that are the keys of RequestItems. */
export function batchedTables({
  RequestItems = {},
}: {
  readonly RequestItems?: object
}): readonly NamedResource[] {
  return Object.keys(RequestItems).map((table) => ({ kind: 'table', table }))
}

/** The tables of TransactItems, each entry of which has its table inside its action. */
export function transactedTables({
  TransactItems = [],
}: {
  readonly TransactItems?: readonly object[]
}): readonly NamedResource[] {
  return TransactItems.flatMap((entry) =>
    Object.values(entry as Record<string, { readonly TableName?: string }>).flatMap(namedTable),
  )
}

/** The tables among `resources`, those of indexes too, and the streams; each once. */
export function namesOf(resources: readonly NamedResource[]): string[] {
  const names = resources.map((each) => (each.kind === 'stream' ? each.stream : each.table))
  return [...new Set(names)]
}
