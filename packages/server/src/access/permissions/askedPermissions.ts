import { invariant } from '../../invariant.ts'
import {
  operationPermissions,
  statementActions,
  type PermissionRule,
  type ResourceSource,
  type StatementVerb,
} from './operationPermissions.ts'

/** An action on a resource that a request needs. */
export interface AskedPermission {
  /** With the prefix of its service, such as `dynamodb:GetItem`. */
  readonly action: string
  /** An ARN, or `*` for what is about no resource in particular. */
  readonly resource: string
  /** The entry of a transaction, or the statement among several, that needs it; from 0. */
  readonly entry?: number
}

/** The account and the Region in which names that are no ARNs are meant. */
export interface NamePlace {
  readonly accountId: string
  readonly region: string
}

/** What a statement of PartiQL is about: a table, or one of its indexes. */
export interface StatementAccess {
  readonly verb: StatementVerb
  readonly table: string
  readonly index?: string
}

/** What only the operation can tell of a request. */
export interface ReadFromRequest {
  /** Of the statements of PartiQL, in their order; undefined for a text that is none. */
  readonly statements?: readonly (StatementAccess | undefined)[]
  /** The ARN of the stream that a shard iterator belongs to. */
  readonly stream?: string
}

type Members = Readonly<Record<string, unknown>>

/** A request with what is needed to tell its resources. */
interface Asked {
  readonly request: Members
  readonly place: NamePlace
  readonly read: ReadFromRequest
}

/**
 * What a request of DynamoDB or of its streams needs, all of it, in the order in which it is
 * checked. REQUIRES: the request was decoded by its model, and the operation is one of the model's;
 * constraints need not have been checked: a resource that is not named is not asked for.
 */
export function askedPermissions(
  operation: string,
  request: object,
  place: NamePlace,
  read: ReadFromRequest = {},
): readonly AskedPermission[] {
  const permissions = operationPermissions.get(operation)
  invariant(permissions !== undefined, `the permissions of ${operation} are known`)
  const asked: Asked = { request: request as Members, place, read }
  switch (permissions.kind) {
    case 'rules':
      return permissions.rules.flatMap((rule) => askedByRule(rule, asked))
    case 'transaction':
      return askedByEntries(permissions.actions, asked)
    case 'statements':
    default:
      return (read.statements ?? []).flatMap((statement, entry) => {
        if (statement === undefined) return []
        const { verb, table, index } = statement
        const action = dynamodb(statementActions[verb])
        return [{ action, resource: indexArn(table, index, place), entry }]
      })
  }
}

/** What a request of CloudWatch needs: the action of its own name, on no resource. */
export function askedOfCloudWatch(operation: string): readonly AskedPermission[] {
  return [{ action: `cloudwatch:${operation}`, resource: '*' }]
}

const dynamodb = (action: string): string => `dynamodb:${action}`

function askedByRule(rule: PermissionRule, asked: Asked): AskedPermission[] {
  if (rule.when !== undefined && !isGiven(asked.request, rule.when.split('.'))) return []
  const resources = resourcesBySource[rule.on](asked)
  return resources.map((resource) => ({ action: dynamodb(rule.action), resource }))
}

/** Whether a member is there, and has something in it; of a list whether an item has the rest. */
function isGiven(value: unknown, [name, ...rest]: readonly string[]): boolean {
  if (name === undefined) return Array.isArray(value) ? value.length > 0 : value !== undefined
  if (Array.isArray(value)) return value.some((item) => isGiven(item, [name, ...rest]))
  if (typeof value !== 'object' || value === null) return false
  return isGiven((value as Members)[name], rest)
}

function askedByEntries(
  actions: Readonly<Record<string, string>>,
  { request, place }: Asked,
): AskedPermission[] {
  const entries = request['TransactItems']
  if (!Array.isArray(entries)) return []
  return entries.flatMap((each: unknown, entry) =>
    Object.entries(actions).flatMap(([member, action]) => {
      const table = textOf((textless(each)[member] as Members | undefined) ?? {}, 'TableName')
      if (table === undefined) return []
      return [{ action: dynamodb(action), resource: tableArn(table, place), entry }]
    }),
  )
}

const textless = (value: unknown): Members => (value ?? {}) as Members

function textOf(members: Members, name: string): string | undefined {
  const value = members[name]
  return typeof value === 'string' ? value : undefined
}

const listOf = (text: string | undefined): string[] => (text === undefined ? [] : [text])

/** A name, or an ARN, which names its own account and Region. */
function tableArn(table: string, { region, accountId }: NamePlace): string {
  return table.startsWith('arn:') ? table : `arn:aws:dynamodb:${region}:${accountId}:table/${table}`
}

function indexArn(table: string, index: string | undefined, place: NamePlace): string {
  const arn = tableArn(table, place)
  return index === undefined ? arn : `${arn}/index/${index}`
}

const ofTable =
  (member: string) =>
  ({ request, place }: Asked): string[] =>
    listOf(textOf(request, member)).map((table) => tableArn(table, place))

const ofArn =
  (member: string) =>
  ({ request }: Asked): string[] =>
    listOf(textOf(request, member))

/** Global tables of 2017 belong to no Region. */
const ofGlobalTable = ({ request, place }: Asked): string[] =>
  listOf(textOf(request, 'GlobalTableName')).map(
    (name) => `arn:aws:dynamodb::${place.accountId}:global-table/${name}`,
  )

const resourcesBySource: Readonly<Record<ResourceSource, (asked: Asked) => readonly string[]>> = {
  table: ofTable('TableName'),
  tableOrIndex: ({ request, place }) =>
    listOf(textOf(request, 'TableName')).map((table) =>
      indexArn(table, textOf(request, 'IndexName'), place),
    ),
  index: ({ request, place }) => {
    const [table, index] = [textOf(request, 'TableName'), textOf(request, 'IndexName')]
    return table === undefined || index === undefined ? [] : [indexArn(table, index, place)]
  },
  batchedTables: ({ request, place }) =>
    Object.keys(textless(request['RequestItems'])).map((table) => tableArn(table, place)),
  stream: ofArn('StreamArn'),
  streamOfIterator: ({ read }) => listOf(read.stream),
  resourceArn: ofArn('ResourceArn'),
  backup: ofArn('BackupArn'),
  export: ofArn('ExportArn'),
  import: ofArn('ImportArn'),
  bulkOperation: ofArn('BulkOperationArn'),
  tableArn: ofArn('TableArn'),
  tableArnOrAll: ({ request }) => [textOf(request, 'TableArn') ?? '*'],
  sourceTable: (asked) => {
    const arn = textOf(asked.request, 'SourceTableArn')
    return arn === undefined ? ofTable('SourceTableName')(asked) : [arn]
  },
  targetTable: ofTable('TargetTableName'),
  importedTable: ({ request, place }) =>
    listOf(textOf(textless(request['TableCreationParameters']), 'TableName')).map((table) =>
      tableArn(table, place),
    ),
  globalTable: ofGlobalTable,
  tableOfGlobalTable: ofTable('GlobalTableName'),
  all: () => ['*'],
}

/** The account of an ARN; `*` and what names none belong to `otherwise`. */
export function accountOfResource(resource: string, otherwise: string): string {
  const account = resource.split(':', 5)[4]
  return account === undefined || account === '' ? otherwise : account
}
