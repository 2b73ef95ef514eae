import { describe, expect, test } from 'vitest'
import { policyOf } from '../testing/accessQuestions.ts'
import type { Principal } from './accessKeys.ts'
import { parseIdentities } from './identities/parseIdentities.ts'
import type { PermissionContext } from './permissions/accessContext.ts'
import { askedPermissions, type ReadFromRequest } from './permissions/askedPermissions.ts'
import { refusalOfRequest, type RequestContext } from './refusalOfRequest.ts'

const place = { accountId: '123456789012', region: 'us-east-1' }
const tables = 'arn:aws:dynamodb:us-east-1:123456789012:table'

function userWith(...statements: readonly object[]): Principal {
  const policy = { Version: '2012-10-17', Statement: statements }
  const accessKeys = [{ accessKeyId: 'K', secretAccessKey: 's' }]
  const file = { users: { app: { policies: [policy], accessKeys } } }
  return parseIdentities(JSON.stringify(file), place.accountId).find('K')?.principal as Principal
}

interface Requested {
  readonly operation: string
  readonly request?: object
  readonly read?: ReadFromRequest
  readonly contexts?: readonly PermissionContext[]
  readonly resourcePolicy?: RequestContext['resourcePolicy']
}

/** What is refused, as `Action resource`; undefined for nothing. */
function refused(principal: Principal, requested: Requested): string | undefined {
  const { operation, request = { TableName: 'Games' }, read, contexts = [{}] } = requested
  const error = refusalOfRequest(principal, askedPermissions(operation, request, place, read), {
    connection: {
      sourceIp: '127.0.0.1',
      secureTransport: false,
      userAgent: undefined,
      nowMs: 0,
      region: place.region,
    },
    permissionContext: ({ entry = 0 }) => contexts[entry] ?? {},
    resourcePolicy: requested.resourcePolicy ?? (() => undefined),
  })
  return / perform: dynamodb:(\S+) on resource: \S*?([^:\s]+) /
    .exec(error?.message ?? '')
    ?.slice(1)
    .join(' ')
}

/** Fine-grained access as the developer guide sets it up: own items, some attributes. */
const ownItems = userWith({
  Effect: 'Allow',
  Action: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:PutItem'],
  Resource: `${tables}/Games`,
  Condition: {
    'ForAllValues:StringEquals': {
      'dynamodb:LeadingKeys': ['${aws:username}'],
      'dynamodb:Attributes': ['UserId', 'Score'],
    },
    StringEqualsIfExists: {
      'dynamodb:Select': 'SPECIFIC_ATTRIBUTES',
      'dynamodb:ReturnValues': 'NONE',
    },
  },
})

describe('fine-grained access', () => {
  const own: PermissionContext = {
    partitionKeyValues: [['app']],
    attributes: ['UserId', 'Score'],
    select: 'SPECIFIC_ATTRIBUTES',
  }

  test.each<[string, string, PermissionContext, string | undefined]>([
    ['own items', 'GetItem', own, undefined],
    [
      'items of others',
      'GetItem',
      { ...own, partitionKeyValues: [['bob']] },
      'GetItem table/Games',
    ],
    ['all attributes', 'GetItem', { ...own, select: 'ALL_ATTRIBUTES' }, 'GetItem table/Games'],
    ['another attribute', 'GetItem', { ...own, attributes: ['Mail'] }, 'GetItem table/Games'],
    ['a put of own items', 'PutItem', own, undefined],
    [
      'a put that gives the old item',
      'PutItem',
      { ...own, returnValues: 'ALL_OLD' },
      'PutItem table/Games',
    ],
    ['an action that is not listed', 'DeleteItem', own, 'DeleteItem table/Games'],
  ])('%s', (_, operation, context, expected) => {
    expect(refused(ownItems, { operation, contexts: [context] })).toBe(expected)
  })

  test('a batch with a key of another is refused whole', () => {
    const requested = { operation: 'BatchGetItem', request: { RequestItems: { Games: {} } } }
    const both = { ...own, partitionKeyValues: [['app', 'bob']] }
    expect(refused(ownItems, { ...requested, contexts: [own] })).toBeUndefined()
    expect(refused(ownItems, { ...requested, contexts: [both] })).toBe('BatchGetItem table/Games')
  })

  test('an index needs a permission of its own', () => {
    const request = { TableName: 'Games', IndexName: 'ByScore' }
    expect(refused(ownItems, { operation: 'Query', request, contexts: [own] })).toBe(
      'Query table/Games/index/ByScore',
    )
  })

  test('Scan has no leading keys: listed beside them it would be allowed', () => {
    const scanner = userWith({
      Effect: 'Allow',
      Action: 'dynamodb:Scan',
      Resource: '*',
      Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': '${aws:username}' } },
    })
    expect(refused(scanner, { operation: 'Scan', contexts: [own] })).toBeUndefined()
  })

  test('SearchVectors knows none of the keys', () => {
    const searcher = userWith({
      Effect: 'Allow',
      Action: 'dynamodb:SearchVectors',
      Resource: '*',
      Condition: { 'ForAnyValue:StringEquals': { 'dynamodb:LeadingKeys': 'app' } },
    })
    const request = { TableName: 'Games', IndexName: 'V' }
    expect(refused(searcher, { operation: 'SearchVectors', request, contexts: [own] })).toBe(
      'SearchVectors table/Games/index/V',
    )
  })
})

describe('each action of a transaction is judged by itself', () => {
  const writer = userWith(
    { Effect: 'Allow', Action: ['dynamodb:PutItem', 'dynamodb:DeleteItem'], Resource: '*' },
    {
      Effect: 'Deny',
      Action: 'dynamodb:PutItem',
      Resource: '*',
      Condition: { 'ForAnyValue:StringEquals': { 'dynamodb:LeadingKeys': 'secret' } },
    },
    {
      Effect: 'Deny',
      Action: 'dynamodb:DeleteItem',
      Resource: '*',
      Condition: {
        StringNotEqualsIfExists: { 'dynamodb:EnclosingOperation': 'TransactWriteItems' },
      },
    },
  )
  const Put = { TableName: 'A' }
  const of = (TransactItems: readonly object[], ...keys: readonly string[]): Requested => ({
    operation: 'TransactWriteItems',
    request: { TransactItems },
    contexts: keys.map((key) => ({
      partitionKeyValues: [[key]],
      enclosingOperation: 'TransactWriteItems',
    })),
  })

  test('by its own action, table and key', () => {
    expect(refused(writer, of([{ Put }, { Delete: Put }], 'x', 'secret'))).toBeUndefined()
    expect(refused(writer, of([{ Put }, { Put: { TableName: 'B' } }], 'x', 'secret'))).toBe(
      'PutItem table/B',
    )
    expect(refused(writer, of([{ Put }, { ConditionCheck: Put }], 'x', 'y'))).toBe(
      'ConditionCheckItem table/A',
    )
  })

  test('outside of transactions there is no enclosing operation', () => {
    const never = userWith({
      Effect: 'Allow',
      Action: 'dynamodb:DeleteItem',
      Resource: '*',
      Condition: { StringEquals: { 'dynamodb:EnclosingOperation': 'TransactWriteItems' } },
    })
    expect(refused(never, { operation: 'DeleteItem' })).toBe('DeleteItem table/Games')
    expect(refused(never, of([{ Delete: Put }], 'x'))).toBeUndefined()
  })
})

test('a SELECT that reads all of a table can be denied', () => {
  const reader = userWith(
    { Effect: 'Allow', Action: 'dynamodb:PartiQL*', Resource: '*' },
    {
      Effect: 'Deny',
      Action: 'dynamodb:PartiQLSelect',
      Resource: '*',
      Condition: { Bool: { 'dynamodb:FullTableScan': 'true' } },
    },
  )
  const select = (fullTableScan: boolean): Requested => ({
    operation: 'ExecuteStatement',
    read: { statements: [{ verb: 'Select', table: 'Games' }] },
    contexts: [{ fullTableScan }],
  })
  expect(refused(reader, select(false))).toBeUndefined()
  expect(refused(reader, select(true))).toBe('PartiQLSelect table/Games')
})

test('the policy of a resource has its say', () => {
  const nobody = userWith({ Effect: 'Allow', Action: 's3:*', Resource: '*' })
  const policy = policyOf(
    [{ Principal: { AWS: nobody.arn }, Action: 'dynamodb:GetItem', Resource: `${tables}/Games` }],
    { owner: 'resource' },
  )
  const resourcePolicy = (resource: string) => (resource.endsWith('/Games') ? policy : undefined)
  expect(refused(nobody, { operation: 'GetItem', resourcePolicy })).toBeUndefined()
  expect(refused(nobody, { operation: 'PutItem', resourcePolicy })).toBe('PutItem table/Games')
  const request = { TableName: 'Other' }
  expect(refused(nobody, { operation: 'GetItem', request, resourcePolicy })).toBe(
    'GetItem table/Other',
  )
})

test('a table of another account needs its policy', () => {
  const app = userWith({ Effect: 'Allow', Action: '*', Resource: '*' })
  const request = { TableName: 'arn:aws:dynamodb:us-east-1:999999999999:table/T' }
  expect(refused(app, { operation: 'GetItem', request })).toBe('GetItem table/T')
  const resourcePolicy = () =>
    policyOf([{ Principal: { AWS: '123456789012' } }], { owner: 'resource' })
  expect(refused(app, { operation: 'GetItem', request, resourcePolicy })).toBeUndefined()
})
