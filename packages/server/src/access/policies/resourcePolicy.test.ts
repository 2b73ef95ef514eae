import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ApiError } from '../../errors/apiError.ts'
import { questionOf } from '../../testing/accessQuestions.ts'
import { knownActions, namesKnownAction } from '../permissions/knownActions.ts'
import { decide } from './decide.ts'
import { jsonPosition } from './jsonPosition.ts'
import { readResourcePolicy, readStoredPolicy } from './resourcePolicy.ts'

const read = (document: unknown) =>
  readResourcePolicy(
    typeof document === 'string' ? document : JSON.stringify(document),
    (pattern) => namesKnownAction(pattern),
  )

const statement = {
  Effect: 'Allow',
  Principal: { AWS: '123456789012' },
  Action: 'dynamodb:GetItem',
  Resource: '*',
}
const policy = { Version: '2012-10-17', Statement: [statement] }

test('it decides', () => {
  const user = { AWS: 'arn:aws:iam::123456789012:user/app' }
  const resource = read({ Statement: [{ ...statement, Principal: user }] }).policy
  expect(decide({ identity: [], resource }, questionOf()).allowed).toBe(true)
  expect(decide({ identity: [], resource }, questionOf({ action: 'dynamodb:Scan' })).allowed).toBe(
    false,
  )
})

describe('the text that is given back', () => {
  test.each<[unknown, string]>([
    [
      ' { "Statement" : { "Resource":["*"], "Action":["dynamodb:GetItem"], "Effect":"allow", ' +
        '"Principal":{"AWS":["123456789012"]}, "Sid":"A" } } ',
      '{"Version":"2008-10-17","Statement":[{"Sid":"A","Effect":"Allow",' +
        '"Principal":{"AWS":"arn:aws:iam::123456789012:root"},' +
        '"Action":"dynamodb:GetItem","Resource":"*"}]}',
    ],
    [
      {
        Statement: [
          {
            Condition: { Bool: { 'aws:SecureTransport': [false] }, StringLike: { a: ['b', 'c'] } },
            NotResource: ['arn:aws:s3', 'arn:aws:sqs'],
            NotAction: 'dynamodb:*',
            NotPrincipal: {
              Service: 'a.amazonaws.com',
              AWS: ['*', 'arn:aws:iam::123456789012:user/a'],
            },
            Effect: 'DENY',
          },
          { ...statement, Effect: 'Deny', Principal: '*' },
        ],
        Id: 'i',
        Version: '2012-10-17',
      },
      '{"Version":"2012-10-17","Id":"i","Statement":[{"Effect":"Deny",' +
        '"NotPrincipal":{"Service":"a.amazonaws.com","AWS":["*","arn:aws:iam::123456789012:user/a"]},' +
        '"NotAction":"dynamodb:*","NotResource":["arn:aws:s3","arn:aws:sqs"],' +
        '"Condition":{"Bool":{"aws:SecureTransport":"false"},"StringLike":{"a":["b","c"]}}},' +
        '{"Effect":"Deny","Principal":"*","Action":"dynamodb:GetItem","Resource":"*"}]}',
    ],
  ])('%j', (document, expected) => {
    const { canonicalText } = read(document)
    expect(canonicalText).toBe(expected)
    expect(read(canonicalText).canonicalText).toBe(expected)
  })
})

test('policies that change nothing have one form', () => {
  const formOf = (given: object): string => read({ ...policy, ...given }).equivalentForm
  const conditions = { StringEquals: { a: '1', b: '2' }, Bool: { c: 'true' } }
  const reordered = { Bool: { c: true }, StringEquals: { b: ['2'], a: '1' } }
  expect(formOf({ Statement: [{ ...statement, Condition: conditions }] })).toBe(
    formOf({
      Statement: {
        Condition: reordered,
        Resource: ['*'],
        Action: ['dynamodb:GetItem'],
        Principal: { AWS: ['arn:aws:iam::123456789012:root'] },
        Effect: 'allow',
      },
    }),
  )
  expect(formOf({})).not.toBe(formOf({ Statement: [{ ...statement, Effect: 'Deny' }] }))
  expect(formOf({})).not.toBe(formOf({ Id: 'i' }))
  // Without a version it is one of 2008, and yet another policy than one that says so.
  const older = { Statement: [statement] }
  expect(read(older).equivalentForm).not.toBe(formOf({ Version: '2008-10-17' }))
  expect(read(older).canonicalText).toBe(read({ ...policy, Version: '2008-10-17' }).canonicalText)
})

describe('refusals', () => {
  const invalid = 'One or more parameter values were invalid: '
  const document = `${invalid}Invalid policy document: `

  test.each<[unknown, string]>([
    [' '.repeat(20_481), `${invalid}Maximum policy size of 20480 bytes exceeded`],
    ['é'.repeat(10_241), `${invalid}Maximum policy size of 20480 bytes exceeded`],
    ['{', `${document}This policy contains invalid Json`],
    ['', `${document}This policy contains invalid Json`],
    [{ Version: '2012-10-17' }, `${document}Missing required field Statement`],
    [{ Statement: [] }, `${document}Could not parse the policy: Statement is empty!`],
    ...['Effect', 'Principal', 'Action', 'Resource'].map((name): [unknown, string] => [
      {
        Statement: [
          Object.fromEntries(Object.entries(statement).filter(([each]) => each !== name)),
        ],
      },
      `${document}Missing required field ${name}`,
    ]),
    [
      {
        Statement: [
          { ...statement, Sid: 'A' },
          { ...statement, Sid: 'A' },
        ],
      },
      `${document}The Statement Ids in the policy are not unique`,
    ],
    [
      {
        Statement: [{ ...statement, Action: ['dynamodb:GetItm', 'dynamodb:Put*', 's3:GetObject'] }],
      },
      `${document}The following action names are invalid: "dynamodb:GetItm", "s3:GetObject"`,
    ],
    [
      { Statement: [{ ...statement, Action: 'GetItem' }] },
      `${document}The following action names are invalid: "GetItem"`,
    ],
    ['"x"', `${document}Syntax error at position (1,1)`],
    [
      '{\n  "Statement": [\n    { "Effect": "Allow", "Extra": 1 }\n  ]\n}',
      `${document}Syntax error at position (3,35)`,
    ],
    ['{"Version": "2012"}', `${document}Syntax error at position (1,13)`],
    [
      { Statement: [{ ...statement, Principal: { AWS: 'app' } }] },
      'Invalid principal in policy document.',
    ],
    ...['*', { AWS: '*' }, { AWS: ['123456789012', '*'] }].map((Principal): [unknown, string] => [
      { Statement: [{ ...statement, Principal }] },
      'Resource-based policy grants unbounded access in one or more elements. ' +
        'Please revise the policy to ensure least-privilege form of access',
    ]),
  ])('%j', (given, message) => {
    let error: unknown
    try {
      read(given)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(ApiError)
    expect((error as ApiError).kind.name).toBe('ValidationException')
    expect((error as ApiError).message).toBe(message)
  })

  test('everyone may be narrowed by a condition, or denied', () => {
    const Condition = { StringEquals: { 'aws:PrincipalAccount': '123456789012' } }
    expect(() => read({ Statement: { ...statement, Principal: '*', Condition } })).not.toThrow()
    expect(() =>
      read({ Statement: { ...statement, Principal: '*', Effect: 'Deny' } }),
    ).not.toThrow()
  })
})

describe('positions in JSON', () => {
  test.each<[string, readonly (string | number)[], number, number]>([
    ['  1', [], 1, 3],
    ['{"a": [1, {"b\\"": "}"}, [2]]}', ['a', 1, 'b"'], 1, 19],
    ['{"a": [1, {"b": "]"}, [2]]}', ['a', 2, 0], 1, 24],
    ['{"a": 1,\n "b":\n  2}', ['b'], 3, 3],
    ['{"a": 1, "a": 2}', ['a'], 1, 15],
    ['{"a": {"b": 1}}', ['a', 'c'], 1, 7],
    ['{"a": [1]}', ['a', 5], 1, 7],
    ['{"a": 1}', ['a', 'b'], 1, 7],
    ['{}', ['a'], 1, 1],
  ])('%s at %j', (text, path, line, column) => {
    expect(jsonPosition(text, path)).toEqual({ line, column })
  })

  test('what is there is found, however it is written', () => {
    const document = fc.jsonValue({ maxDepth: 4 })
    const indent = fc.constantFrom<string | number | undefined>(undefined, 1, '\t')
    fc.assert(
      fc.property(document, indent, fc.infiniteStream(fc.nat()), (value, space, choices) => {
        const path: (string | number)[] = []
        let inner: unknown = value
        while (typeof inner === 'object' && inner !== null) {
          const steps = Array.isArray(inner) ? [...inner.keys()] : Object.keys(inner)
          const step = steps[(choices.next().value as number) % steps.length]
          if (step === undefined) break
          path.push(step)
          inner = (inner as Record<string | number, unknown>)[step]
        }
        const text = JSON.stringify(value, undefined, space)
        const { line, column } = jsonPosition(text, path)
        const rest = text
          .split('\n')
          .slice(line - 1)
          .join('\n')
          .slice(column - 1)
        expect(rest.startsWith(JSON.stringify(inner, undefined, space))).toBe(true)
      }),
    )
  })
})

test('the actions of DynamoDB', () => {
  expect(knownActions).toContain('PartiQLSelect')
  expect(knownActions).toContain('ConditionCheckItem')
  expect(knownActions).not.toContain('TransactWriteItems')
  expect(knownActions).not.toContain('ExecuteStatement')
  expect([...knownActions].sort()).toEqual(knownActions)
  expect(
    ['*', 'dynamodb:*', 'DYNAMODB:get?tem', 'dynamodb:Scan'].every((each) =>
      namesKnownAction(each),
    ),
  ).toBe(true)
  expect(['s3:*', 'dynamodb:Scans', 'dynamodb:'].some((each) => namesKnownAction(each))).toBe(false)
})

test('actions are those that are checked on a table or on a stream', () => {
  const ofTable = ['dynamodb:PartiQLInsert', 'dynamodb:ConditionCheckItem', 'dynamodb:Scan']
  const ofStream = ['dynamodb:GetRecords', 'dynamodb:DescribeStream', 'dynamodb:GetShardIterator']
  const ofBoth = ['dynamodb:PutResourcePolicy', 'dynamodb:*', '*', 'dynamodb:Get*']
  const ofNone = ['dynamodb:ListTables', 'dynamodb:ListStreams', 'dynamodb:DescribeLimits', 's3:*']
  const named = [...ofTable, ...ofStream, ...ofBoth, ...ofNone]
  expect(named.filter((each) => namesKnownAction(each, 'table'))).toEqual([...ofTable, ...ofBoth])
  expect(named.filter((each) => namesKnownAction(each, 'stream'))).toEqual([...ofStream, ...ofBoth])
})

test('a stored text is the policy that it was made of', () => {
  fc.assert(
    fc.property(fc.boolean(), arbitraryConditions, (namesVersion, Condition) => {
      const given = { Statement: [{ ...statement, Condition }] }
      const made = read(namesVersion ? { Version: '2012-10-17', ...given } : given)
      expect(made.namesVersion).toBe(namesVersion)
      const { policy: _, ...again } = readStoredPolicy(made.canonicalText, made.namesVersion)
      const { policy: __, ...first } = made
      expect(again).toEqual(first)
    }),
  )
})

/** Keys and values of any characters, names of Object's own members and half characters too. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 5 }).filter((text) => !text.includes('$')),
  fc.constantFrom('__proto__', 'constructor', 'toString', '\ud800', '1', '"', '\\'),
)
const arbitraryConditions = fc.dictionary(
  fc.constantFrom('StringEquals', 'ForAnyValue:StringLike', 'StringNotEqualsIfExists'),
  fc
    .array(fc.tuple(anyText, fc.array(anyText, { maxLength: 3 })), { maxLength: 3 })
    .map((entries): object => Object.fromEntries(entries)),
)
