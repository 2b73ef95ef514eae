import type { BoundStatement } from '../partiql/boundStatement.ts'
import { equalityOf, conjunctsOf } from '../partiql/conjuncts.ts'
import { keyNamesOf, type Table } from '../schema/table.ts'
import { newAttributeMap, type AttributeMap } from '../values/attributeValue.ts'
import { ApiError } from '../errors/apiError.ts'
import { keyConditionsOf } from './access/readPermissions.ts'
import type { PermittedRequest } from './performer.ts'
import type { Services } from './services.ts'
import {
  boundStatementOf,
  sourceOf,
  type StatementParameters,
} from './statements/statementParameters.ts'

/** An item, or the items of a partition, that a request names. */
export interface RequestedKey {
  readonly table: Table
  /** Has the key, or as much as the request says of it; of a put, all of the item. */
  readonly attributes: AttributeMap
  /** Which of the request's entries names it, from 0. */
  readonly position: number
}

/** The members by which requests name items. */
interface NamingMembers {
  readonly TableName?: string
  readonly Key?: AttributeMap
  readonly Item?: AttributeMap
  readonly RequestItems?: Readonly<Record<string, BatchedItems>>
  readonly TransactItems?: readonly Readonly<Record<string, NamingMembers>>[]
  readonly Statement?: string
  readonly Statements?: readonly StatementParameters[]
  readonly TransactStatements?: readonly StatementParameters[]
  readonly KeyConditionExpression?: string
  readonly KeyConditions?: object
}

type BatchedItems =
  | { readonly Keys: readonly AttributeMap[] }
  | readonly {
      readonly PutRequest?: { readonly Item: AttributeMap }
      readonly DeleteRequest?: { readonly Key: AttributeMap }
    }[]

/** An entry of a request before its table has been looked for. */
interface NamedKey {
  readonly tableName: string
  readonly attributes: AttributeMap
}

/**
 * The keys that a request names, of tables that are there, in the order of its entries. What the
 * operation will refuse has none.
 */
export function requestedKeys({ services, request }: PermittedRequest): readonly RequestedKey[] {
  const named = namedKeys(services, request)
  return named.flatMap((entry, position) => {
    const table = entry && services.catalog.find(entry.tableName)
    return entry === undefined || table === undefined
      ? []
      : [{ table, attributes: entry.attributes, position }]
  })
}

/** One for each entry; undefined where it names no key. */
function namedKeys(services: Services, request: NamingMembers): readonly (NamedKey | undefined)[] {
  const { RequestItems, TransactItems, Statements, TransactStatements } = request
  if (RequestItems !== undefined) return Object.entries(RequestItems).flatMap(keysOfBatch)
  if (TransactItems !== undefined) {
    return TransactItems.map((entry) => {
      const [members] = Object.values(entry)
      return members && keyOfMembers(members)
    })
  }
  const statements = Statements ?? TransactStatements
  if (statements !== undefined) return statements.map((each) => keyOfStatement(services, each))
  if (request.Statement !== undefined) {
    return [keyOfStatement(services, request as StatementParameters)]
  }
  return [keyOfMembers(request) ?? keyOfQuery(services, request)]
}

function keysOfBatch([tableName, items]: [string, BatchedItems]): readonly NamedKey[] {
  if ('Keys' in items) return items.Keys.map((attributes) => ({ tableName, attributes }))
  return items.flatMap(({ PutRequest, DeleteRequest }) => {
    const attributes = PutRequest?.Item ?? DeleteRequest?.Key
    return attributes === undefined ? [] : [{ tableName, attributes }]
  })
}

function keyOfMembers({ TableName: tableName, Key, Item }: NamingMembers): NamedKey | undefined {
  const attributes = Key ?? Item
  return tableName === undefined || attributes === undefined ? undefined : { tableName, attributes }
}

/** What a query says of its keys by equality. */
function keyOfQuery(services: Services, request: NamingMembers): NamedKey | undefined {
  const { TableName: tableName, KeyConditionExpression, KeyConditions } = request
  if (tableName === undefined) return undefined
  if (KeyConditionExpression === undefined && KeyConditions === undefined) return undefined
  const conditions = unlessRefused(() => keyConditionsOf(services, request as never)) ?? []
  const attributes = newAttributeMap()
  for (const { name, operator, values } of conditions) {
    const [value] = values
    if (operator === '=' && value !== undefined) attributes[name] = value
  }
  return { tableName, attributes }
}

function keyOfStatement(services: Services, given: StatementParameters): NamedKey | undefined {
  const statement = unlessRefused(() => boundStatementOf(given))
  if (statement === undefined) return undefined
  const { table: tableName } = sourceOf(statement)
  if (statement.kind === 'insert') return { tableName, attributes: statement.item }
  const table = services.catalog.find(tableName)
  return table && { tableName, attributes: equalitiesOf(table, statement) }
}

function equalitiesOf(
  table: Table,
  statement: Exclude<BoundStatement, { readonly kind: 'insert' }>,
): AttributeMap {
  const { where } = statement.kind === 'exists' ? statement.select : statement
  const attributes = newAttributeMap()
  for (const conjunct of conjunctsOf(where)) {
    for (const name of keyNamesOf(table)) {
      const value = equalityOf(conjunct, name)
      if (value !== undefined) attributes[name] ??= value
    }
  }
  return attributes
}

function unlessRefused<Made>(work: () => Made): Made | undefined {
  try {
    return work()
  } catch (error) {
    if (error instanceof ApiError) return undefined
    throw error
  }
}
