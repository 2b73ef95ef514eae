import { noResources } from '../namedResources.ts'
import { unmetered, type Operation } from '../operation.ts'
import type { Services } from '../services.ts'

export interface ListTablesRequest {
  /** Need not be the name of a table. */
  readonly ExclusiveStartTableName?: string
  readonly Limit?: number
}

const maxNamesPerPage = 100

/** ListTables: names in ASCII order, after ExclusiveStartTableName. */
export async function listTables(
  { catalog }: Pick<Services, 'catalog'>,
  request: ListTablesRequest,
): Promise<object> {
  const { ExclusiveStartTableName: start, Limit: limit = maxNamesPerPage } = request
  const names = catalog.tableNames()
  let first = start === undefined ? 0 : names.findIndex((name) => name > start)
  if (first === -1) first = names.length
  const page = names.slice(first, first + limit)
  const more = first + page.length < names.length
  return { TableNames: page, ...(more && { LastEvaluatedTableName: page.at(-1) }) }
}

export const listTablesOperation: Operation<ListTablesRequest> = {
  name: 'ListTables',
  access: 'describe',
  resources: noResources,
  handler: unmetered(listTables),
}
