import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  exampleAccount,
  exampleTable,
  exampleUser,
  policyOf,
  questionOf,
} from '../../testing/accessQuestions.ts'
import type { CompiledPolicy } from './compilePolicy.ts'
import { administratorPolicy } from './compilePolicy.ts'
import { decide, type ApplicablePolicies, type Decision } from './decide.ts'
import { refusalOf } from './refusal.ts'

const otherAccount = '999999999999'
const session = {
  arn: `arn:aws:sts::${exampleAccount}:assumed-role/Worker/one`,
  accountId: exampleAccount,
  roleArn: `arn:aws:iam::${exampleAccount}:role/Worker`,
}
const nothing = policyOf([{ Action: 's3:*' }])
const everything = policyOf([{}])
const denying = policyOf([{}, { Effect: 'Deny', Action: 'dynamodb:Get*' }], { name: 'd' })
const grantTo = (Principal: unknown): CompiledPolicy =>
  policyOf([{ Principal }], { owner: 'resource' })
const denyTo = (Principal: unknown): CompiledPolicy =>
  policyOf([{ Effect: 'Deny', Principal }], { owner: 'resource' })

/** `allowed`, or the kind of the refusal and that of the policies. */
function told(decision: Decision): string {
  if (decision.allowed) return `allowed by ${decision.by.kind}`
  if (decision.reason === 'explicitDeny') return `explicitDeny in ${decision.by.kind}`
  return `implicitDeny in ${decision.kind}`
}

const decided = (
  policies: Partial<ApplicablePolicies>,
  given: Parameters<typeof questionOf>[0] = {},
): string => told(decide({ identity: [], ...policies }, questionOf(given)))

describe('the policies of an identity', () => {
  test.each<[string, readonly CompiledPolicy[], string]>([
    ['none', [], 'implicitDeny in identity'],
    ['another action', [nothing], 'implicitDeny in identity'],
    ['one that allows', [nothing, everything], 'allowed by identity'],
    ['one that denies', [everything, denying], 'explicitDeny in identity'],
    ['an administrator', [administratorPolicy], 'allowed by identity'],
  ])('%s', (_, identity, expected) => {
    expect(decided({ identity })).toBe(expected)
  })

  test.each([
    [{ Action: 'dynamodb:getITEM' }, true],
    [{ Action: 'DynamoDB:Get*' }, true],
    [{ Action: ['dynamodb:PutItem', 'dynamodb:?etItem'] }, true],
    [{ Action: 'dynamodb:Get' }, false],
    [{ NotAction: 'dynamodb:Delete*' }, true],
    [{ NotAction: ['s3:*', 'dynamodb:G*'] }, false],
    [{ Resource: 'arn:aws:dynamodb:*:*:table/Orders' }, true],
    [{ Resource: 'arn:aws:dynamodb:*:*:table/Orders/index/*' }, false],
    [{ NotResource: 'arn:aws:dynamodb:*:*:table/Secret' }, true],
    [{ NotResource: ['arn:aws:dynamodb:*:*:table/Secret', exampleTable] }, false],
    [{ NotResource: 'arn:aws:dynamodb:*:*:table/${aws:username}' }, false],
    [{ Condition: { StringEquals: { 'dynamodb:Select': 'COUNT' } } }, false],
    [{ Condition: { StringNotEquals: { 'dynamodb:Select': 'COUNT' } } }, true],
    [{ Condition: { StringEquals: { 'DynamoDB:RETURNVALUES': 'NONE' } } }, true],
  ])('%j', (statement, allowed) => {
    const decision = decide(
      { identity: [policyOf([statement])] },
      questionOf({ keys: { 'dynamodb:ReturnValues': 'NONE' } }),
    )
    expect(decision.allowed).toBe(allowed)
  })

  test('a Deny is told with its policy and statement', () => {
    const decision = decide({ identity: [everything, denying] }, questionOf())
    expect(decision).toMatchObject({
      allowed: false,
      reason: 'explicitDeny',
      by: { kind: 'identity', policy: { name: 'd' }, statement: { statement: { number: 2 } } },
    })
  })

  test('what is about no resource is allowed by * alone', () => {
    const given = { action: 'dynamodb:ListTables', resource: '*' }
    expect(decided({ identity: [everything] }, given)).toBe('allowed by identity')
    const one = policyOf([{ Resource: 'arn:aws:dynamodb:*:*:table/*' }])
    expect(decided({ identity: [one] }, given)).toBe('implicitDeny in identity')
  })
})

describe('the policy of a resource in the same account', () => {
  test.each<[string, unknown, string]>([
    ['the user', { AWS: exampleUser }, 'allowed by resource'],
    ['another user', { AWS: `${exampleUser}2` }, 'implicitDeny in identity'],
    ['everyone', '*', 'allowed by resource'],
    [
      'the account, which leaves it to the identity',
      { AWS: exampleAccount },
      'implicitDeny in identity',
    ],
    ['a service', { Service: 'dynamodb.amazonaws.com' }, 'implicitDeny in identity'],
  ])('that allows %s', (_, principal, expected) => {
    expect(decided({ resource: grantTo(principal) })).toBe(expected)
  })

  test('it denies whatever the identity has', () => {
    const identity = [administratorPolicy]
    for (const principal of ['*', { AWS: exampleAccount }, { AWS: exampleUser }]) {
      expect(decided({ identity, resource: denyTo(principal) })).toBe('explicitDeny in resource')
    }
    expect(decided({ identity, resource: denyTo({ AWS: otherAccount }) })).toBe(
      'allowed by identity',
    )
    expect(decided({ identity, resource: nothing })).toBe('allowed by identity')
  })

  test('NotPrincipal is everybody else', () => {
    const identity = [administratorPolicy]
    const denyOthers = (NotPrincipal: unknown) =>
      policyOf([{ Effect: 'Deny', NotPrincipal }], { owner: 'resource' })
    expect(decided({ identity, resource: denyOthers({ AWS: exampleUser }) })).toBe(
      'allowed by identity',
    )
    expect(decided({ identity, resource: denyOthers({ AWS: otherAccount }) })).toBe(
      'explicitDeny in resource',
    )
    const role = denyOthers({ AWS: session.roleArn })
    expect(decided({ identity, resource: role }, { caller: session })).toBe('allowed by identity')
  })
})

test('an Allow with NotPrincipal is one for everyone that it does not name', () => {
  const allowOthers = (NotPrincipal: unknown) => policyOf([{ NotPrincipal }], { owner: 'resource' })
  const resource = allowOthers({ AWS: otherAccount })
  expect(decided({ resource })).toBe('allowed by resource')
  expect(decided({ resource: allowOthers({ AWS: exampleUser }) })).toBe('implicitDeny in identity')
  expect(decided({ resource: allowOthers('*') })).toBe('implicitDeny in identity')
})

describe('boundary and session policy', () => {
  test('they limit what the identity has', () => {
    const identity = [everything]
    expect(decided({ identity, boundary: nothing })).toBe('implicitDeny in boundary')
    expect(decided({ identity, boundary: everything })).toBe('allowed by identity')
    expect(decided({ identity, boundary: denying })).toBe('explicitDeny in boundary')
    expect(decided({ identity, session: nothing })).toBe('implicitDeny in session')
    expect(decided({ identity, session: denying })).toBe('explicitDeny in session')
    expect(decided({ identity, boundary: everything, session: everything })).toBe(
      'allowed by identity',
    )
    expect(decided({ identity: [nothing], boundary: everything })).toBe('implicitDeny in identity')
  })

  test.each<[string, unknown, string, string]>([
    ['the session', { AWS: session.arn }, 'allowed by resource', 'allowed by resource'],
    ['the role', { AWS: session.roleArn }, 'implicitDeny in boundary', 'implicitDeny in session'],
    ['everyone', '*', 'allowed by resource', 'implicitDeny in session'],
  ])('against what a resource gives %s', (_, principal, atBoundary, atSession) => {
    const resource = grantTo(principal)
    expect(decided({ resource, boundary: nothing }, { caller: session })).toBe(atBoundary)
    expect(decided({ resource, session: nothing }, { caller: session })).toBe(atSession)
    expect(
      decided({ resource, boundary: everything, session: everything }, { caller: session }),
    ).toBe('allowed by resource')
  })

  test('a user that is named has it past the boundary', () => {
    const resource = grantTo({ AWS: exampleUser })
    expect(decided({ resource, boundary: nothing })).toBe('allowed by resource')
  })

  test('of several grants the one that gives the most counts', () => {
    const resource = policyOf(
      [{ Principal: { AWS: session.roleArn } }, { Principal: { AWS: session.arn } }],
      { owner: 'resource' },
    )
    expect(decided({ resource, boundary: nothing }, { caller: session })).toBe(
      'allowed by resource',
    )
  })
})

describe('a resource of another account', () => {
  const foreign = { resourceAccountId: otherAccount }

  test.each<[string, readonly CompiledPolicy[], CompiledPolicy | undefined, string]>([
    ['neither', [], undefined, 'implicitDeny in identity'],
    ['the identity alone', [everything], undefined, 'implicitDeny in resource'],
    ['the resource alone', [], grantTo('*'), 'implicitDeny in identity'],
    ['both', [everything], grantTo({ AWS: exampleUser }), 'allowed by identity'],
    ['both, by the account', [everything], grantTo({ AWS: exampleAccount }), 'allowed by identity'],
    ['both, and one denies', [denying], grantTo('*'), 'explicitDeny in identity'],
  ])('%s', (_, identity, resource, expected) => {
    expect(decided({ identity, resource }, foreign)).toBe(expected)
  })

  test('the boundary limits every grant', () => {
    const resource = grantTo({ AWS: exampleUser })
    expect(decided({ identity: [everything], resource, boundary: nothing }, foreign)).toBe(
      'implicitDeny in boundary',
    )
  })
})

describe('the text of a refusal', () => {
  const asked =
    `User: ${exampleUser} is not authorized to perform: dynamodb:GetItem ` +
    `on resource: ${exampleTable}`
  const textOf = (policies: Partial<ApplicablePolicies>, given = {}): string | undefined => {
    const question = questionOf(given)
    return refusalOf(decide({ identity: [], ...policies }, question), question)?.message
  }

  test('nothing allows it', () => {
    const no = (kind: string) => `${asked} because no ${kind} allows the dynamodb:GetItem action`
    const identity = [everything]
    expect(textOf({})).toBe(no('identity-based policy'))
    expect(textOf({ identity }, { resourceAccountId: otherAccount })).toBe(
      no('resource-based policy'),
    )
    expect(textOf({ identity, boundary: nothing })).toBe(no('permissions boundary'))
    expect(textOf({ identity, session: nothing })).toBe(no('session policy'))
  })

  test('a statement denies it', () => {
    const identity = [everything]
    expect(textOf({ identity: [denying] })).toBe(
      `${asked} with an explicit deny in an identity-based policy`,
    )
    expect(textOf({ identity, resource: denyTo('*') })).toBe(
      `${asked} with an explicit deny in a resource-based policy`,
    )
    expect(textOf({ identity, boundary: denying })).toBe(
      `${asked} with an explicit deny in a permissions boundary`,
    )
    expect(textOf({ identity, session: denying })).toBe(
      `${asked} with an explicit deny in a session policy`,
    )
  })

  test('it is AccessDeniedException with a capital Message', () => {
    const question = questionOf({ action: 'dynamodb:ListTables', resource: '*' })
    const error = refusalOf(decide({ identity: [] }, question), question)
    expect(error?.kind).toEqual({
      name: 'AccessDeniedException',
      namespace: 'com.amazon.coral.service',
      statusCode: 400,
      messageMember: 'Message',
    })
    expect(error?.message).toBe(
      `User: ${exampleUser} is not authorized to perform: dynamodb:ListTables on resource: * ` +
        'because no identity-based policy allows the dynamodb:ListTables action',
    )
    expect(refusalOf(decide({ identity: [everything] }, question), question)).toBeUndefined()
  })
})

describe('laws', () => {
  const actions = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query']
  const patterns = ['*', 'dynamodb:*', 'dynamodb:Get*', ...actions]
  const resources = ['*', exampleTable, 'arn:aws:dynamodb:*:*:table/B*', 'arn:aws:dynamodb']
  const conditions = [
    {},
    { StringEquals: { k: 'x' } },
    { StringNotEquals: { k: 'x' } },
    { 'ForAllValues:StringLike': { k: ['x*', 'y'] } },
  ]
  const statement = fc.record({
    Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
    Action: fc.constantFrom(...patterns),
    Resource: fc.constantFrom(...resources),
    Condition: fc.constantFrom(...conditions),
  })
  const allow = statement.map((each) => ({ ...each, Effect: 'Allow' }))
  const deny = statement.map((each) => ({ ...each, Effect: 'Deny' }))
  const statements = fc.array(statement, { minLength: 1, maxLength: 4 })
  const question = fc
    .record({
      action: fc.constantFrom(...actions),
      keys: fc.constantFrom<Record<string, string | string[]>>({}, { k: 'x' }, { k: ['xz', 'y'] }),
    })
    .map(questionOf)
  const identity = (of: readonly object[]): ApplicablePolicies => ({ identity: [policyOf(of)] })

  test('another Allow takes nothing away', () => {
    fc.assert(
      fc.property(statements, allow, question, (before, added, asked) => {
        fc.pre(decide(identity(before), asked).allowed)
        expect(decide(identity([added, ...before]), asked).allowed).toBe(true)
      }),
    )
  })

  test('another Deny gives nothing', () => {
    fc.assert(
      fc.property(statements, deny, question, (before, added, asked) => {
        fc.pre(!decide(identity(before), asked).allowed)
        expect(decide(identity([...before, added]), asked).allowed).toBe(false)
      }),
    )
  })

  test('a Deny that applies wins in every policy', () => {
    fc.assert(
      fc.property(statements, deny, question, (others, denial, asked) => {
        fc.pre(decide(identity([{ ...denial, Effect: 'Allow' }]), asked).allowed)
        // Several values without an operator for sets are the one thing that an effect decides.
        const alone = policyOf([{}, denial])
        for (const policies of [
          { identity: [policyOf(others), alone] },
          { identity: [everything], boundary: alone },
          { identity: [everything], session: alone },
        ]) {
          expect(told(decide(policies, asked))).toMatch(/^explicitDeny/)
        }
      }),
    )
  })

  test('the order of statements and policies decides nothing', () => {
    fc.assert(
      fc.property(statements, statements, question, (one, two, asked) => {
        const allowed = decide({ identity: [policyOf(one), policyOf(two)] }, asked).allowed
        const reversed = { identity: [policyOf([...two].reverse()), policyOf([...one].reverse())] }
        expect(decide(reversed, asked).allowed).toBe(allowed)
        expect(decide(identity([...one, ...two]), asked).allowed).toBe(allowed)
      }),
    )
  })

  test('a boundary only takes away', () => {
    fc.assert(
      fc.property(statements, statements, question, (own, limit, asked) => {
        const bounded = { ...identity(own), boundary: policyOf(limit) }
        const both = decide(identity(own), asked).allowed && decide(identity(limit), asked).allowed
        expect(decide(bounded, asked).allowed).toBe(both)
      }),
    )
  })
})
