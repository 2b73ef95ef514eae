import { describe, expect, test } from 'vitest'
import { parseIdentities } from '../identities/parseIdentities.ts'
import type { Principal } from '../accessKeys.ts'
import { selectOf, type ConnectionContext, type PermissionContext } from './accessContext.ts'
import { actionsByKey, RequestKeys } from './requestKeys.ts'

const identities = parseIdentities(
  `
users: { app: { tags: { Team: orders }, accessKeys: [{ accessKeyId: U, secretAccessKey: s }] } }
roles:
  R: { roleId: AROAR, sessions: { one: { accessKeyId: R, secretAccessKey: s, sessionToken: t } } }
`,
  '123456789012',
)
const principalOf = (key: string): Principal => identities.find(key)?.principal as Principal

const connection: ConnectionContext = {
  sourceIp: '192.0.2.1',
  secureTransport: false,
  userAgent: 'agent/1',
  nowMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  region: 'eu-west-1',
}

function keysOf(
  action: string,
  permission: PermissionContext = {},
  given: Partial<ConnectionContext> & { readonly key?: string; readonly resource?: string } = {},
): RequestKeys {
  const { key = 'U', resource = '*', ...rest } = given
  const asked = { action, resource }
  const facts = { principal: principalOf(key), connection: { ...connection, ...rest }, asked }
  return new RequestKeys(facts, () => permission)
}

describe('global keys', () => {
  test.each([
    ['aws:currenttime', '2026-01-02T03:04:05Z'],
    ['aws:epochtime', '1767323045'],
    ['aws:sourceip', '192.0.2.1'],
    ['aws:securetransport', 'false'],
    ['aws:useragent', 'agent/1'],
    ['aws:requestedregion', 'eu-west-1'],
    ['aws:principalarn', 'arn:aws:iam::123456789012:user/app'],
    ['aws:principalaccount', '123456789012'],
    ['aws:principaltype', 'User'],
    ['aws:principalisawsservice', 'false'],
    ['aws:viaawsservice', 'false'],
    ['aws:username', 'app'],
    ['aws:principaltag/team', 'orders'],
    ['aws:principaltag/other', undefined],
    ['aws:resourceaccount', '123456789012'],
    ['aws:sourcevpce', undefined],
    ['aws:principalorgid', undefined],
    ['constructor', undefined],
    ['', undefined],
  ])('%s of a user', (key, expected) => {
    expect(keysOf('dynamodb:GetItem').valueOf(key)).toBe(expected)
  })

  test.each([
    ['aws:principalarn', 'arn:aws:iam::123456789012:role/R'],
    ['aws:principaltype', 'AssumedRole'],
    ['aws:username', undefined],
    ['aws:userid', 'AROAR:one'],
  ])('%s of a session', (key, expected) => {
    expect(keysOf('dynamodb:GetItem', {}, { key: 'R' }).valueOf(key)).toBe(expected)
  })

  test('an IPv4 address of a socket for both families', () => {
    const addressOf = (sourceIp: string | undefined) =>
      keysOf('dynamodb:GetItem', {}, { sourceIp }).valueOf('aws:sourceip')
    expect(addressOf('::ffff:10.1.2.3')).toBe('10.1.2.3')
    expect(addressOf('::FFFF:10.1.2.3')).toBe('10.1.2.3')
    expect(addressOf('::1')).toBe('::1')
    expect(addressOf(undefined)).toBeUndefined()
  })

  test('the account of a resource elsewhere', () => {
    const resource = 'arn:aws:dynamodb:us-east-1:999999999999:table/T'
    expect(keysOf('dynamodb:GetItem', {}, { resource }).valueOf('aws:resourceaccount')).toBe(
      '999999999999',
    )
  })

  test('tags', () => {
    const permission = { resourceTags: { Stage: 'test' }, requestTags: { A: 'b' }, tagKeys: ['A'] }
    const keys = keysOf('dynamodb:TagResource', permission)
    expect(keys.valueOf('aws:resourcetag/stage')).toBe('test')
    expect(keys.valueOf('aws:requesttag/a')).toBe('b')
    expect(keys.valueOf('aws:tagkeys')).toEqual(['A'])
    const none = keysOf('dynamodb:TagResource')
    for (const key of ['aws:resourcetag/stage', 'aws:requesttag/a', 'aws:tagkeys']) {
      expect(none.valueOf(key)).toBeUndefined()
    }
  })
})

const whole: PermissionContext = {
  partitionKeyValues: [['a', 'b'], ['c'], ['d'], ['e']],
  attributes: ['id', 'name'],
  select: 'COUNT',
  returnValues: 'ALL_OLD',
  returnConsumedCapacity: 'TOTAL',
  enclosingOperation: 'TransactWriteItems',
  fullTableScan: true,
}
const wholeValues: Readonly<Record<string, unknown>> = {
  leadingkeys: ['a', 'b'],
  firstpartitionkeyvalues: ['a', 'b'],
  secondpartitionkeyvalues: ['c'],
  thirdpartitionkeyvalues: ['d'],
  fourthpartitionkeyvalues: ['e'],
  attributes: ['id', 'name'],
  select: 'COUNT',
  returnvalues: 'ALL_OLD',
  returnconsumedcapacity: 'TOTAL',
  enclosingoperation: 'TransactWriteItems',
  fulltablescan: 'true',
}

describe("DynamoDB's own keys", () => {
  const dataActions = [
    'GetItem',
    'BatchGetItem',
    'PutItem',
    'UpdateItem',
    'DeleteItem',
    'BatchWriteItem',
    'Query',
    'Scan',
    'ConditionCheckItem',
    'SearchVectors',
    'DescribeTable',
    'PartiQLSelect',
    'PartiQLInsert',
    'PartiQLUpdate',
    'PartiQLDelete',
  ]
  // One letter for each key, in the order of `wholeValues`; a point for a key that is not there.
  test.each([
    ['GetItem', 'LFSTFAS.CE.'],
    ['BatchGetItem', 'LFSTFAS.C..'],
    ['PutItem', 'LFSTFA.RCE.'],
    ['UpdateItem', 'LFSTFA.RCE.'],
    ['DeleteItem', 'LFSTFA.RCE.'],
    ['BatchWriteItem', 'LFSTFA..C..'],
    ['Query', 'LFSTFAS.C..'],
    ['Scan', '.....AS.C..'],
    ['ConditionCheckItem', 'LFSTFA.RC..'],
    ['SearchVectors', '...........'],
    ['DescribeTable', '...........'],
    ['PartiQLSelect', 'LFSTFAS..EF'],
    ['PartiQLInsert', 'LFSTFA...E.'],
    ['PartiQLUpdate', 'LFSTFA.R.E.'],
    ['PartiQLDelete', 'LFSTFA.R.E.'],
  ])('%s: %s', (action, expected) => {
    const keys = keysOf(`dynamodb:${action}`, whole)
    const letters = Object.entries(wholeValues).map(([name, value], i) => {
      const given = keys.valueOf(`dynamodb:${name}`)
      if (given === undefined) return '.'
      expect(given).toEqual(value)
      return 'LFSTFASRCEF'[i]
    })
    expect(letters.join('')).toBe(expected)
  })

  test('the table above has every action that knows a key', () => {
    const actions = new Set(Object.values(actionsByKey).flat())
    expect(dataActions.filter((action) => !actions.has(action))).toEqual([
      'SearchVectors',
      'DescribeTable',
    ])
    expect([...actions].filter((action) => !dataActions.includes(action))).toEqual([])
    expect(Object.keys(actionsByKey)).toEqual(Object.keys(wholeValues))
  })

  test('what a request does not have', () => {
    const keys = keysOf('dynamodb:PutItem', { partitionKeyValues: [[]], attributes: [] })
    for (const name of Object.keys(wholeValues)) {
      const expected = name === 'returnvalues' ? 'NONE' : undefined
      expect(keys.valueOf(`dynamodb:${name}`), name).toBe(expected)
    }
    expect(keys.valueOf('dynamodb:constructor')).toBeUndefined()
    expect(keysOf('cloudwatch:GetMetricData', whole).valueOf('dynamodb:select')).toBeUndefined()
    const scans = keysOf('dynamodb:PartiQLSelect', { fullTableScan: false })
    expect(scans.valueOf('dynamodb:fulltablescan')).toBe('false')
  })

  test('an operation works them out once, and only when they are asked for', () => {
    let calls = 0
    const asked = { action: 'dynamodb:GetItem', resource: '*' }
    const keys = new RequestKeys({ principal: principalOf('U'), connection, asked }, () => {
      calls += 1
      return whole
    })
    keys.valueOf('aws:username')
    keys.valueOf('dynamodb:fulltablescan')
    expect(calls).toBe(0)
    keys.valueOf('dynamodb:leadingkeys')
    keys.valueOf('dynamodb:attributes')
    expect(calls).toBe(1)
  })
})

test.each([
  [{ select: 'COUNT', hasProjection: true, isOfIndex: true }, 'COUNT'],
  [{ hasProjection: true, isOfIndex: true }, 'SPECIFIC_ATTRIBUTES'],
  [{ hasProjection: false, isOfIndex: true }, 'ALL_PROJECTED_ATTRIBUTES'],
  [{ hasProjection: false, isOfIndex: false }, 'ALL_ATTRIBUTES'],
])('Select of %j', (request, expected) => {
  expect(selectOf(request)).toBe(expected)
})
