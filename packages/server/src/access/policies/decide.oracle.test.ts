import { runSimulation, type Simulation } from '@cloud-copilot/iam-simulate'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  exampleAccount,
  exampleTable,
  exampleUser,
  questionOf,
} from '../../testing/accessQuestions.ts'
import { CompiledPolicy } from './compilePolicy.ts'
import { decide } from './decide.ts'
import { parsePolicy } from './parsePolicy.ts'

/*
 * The same questions to a simulator of IAM that others wrote. What is left out here is told in
 * docs/decisions/policies.md: there the two differ, and AWS's documentation is with ours or silent.
 */

interface Case {
  readonly identity: readonly object[]
  readonly resource: readonly object[] | undefined
  readonly boundary: readonly object[] | undefined
  readonly session: boolean
  readonly action: string
  readonly table: string
  readonly foreign: boolean
  readonly keys: Readonly<Record<string, string | string[]>>
}

const otherAccount = '999999999999'
const roleArn = `arn:aws:iam::${exampleAccount}:role/Worker`
const sessionArn = `arn:aws:sts::${exampleAccount}:assumed-role/Worker/one`

const oneOrMore = <T>(values: readonly T[]): fc.Arbitrary<T | T[]> =>
  fc.oneof(
    fc.constantFrom(...values),
    fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 }),
  )

const texts = oneOrMore([
  'x',
  'X',
  'xy',
  'x*',
  '?y',
  '${aws:PrincipalTag/b}',
  "${aws:PrincipalTag/c, 'x'}",
])
const tagKey = 'aws:PrincipalTag/a'
const withForms = (names: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...names), fc.constantFrom('', 'IfExists'))
    .map(([name, suffix]) => name + suffix)

const textOperators = [
  'StringEquals',
  'StringNotEquals',
  'StringEqualsIgnoreCase',
  'StringNotEqualsIgnoreCase',
  'StringLike',
  'StringNotLike',
]
const orders = [
  'Equals',
  'NotEquals',
  'LessThan',
  'LessThanEquals',
  'GreaterThan',
  'GreaterThanEquals',
]

function conditionOf(
  operators: readonly string[],
  key: string,
  values: fc.Arbitrary<unknown>,
): fc.Arbitrary<object> {
  return fc
    .tuple(withForms(operators), values)
    .map(([operator, value]) => ({ [operator]: { [key]: value } }))
}

const condition: fc.Arbitrary<object | undefined> = fc.oneof(
  fc.constant(undefined),
  conditionOf(textOperators, tagKey, texts),
  conditionOf(
    textOperators.flatMap((each) => [`ForAllValues:${each}`, `ForAnyValue:${each}`]),
    'dynamodb:LeadingKeys',
    texts,
  ),
  conditionOf(
    orders.map((each) => `Numeric${each}`),
    'aws:MultiFactorAuthAge',
    oneOrMore(['5', '7.5', '100']),
  ),
  conditionOf(
    orders.map((each) => `Date${each}`),
    'aws:CurrentTime',
    oneOrMore(['2026-01-02T03:04:05Z', '2026-01-02', '2027-01-01T00:00:00Z']),
  ),
  conditionOf(['Bool'], 'aws:SecureTransport', oneOrMore(['true', 'false'])),
  conditionOf(
    ['IpAddress', 'NotIpAddress'],
    'aws:SourceIp',
    oneOrMore(['10.0.0.0/8', '10.1.2.3', '192.0.0.0/2']),
  ),
  conditionOf(
    ['ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike'],
    'aws:PrincipalArn',
    oneOrMore([exampleUser, 'arn:aws:iam::*:user/*', 'arn:aws:iam::123456789012:role/*']),
  ),
  fc
    .tuple(fc.constantFrom(tagKey, 'dynamodb:LeadingKeys'), fc.constantFrom('true', 'false'))
    .map(([key, value]) => ({ Null: { [key]: value } })),
)

const actions = ['*', 'dynamodb:*', 'DynamoDB:get*', 'dynamodb:GetItem', 'dynamodb:?utItem', 's3:*']
const resources = [
  '*',
  exampleTable,
  'arn:aws:dynamodb:*:*:table/*',
  'arn:aws:dynamodb:us-*-1:*:table/Or?ers',
  'arn:aws:dynamodb:*:*:table/${aws:PrincipalTag/b}',
  "arn:aws:dynamodb:*:*:table/${aws:PrincipalTag/c, 'Orders'}",
]

const statementOn = (resourcePatterns: readonly string[]): fc.Arbitrary<object> =>
  fc
    .record({
      effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
      actionElement: fc.constantFrom('Action', 'Action', 'Action', 'NotAction'),
      action: oneOrMore(actions),
      resourceElement: fc.constantFrom('Resource', 'Resource', 'Resource', 'NotResource'),
      resource: oneOrMore(resourcePatterns),
      condition,
    })
    .map((each) => ({
      Effect: each.effect,
      [each.actionElement]: each.action,
      [each.resourceElement]: each.resource,
      ...(each.condition !== undefined && { Condition: each.condition }),
    }))

const principals = [
  '*',
  { AWS: exampleAccount },
  { AWS: exampleUser },
  { AWS: roleArn },
  { AWS: sessionArn },
]
const resourceStatement = fc
  .tuple(statementOn(resources), fc.constantFrom<unknown>(...principals))
  .map(([each, Principal]) => ({ ...each, Principal }))

const statements = fc.array(statementOn([...resources, 'arn:aws:dynamodb']), {
  minLength: 1,
  maxLength: 3,
})
const absent = fc.constant(undefined)

const cases: fc.Arbitrary<Case> = fc.record({
  identity: statements,
  resource: fc.oneof(absent, fc.array(resourceStatement, { minLength: 1, maxLength: 2 })),
  boundary: fc.oneof(absent, absent, statements),
  session: fc.boolean(),
  action: fc.constantFrom('dynamodb:GetItem', 'dynamodb:PutItem'),
  table: fc.constantFrom('Orders', 'Books', 'x'),
  foreign: fc.boolean(),
  keys: fc.record(
    {
      [tagKey]: fc.constantFrom('x', 'X', 'xy', 'x*'),
      'aws:PrincipalTag/b': fc.constantFrom('x', 'Orders', '*'),
      'dynamodb:LeadingKeys': fc.uniqueArray(fc.constantFrom('x', 'xy', 'z'), { minLength: 1 }),
      'aws:MultiFactorAuthAge': fc.constantFrom('5', '7.50', '100.0'),
      'aws:CurrentTime': fc.constantFrom('2026-01-02T03:04:05Z', '2026-01-01T23:00:00Z'),
      'aws:SecureTransport': fc.constantFrom('true', 'false'),
      'aws:SourceIp': fc.constantFrom('10.1.2.3', '192.0.2.1'),
    },
    { requiredKeys: [] },
  ),
})

const documentOf = (of: readonly object[]): object => ({ Version: '2012-10-17', Statement: of })

function decisionOf(each: Case): string {
  const compiled = (
    of: readonly object[] | undefined,
    owner: 'identity' | 'resource' = 'identity',
  ) => (of === undefined ? undefined : new CompiledPolicy(parsePolicy(documentOf(of), owner), 'p'))
  const { caller, account, resource } = whoAndWhat(each)
  const decision = decide(
    {
      identity: [compiled(each.identity) as CompiledPolicy],
      resource: compiled(each.resource, 'resource'),
      boundary: compiled(each.boundary),
    },
    questionOf({
      caller: {
        arn: caller,
        accountId: exampleAccount,
        roleArn: each.session ? roleArn : undefined,
      },
      action: each.action,
      resource,
      resourceAccountId: account,
      keys: { ...each.keys, 'aws:PrincipalArn': each.session ? roleArn : exampleUser },
    }),
  )
  if (decision.allowed) return 'Allowed'
  return decision.reason === 'explicitDeny' ? 'ExplicitlyDenied' : 'ImplicitlyDenied'
}

function whoAndWhat({ session, foreign, table }: Case) {
  const account = foreign ? otherAccount : exampleAccount
  return {
    caller: session ? sessionArn : exampleUser,
    account,
    resource: `arn:aws:dynamodb:us-east-1:${account}:table/${table}`,
  }
}

async function simulated(each: Case): Promise<string> {
  const { caller, account, resource } = whoAndWhat(each)
  const simulation: Simulation = {
    request: {
      principal: caller,
      action: each.action,
      resource: { resource, accountId: account },
      contextVariables: { ...each.keys, 'aws:PrincipalArn': each.session ? roleArn : exampleUser },
    },
    identityPolicies: [{ name: 'p', policy: documentOf(each.identity) }],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    ...(each.resource !== undefined && { resourcePolicy: documentOf(each.resource) }),
    ...(each.boundary !== undefined && {
      permissionBoundaryPolicies: [{ name: 'b', policy: documentOf(each.boundary) }],
    }),
  }
  const result = await runSimulation(simulation, {})
  if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors))
  return result.overallResult
}

test('a simulator of IAM decides the same', async () => {
  const seen = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(cases, async (each) => {
      const expected = await simulated(each)
      seen.set(expected, (seen.get(expected) ?? 0) + 1)
      expect(decisionOf(each)).toBe(expected)
    }),
    { numRuns: 1000 },
  )
  // Each answer was given often enough to mean something.
  for (const answer of ['Allowed', 'ImplicitlyDenied', 'ExplicitlyDenied']) {
    expect(seen.get(answer), answer).toBeGreaterThan(50)
  }
})
