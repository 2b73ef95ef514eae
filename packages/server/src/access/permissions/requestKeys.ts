import { isIPv4 } from 'node:net'
import type { Principal } from '../accessKeys.ts'
import type { ComparisonWork, ConditionKeys, ConditionValue } from '../policies/accessQuestion.ts'
import type { ConnectionContext, PermissionContext } from './accessContext.ts'
import { accountOfResource, type AskedPermission } from './askedPermissions.ts'

const itemActions = ['DeleteItem', 'GetItem', 'PutItem', 'UpdateItem']
const batchActions = ['BatchGetItem', 'BatchWriteItem']
const statementActions = ['PartiQLDelete', 'PartiQLInsert', 'PartiQLSelect', 'PartiQLUpdate']
const checkActions = ['ConditionCheckItem']
const keyedActions = [
  ...itemActions,
  ...batchActions,
  'Query',
  ...checkActions,
  ...statementActions,
]

/**
 * Which actions know which of DynamoDB's own keys (service authorization reference). Of no use for
 * Scan and SearchVectors is that they know no LeadingKeys: a ForAllValues holds for them.
 */
export const actionsByKey: Readonly<Record<string, readonly string[]>> = {
  leadingkeys: keyedActions,
  firstpartitionkeyvalues: keyedActions,
  secondpartitionkeyvalues: keyedActions,
  thirdpartitionkeyvalues: keyedActions,
  fourthpartitionkeyvalues: keyedActions,
  attributes: [...keyedActions, 'Scan'],
  select: ['BatchGetItem', 'GetItem', 'PartiQLSelect', 'Query', 'Scan'],
  returnvalues: [
    'DeleteItem',
    'PutItem',
    'UpdateItem',
    ...checkActions,
    'PartiQLDelete',
    'PartiQLUpdate',
  ],
  returnconsumedcapacity: [...itemActions, ...batchActions, 'Query', 'Scan', ...checkActions],
  enclosingoperation: [...itemActions, ...statementActions],
  fulltablescan: ['PartiQLSelect'],
}

const actionSets: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(actionsByKey).map(([key, actions]) => [key, new Set(actions)]),
)

/** Whether requests for an action have `key`, both as policies name them. */
export function mayHaveKey(action: string, key: string): boolean {
  const lower = key.toLowerCase()
  return !lower.startsWith(ownPrefix) || hasOwnKey(action, lower.slice(ownPrefix.length))
}

function hasOwnKey(action: string, name: string): boolean {
  return action.startsWith(ownPrefix) && isKnownTo(action.slice(ownPrefix.length), name)
}

function isKnownTo(action: string, name: string): boolean {
  return actionSets.get(name)?.has(action) === true
}

const ownPrefix = 'dynamodb:'
const principalTagPrefix = 'aws:principaltag/'
const resourceTagPrefix = 'aws:resourcetag/'
const requestTagPrefix = 'aws:requesttag/'

/** Whatever a list of values is for, no values are no key. */
const listed = (values: readonly string[] | undefined): readonly string[] | undefined =>
  values === undefined || values.length === 0 ? undefined : values

const ownKeys: Readonly<
  Record<string, (context: PermissionContext) => ConditionValue | undefined>
> = {
  leadingkeys: ({ partitionKeyValues }) => listed(partitionKeyValues?.[0]),
  firstpartitionkeyvalues: ({ partitionKeyValues }) => listed(partitionKeyValues?.[0]),
  secondpartitionkeyvalues: ({ partitionKeyValues }) => listed(partitionKeyValues?.[1]),
  thirdpartitionkeyvalues: ({ partitionKeyValues }) => listed(partitionKeyValues?.[2]),
  fourthpartitionkeyvalues: ({ partitionKeyValues }) => listed(partitionKeyValues?.[3]),
  attributes: ({ attributes }) => listed(attributes),
  select: ({ select }) => select,
  returnvalues: ({ returnValues }) => returnValues ?? 'NONE',
  returnconsumedcapacity: ({ returnConsumedCapacity }) => returnConsumedCapacity,
  enclosingoperation: ({ enclosingOperation }) => enclosingOperation,
  fulltablescan: ({ fullTableScan }) =>
    fullTableScan === undefined ? undefined : String(fullTableScan),
}

type GlobalKey = (keys: RequestKeys) => ConditionValue | undefined

/** The global keys that make sense here (IAM user guide: global condition context keys). */
const globalKeys: Readonly<Record<string, GlobalKey>> = {
  'aws:currenttime': ({ connection }) =>
    `${new Date(connection.nowMs).toISOString().slice(0, 19)}Z`,
  'aws:epochtime': ({ connection }) => String(Math.floor(connection.nowMs / 1000)),
  'aws:sourceip': ({ connection }) => plainAddress(connection.sourceIp),
  'aws:securetransport': ({ connection }) => String(connection.secureTransport),
  'aws:useragent': ({ connection }) => connection.userAgent,
  'aws:requestedregion': ({ connection }) => connection.region,
  // Of a session it is the role, which policies are written for.
  'aws:principalarn': ({ principal }) => principal.roleArn ?? principal.arn,
  'aws:principalaccount': ({ principal }) => principal.accountId,
  'aws:principaltype': ({ principal }) =>
    principal.roleArn === undefined ? 'User' : 'AssumedRole',
  'aws:principalisawsservice': () => 'false',
  'aws:viaawsservice': () => 'false',
  'aws:userid': ({ principal }) => principal.userId,
  'aws:username': ({ principal }) => principal.userName,
  'aws:resourceaccount': ({ asked, principal }) =>
    accountOfResource(asked.resource, principal.accountId),
  'aws:tagkeys': ({ permission }) => listed(permission().tagKeys),
}

/** An IPv4 address that a socket for both families has is one of IPv4. */
function plainAddress(address: string | undefined): string | undefined {
  const mapped = address?.toLowerCase().startsWith('::ffff:') ? address.slice(7) : undefined
  return mapped !== undefined && isIPv4(mapped) ? mapped : address
}

/** Tags by their names in lower case; of those that are alike but for the case the first counts. */
function tagsByName(tags: Readonly<Record<string, string>> = {}): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(tags)) {
    const name = key.toLowerCase()
    if (!found.has(name)) found.set(name, value)
  }
  return found
}

/** What the keys of a permission are taken from, beside what the operation works out. */
export interface RequestFacts {
  readonly principal: Principal
  readonly connection: ConnectionContext
  readonly asked: AskedPermission
  /** Of all permissions of the request together. */
  readonly work?: ComparisonWork
}

/** The condition keys of one permission that a request asks for. */
export class RequestKeys implements ConditionKeys {
  readonly principal: Principal
  readonly connection: ConnectionContext
  readonly asked: AskedPermission
  readonly work: ComparisonWork | undefined
  readonly #read: () => PermissionContext
  #permission: PermissionContext | undefined
  #resourceTags: ReadonlyMap<string, string> | undefined
  #requestTags: ReadonlyMap<string, string> | undefined

  /** `read` is called once, when a condition first asks for what the operation has to work out. */
  constructor({ principal, connection, asked, work }: RequestFacts, read: () => PermissionContext) {
    this.principal = principal
    this.connection = connection
    this.asked = asked
    this.work = work
    this.#read = read
  }

  readonly permission = (): PermissionContext => (this.#permission ??= this.#read())

  valueOf(key: string): ConditionValue | undefined {
    if (key.startsWith(ownPrefix)) return this.#ownValue(key.slice(ownPrefix.length))
    if (key.startsWith(principalTagPrefix)) {
      return this.principal.tags.get(key.slice(principalTagPrefix.length))
    }
    if (key.startsWith(resourceTagPrefix)) {
      this.#resourceTags ??= tagsByName(this.permission().resourceTags)
      return this.#resourceTags.get(key.slice(resourceTagPrefix.length))
    }
    if (key.startsWith(requestTagPrefix)) {
      this.#requestTags ??= tagsByName(this.permission().requestTags)
      return this.#requestTags.get(key.slice(requestTagPrefix.length))
    }
    return Object.hasOwn(globalKeys, key) ? globalKeys[key]?.(this) : undefined
  }

  #ownValue(name: string): ConditionValue | undefined {
    if (!hasOwnKey(this.asked.action, name)) return undefined
    return ownKeys[name]?.(this.permission())
  }
}
