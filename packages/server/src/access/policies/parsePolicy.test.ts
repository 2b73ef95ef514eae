import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CompiledPolicy } from './compilePolicy.ts'
import { conditionOperators } from './conditionOperators.ts'
import { parsePolicy, type PolicyOwner } from './parsePolicy.ts'
import { pathText, PolicyFault } from './policyFault.ts'

const statement = { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: '*' }
const policyWith = (members: object, without: readonly string[] = []): unknown => {
  const all = Object.entries({ ...statement, ...members }).filter(
    ([name]) => !without.includes(name),
  )
  return { Version: '2012-10-17', Statement: [Object.fromEntries(all)] }
}

function faultOf(document: unknown, owner: PolicyOwner = 'identity'): PolicyFault {
  try {
    parsePolicy(document, owner)
  } catch (error) {
    expect(error).toBeInstanceOf(PolicyFault)
    return error as PolicyFault
  }
  throw new Error('the document was taken')
}

test('a whole policy', () => {
  const document = {
    Version: '2012-10-17',
    Id: 'example',
    Statement: [
      {
        Sid: 'Read1',
        Effect: 'Allow',
        Action: ['dynamodb:Get*', 'dynamodb:Query'],
        NotResource: 'arn:aws:dynamodb:*:*:table/Secret',
        Condition: {
          'ForAllValues:StringEqualsIfExists': { 'dynamodb:LeadingKeys': ['a', 1, true] },
        },
      },
      { Effect: 'Deny', NotAction: '*', Resource: ['*'] },
    ],
  }
  expect(parsePolicy(document, 'identity')).toEqual({
    version: '2012-10-17',
    id: 'example',
    statements: [
      {
        number: 1,
        sid: 'Read1',
        effect: 'Allow',
        actions: { negated: false, patterns: ['dynamodb:Get*', 'dynamodb:Query'] },
        resources: { negated: true, patterns: ['arn:aws:dynamodb:*:*:table/Secret'] },
        conditions: [
          {
            name: 'ForAllValues:StringEqualsIfExists',
            operator: conditionOperators.find(({ name }) => name === 'StringEquals'),
            set: 'ForAllValues',
            ifExists: true,
            key: 'dynamodb:LeadingKeys',
            values: ['a', '1', 'true'],
          },
        ],
      },
      {
        number: 2,
        effect: 'Deny',
        actions: { negated: true, patterns: ['*'] },
        resources: { negated: false, patterns: ['*'] },
        conditions: [],
      },
    ],
  })
})

test('one statement needs no list, and no version means that of 2008', () => {
  const parsed = parsePolicy({ Statement: statement }, 'identity')
  expect(parsed.version).toBe('2008-10-17')
  expect(parsed.statements).toHaveLength(1)
})

test('whom the policy of a resource is about', () => {
  const principalsOf = (members: object) =>
    parsePolicy(policyWith(members), 'resource').statements[0]?.principals
  expect(principalsOf({ Principal: '*' })).toEqual({
    negated: false,
    principals: [{ kind: 'everyone' }],
    isBareStar: true,
  })
  expect(
    principalsOf({
      NotPrincipal: {
        AWS: [
          '123456789012',
          'arn:aws:iam::210987654321:root',
          'arn:aws:iam::123456789012:user/a',
          '*',
        ],
        Service: 'dynamodb.amazonaws.com',
      },
    }),
  ).toEqual({
    negated: true,
    isBareStar: false,
    principals: [
      { kind: 'account', accountId: '123456789012' },
      { kind: 'account', accountId: '210987654321' },
      { kind: 'arn', arn: 'arn:aws:iam::123456789012:user/a' },
      { kind: 'everyone' },
      { kind: 'other', type: 'Service', name: 'dynamodb.amazonaws.com' },
    ],
  })
})

test('only the policy of a resource spells its effects in any case', () => {
  const members = { Effect: 'allow', Principal: '*' }
  expect(parsePolicy(policyWith(members), 'resource').statements[0]?.effect).toBe('Allow')
  expect(faultOf(policyWith({ Effect: 'allow' })).message).toBe(
    'Effect must be Allow or Deny. Did you mean Allow?',
  )
})

describe('faults', () => {
  test.each<[unknown, string, string]>([
    [null, '', 'A policy must be an object.'],
    [[], '', 'A policy must be an object.'],
    [{}, '', 'A policy needs Statement.'],
    [{ Statement: [] }, 'Statement', 'Statement is empty.'],
    [{ Statement: 1 }, 'Statement', 'A statement must be an object.'],
    [{ Statement: [1] }, 'Statement[0]', 'A statement must be an object.'],
    [
      { Version: '2012-10-18', Statement: statement },
      'Version',
      'Version must be 2012-10-17 or 2008-10-17.',
    ],
    [{ Id: 1, Statement: statement }, 'Id', 'Id must be a text.'],
    [{ Statment: [] }, 'Statment', 'Unknown element Statment. Did you mean Statement?'],
    [policyWith({ Sid: 'a b' }), 'Statement[0].Sid', 'Sid must be a text of letters and digits.'],
    [policyWith({}, ['Effect']), 'Statement[0]', 'A statement needs Effect.'],
    [policyWith({ Effect: 'Permit' }), 'Statement[0].Effect', 'Effect must be Allow or Deny.'],
    [
      policyWith({ Principal: '*' }),
      'Statement[0].Principal',
      'A policy of an identity has no Principal.',
    ],
    [policyWith({}, ['Action']), 'Statement[0]', 'A statement needs Action or NotAction.'],
    [policyWith({}, ['Resource']), 'Statement[0]', 'A statement needs Resource or NotResource.'],
    [
      policyWith({ NotAction: '*' }),
      'Statement[0].NotAction',
      'A statement has Action or NotAction, not both.',
    ],
    [
      policyWith({ Action: ['dynamodb:*', 'GetItem'] }),
      'Statement[0].Action[1]',
      '"GetItem" is no action: an action is * or has a form like dynamodb:GetItem.',
    ],
    [policyWith({ Action: 1 }), 'Statement[0].Action', 'Action must be a text or a list of texts.'],
    [
      policyWith({ Action: [1] }),
      'Statement[0].Action[0]',
      'Action must be a text or a list of texts.',
    ],
    [
      policyWith({ Resource: 'Orders' }),
      'Statement[0].Resource',
      '"Orders" is no resource: a resource is * or begins with arn:.',
    ],
    [
      policyWith({ Resource: `arn:${'x'.repeat(4093)}` }),
      'Statement[0].Resource',
      'A resource has at most 4096 characters.',
    ],
    [
      policyWith({ Resource: ['arn:aws:dynamodb:*:*:table/${aws:username'] }),
      'Statement[0].Resource[0]',
      'A variable is not closed, or is not like ${aws:username}.',
    ],
    [policyWith({ Condition: [] }), 'Statement[0].Condition', 'Condition must be an object.'],
    [
      policyWith({ Condition: { StringEqual: {} } }),
      'Statement[0].Condition.StringEqual',
      'Unknown condition operator StringEqual. Did you mean StringEquals?',
    ],
    [
      policyWith({ Condition: { 'ForAllValues:StringLikIfExists': {} } }),
      'Statement[0].Condition.ForAllValues:StringLikIfExists',
      'Unknown condition operator ForAllValues:StringLikIfExists. Did you mean StringLike?',
    ],
    [
      policyWith({ Condition: { NullIfExists: { a: 'true' } } }),
      'Statement[0].Condition.NullIfExists',
      'Unknown condition operator NullIfExists. ' +
        'Null takes neither IfExists nor ForAllValues or ForAnyValue.',
    ],
    [
      policyWith({ Condition: { StringEquals: { '': 'a' } } }),
      'Statement[0].Condition.StringEquals.',
      'A condition needs the name of a key.',
    ],
    [
      policyWith({ Condition: { StringEquals: { a: ['b', {}] } } }),
      'Statement[0].Condition.StringEquals.a[1]',
      'The value of a condition must be a text or a list of texts.',
    ],
    [
      policyWith({ Condition: { StringEquals: { a: 'b'.repeat(4097) } } }),
      'Statement[0].Condition.StringEquals.a',
      'The value of a condition has at most 4096 characters.',
    ],
    [
      policyWith({ Condition: { NumericEquals: { a: 'five' } } }),
      'Statement[0].Condition.NumericEquals.a',
      '"five" is no value of NumericEquals: it takes numbers.',
    ],
    [
      policyWith({ Condition: { DateLessThan: { a: '2026-13-01' } } }),
      'Statement[0].Condition.DateLessThan.a',
      '"2026-13-01" is no value of DateLessThan: ' +
        'it takes dates such as 2026-01-31T12:00:00Z, or seconds since 1970.',
    ],
    [
      policyWith({ Condition: { Bool: { a: 'yes' } } }),
      'Statement[0].Condition.Bool.a',
      '"yes" is no value of Bool: it takes true or false.',
    ],
    [
      policyWith({ Condition: { BinaryEquals: { a: 'a-b' } } }),
      'Statement[0].Condition.BinaryEquals.a',
      '"a-b" is no value of BinaryEquals: it takes base64.',
    ],
    ...['10.0.0.0/33', '10.0.0/8', '::1/129', 'fe80::1%eth0', '10.0.0.0/x'].map(
      (address): [unknown, string, string] => [
        policyWith({ Condition: { IpAddress: { a: address } } }),
        'Statement[0].Condition.IpAddress.a',
        `"${address}" is no value of IpAddress: ` +
          'it takes addresses and ranges such as 10.0.0.0/8 or 2001:db8::/32.',
      ],
    ),
    [
      { Statement: [{ ...statement, Sid: 'A' }, statement, { ...statement, Sid: 'A' }] },
      'Statement[2].Sid',
      'Another statement has the Sid A.',
    ],
  ])('%j', (document, path, message) => {
    const fault = faultOf(document)
    expect([pathText(fault.path), fault.message]).toEqual([path, message])
  })

  test.each<[object, string, string]>([
    [{}, 'Statement[0]', 'A statement needs Principal or NotPrincipal.'],
    [
      { Principal: 'app' },
      'Statement[0].Principal',
      'Principal must be "*" or an object such as {"AWS": "123456789012"}.',
    ],
    [{ Principal: {} }, 'Statement[0].Principal', 'Principal names nobody.'],
    [{ Principal: { Aws: '*' } }, 'Statement[0].Principal.Aws', 'Aws is no kind of principal.'],
    [
      { Principal: { AWS: 'arn:aws:iam::123456789012:user/*' } },
      'Statement[0].Principal.AWS',
      '"arn:aws:iam::123456789012:user/*" is no principal: it is an account, or the ARN of a ' +
        'user, a role or a session, without wildcards.',
    ],
  ])('of a policy of a resource: %j', (members, path, message) => {
    const fault = faultOf(policyWith(members), 'resource')
    expect([pathText(fault.path), fault.message]).toEqual([path, message])
  })
})

describe('whatever JSON there is', () => {
  const names = ['Version', 'Statement', 'Effect', 'Action', 'NotAction', 'Resource', 'Condition']
  const values = [
    '2012-10-17',
    'Allow',
    'Deny',
    '*',
    'dynamodb:*',
    'arn:aws:dynamodb:*',
    '${a}',
    '${',
  ]
  const near = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'medium' },
      fc.constantFrom<unknown>(...values, null, 1, true),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom(...names, 'Principal', 'StringLike', 'Null', 'AWS', '__proto__'),
        tie('value'),
        { maxKeys: 5 },
      ),
    ),
  })).value
  const nearStatement = fc.record(
    {
      Effect: fc.constantFrom('Allow', 'Deny'),
      Action: fc.oneof(fc.constant('*'), near),
      Resource: fc.oneof(fc.constant('*'), near),
      Principal: fc.oneof(fc.constant('*'), near),
      Condition: fc.oneof(fc.constant({ StringLike: { a: 'b*' } }), near),
    },
    { requiredKeys: ['Effect', 'Action', 'Resource'] },
  )

  test.each(['identity', 'resource'] as const)(
    'the policy of %s is taken or a PolicyFault',
    (owner) => {
      let taken = 0
      const document = fc.oneof(fc.jsonValue(), near, fc.record({ Statement: nearStatement }))
      fc.assert(
        fc.property(document, (each) => {
          try {
            void new CompiledPolicy(parsePolicy(each, owner), 'p')
            taken += 1
          } catch (error) {
            expect(error).toBeInstanceOf(PolicyFault)
          }
        }),
        { numRuns: 3000 },
      )
      expect(taken).toBeGreaterThan(10)
    },
  )
})
