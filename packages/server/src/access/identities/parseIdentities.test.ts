import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { questionOf } from '../../testing/accessQuestions.ts'
import { administratorPolicy } from '../policies/compilePolicy.ts'
import { decide } from '../policies/decide.ts'
import { refusalOf } from '../policies/refusal.ts'
import { IdentitiesFault } from './identitiesFault.ts'
import { parseIdentities } from './parseIdentities.ts'

const account = '123456789012'
const parse = (text: string) => parseIdentities(text, account)

const example = `
accountId: "012345678901"
users:
  ada:
    administrator: true
    accessKeys:
      - { accessKeyId: AKIAADA1, secretAccessKey: one }
      - { accessKeyId: AKIAADA2, secretAccessKey: 0123 }
  app:
    userId: AIDAEXAMPLE
    tags: { Team: orders, number: 7 }
    policies:
      - ReadOrders
      - Version: 2012-10-17
        Statement: { Effect: Deny, Action: "dynamodb:*", Resource: "arn:aws:dynamodb:*:*:table/Secret" }
    permissionsBoundary: ReadOrders
    accessKeys: [{ accessKeyId: AKIAAPP, secretAccessKey: "it's" }]
roles:
  Worker:
    accountId: "999999999999"
    roleId: AROAEXAMPLE
    tags: { team: orders, stage: test }
    policies: [AdministratorAccess]
    sessions:
      one:
        accessKeyId: ASIAONE
        secretAccessKey: two
        sessionToken: token
        expiration: 2026-01-31T12:00:00Z
        policy: ReadOrders
        tags: { TEAM: night }
policies:
  ReadOrders:
    Version: 2012-10-17
    Statement:
      Sid: Read
      Effect: Allow
      Action: ["dynamodb:GetItem"]
      Resource: arn:aws:dynamodb:*:*:table/Orders
`

test('users and sessions are found by their access keys', () => {
  const identities = parse(example)
  expect(identities.counts).toEqual({ users: 2, roles: 1, accessKeys: 4, policies: 1 })
  expect(identities.find('AKIANOBODY')).toBeUndefined()
  const ada = identities.find('AKIAADA2')
  expect(ada).toMatchObject({ accessKeyId: 'AKIAADA2', secretAccessKey: '0123' })
  expect(ada).not.toHaveProperty('sessionToken')
  expect(ada?.principal).toEqual({
    arn: 'arn:aws:iam::012345678901:user/ada',
    accountId: '012345678901',
    roleArn: undefined,
    userName: 'ada',
    userId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
    tags: new Map(),
    policies: { identity: [administratorPolicy] },
  })
  expect(ada).not.toHaveProperty('expiresMs')
  expect(identities.find('AKIAADA1')?.principal).toEqual(ada?.principal)
  expect(identities.find('AKIAAPP')?.secretAccessKey).toBe("it's")
  const app = identities.find('AKIAAPP')?.principal
  expect(app?.userId).toBe('AIDAEXAMPLE')
  expect([...(app?.tags ?? [])]).toEqual([
    ['team', 'orders'],
    ['number', '7'],
  ])
  expect(app?.policies.identity.map(({ name, arn }) => [name, arn])).toEqual([
    ['ReadOrders', 'arn:aws:iam::012345678901:policy/ReadOrders'],
    ['inline policy 2', undefined],
  ])
  expect(app?.policies.boundary).toBe(app?.policies.identity[0])
})

test('the session of a role', () => {
  const worker = parse(example).find('ASIAONE')
  expect(worker).toMatchObject({
    secretAccessKey: 'two',
    sessionToken: 'token',
    expiresMs: Date.UTC(2026, 0, 31, 12),
  })
  expect(worker?.principal).toMatchObject({
    arn: 'arn:aws:sts::999999999999:assumed-role/Worker/one',
    accountId: '999999999999',
    roleArn: 'arn:aws:iam::999999999999:role/Worker',
    userName: undefined,
    userId: 'AROAEXAMPLE:one',
    tags: new Map([
      ['team', 'night'],
      ['stage', 'test'],
    ]),
  })
  expect(worker?.principal.policies.identity).toEqual([administratorPolicy])
  expect(worker?.principal.policies.session?.name).toBe('ReadOrders')
})

test('its policies decide', () => {
  const principal = parse(example).find('AKIAAPP')?.principal
  const allowed = (resource: string, action = 'dynamodb:GetItem'): boolean =>
    decide(principal?.policies ?? { identity: [] }, questionOf({ resource, action })).allowed
  expect(allowed('arn:aws:dynamodb:us-east-1:012345678901:table/Orders')).toBe(true)
  expect(allowed('arn:aws:dynamodb:us-east-1:012345678901:table/Secret')).toBe(false)
  expect(allowed('arn:aws:dynamodb:us-east-1:012345678901:table/Orders', 'dynamodb:PutItem')).toBe(
    false,
  )
})

test('a Deny in a policy that has an ARN is told with it', () => {
  const identities = parse(`
users: { a: { policies: [No], accessKeys: [{ accessKeyId: K, secretAccessKey: s }] } }
policies: { No: { Statement: { Effect: Deny, Action: "*", Resource: "*" } } }`)
  const principal = identities.find('K')?.principal
  const question = questionOf({ ...(principal !== undefined && { caller: principal }) })
  const decision = decide(principal?.policies ?? { identity: [] }, question)
  expect(refusalOf(decision, question)?.message).toBe(
    `User: arn:aws:iam::${account}:user/a is not authorized to perform: dynamodb:GetItem on ` +
      'resource: arn:aws:dynamodb:us-east-1:123456789012:table/Orders with an explicit deny in an ' +
      `identity-based policy: arn:aws:iam::${account}:policy/No`,
  )
})

test('JSON is taken as well, with tabs, and the account of the server is the default', () => {
  const json = JSON.stringify(
    {
      users: {
        ada: { administrator: true, accessKeys: [{ accessKeyId: 'K', secretAccessKey: 's' }] },
      },
    },
    undefined,
    '\t',
  )
  expect(parse(json).find('K')?.principal.arn).toBe(`arn:aws:iam::${account}:user/ada`)
  expect(parse('users: {}').counts.users).toBe(0)
})

test('anchors and aliases share what they stand for', () => {
  const identities = parse(`
users:
  a: &same
    policies: []
    tags: { x: y }
  b: *same
`)
  expect(identities.counts.users).toBe(2)
})

describe('faults have their place', () => {
  const key = 'accessKeys: [{ accessKeyId: K, secretAccessKey: s }]'

  test.each([
    ['', '1:1: A file of identities must be an object.'],
    ['- a', '1:1: A file of identities must be an object.'],
    ['usres: {}', '1:1: A file of identities has no member usres. Did you mean users?'],
    ['users: {}\nusers: {}', '2:1: Map keys must be unique.'],
    [
      'users: [',
      '1:9: Flow sequence in block collection must be sufficiently indented and end with a ].',
    ],
    ['{"users": {"ada": {}},}}', '1:24: Unexpected flow-map-end token in YAML stream: "}".'],
    ['users: *nobody', '1:8: An alias stands before its anchor, or has none.'],
    ['users: { ? [a] : b }', '1:12: The name of a member must be a text.'],
    ['users: { a: { tags: &t { x: y } } }\nroles: { R: *t }', '1:26: A role has no member x.'],
    ['accountId: 12', '1:1: An accountId has 12 digits.'],
    ['users: []', '1:1: users must be an object.'],
    ['users:\n  ada:', '2:3: A user must be an object.'],
    ['users:\n  a b: {}', '2:3: The name of a user has letters, digits and _+=,.@- alone.'],
    [
      'users:\n  ada:\n    acessKeys: []',
      '3:5: A user has no member acessKeys. Did you mean accessKeys?',
    ],
    ['users: { ada: { administrator: yes } }', '1:17: administrator must be true or false.'],
    ['users: { ada: { accessKeys: {} } }', '1:17: accessKeys must be a list.'],
    [
      'users:\n  ada:\n    accessKeys:\n      - accessKeyId: K',
      '4:9: An access key needs secretAccessKey.',
    ],
    [
      'users: { a: { accessKeys: [{ accessKeyId: K/1, secretAccessKey: s }] } }',
      '1:30: An accessKeyId has letters, digits and _.+=@- alone, 128 at most.',
    ],
    [
      'users: { a: { accessKeys: [{ accessKeyId: K, secretAccessKey: "a b" }] } }',
      '1:46: A secretAccessKey has 1 to 256 characters without blanks.',
    ],
    [`users:\n  a: { ${key} }\n  b: { ${key} }`, '3:23: The access key K is given twice.'],
    ['users: { a: { userId: x } }', '1:15: A userId has capital letters and digits alone.'],
    ['users: { a: { tags: { x: [] } } }', '1:23: A tag is a text of 256 characters.'],
    [
      'policies: { ReadOrders: { Statement: { Effect: Deny, Action: "*", Resource: "*" } } }\n' +
        'users:\n  a:\n    policies:\n      - ReadOrder',
      '5:9: There is no policy ReadOrder. Did you mean ReadOrders?',
    ],
    [
      'roles: { R: { sessions: { s: { accessKeyId: K, secretAccessKey: s } } } }',
      '1:27: A session needs sessionToken.',
    ],
    [
      'roles: { R: { sessions: { s: ' +
        '{ accessKeyId: K, secretAccessKey: s, sessionToken: t, expiration: soon } } } }',
      '1:85: An expiration is a date such as 2026-01-31T12:00:00Z.',
    ],
    [
      'policies: { "a b": {} }',
      '1:13: The name of a policy has letters, digits and _+=,.@- alone.',
    ],
    ['policies: { AdministratorAccess: {} }', '1:13: AdministratorAccess is there already.'],
    ['policies: { P: {} }', '1:13: A policy needs Statement.'],
    [
      'policies:\n  P:\n    Statement:\n      - Effect: Allow\n        Action: "*"\n        Resource: "*"\n' +
        '        Condition:\n          StringEqual: { a: b }',
      '8:11: Unknown condition operator StringEqual. Did you mean StringEquals?',
    ],
    [
      'users:\n  a:\n    policies:\n      - Statement:\n' +
        '          Effect: Allow\n          Resource: "*"\n          Action:\n            - dynamodb:*\n' +
        '            - GetItem',
      '9:15: "GetItem" is no action: an action is * or has a form like dynamodb:GetItem.',
    ],
  ])('%j', (text, expected) => {
    let fault: unknown
    try {
      parse(text)
    } catch (error) {
      fault = error
    }
    expect(fault).toBeInstanceOf(IdentitiesFault)
    expect((fault as IdentitiesFault).in('f')).toBe(`f:${expected}`)
  })

  test('aliases of aliases end', () => {
    const levels = Array.from({ length: 9 }, (_, i) =>
      i === 0
        ? 'a0: &a0 [x]'
        : `a${i}: &a${i} [${Array(20)
            .fill(`*a${i - 1}`)
            .join(', ')}]`,
    )
    expect(() => parse(levels.join('\n'))).toThrow('The file has too many entries.')
    expect(() => parse('['.repeat(500) + ']'.repeat(500))).toThrow('The file is nested too deeply.')
  })
})

test('whatever text there is, it is taken or an IdentitiesFault', () => {
  const words = fc.constantFrom(
    'users',
    'roles',
    'policies',
    'a',
    ': ',
    '\n',
    '  ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    ',',
    '"',
    '&a ',
    '*a',
    '!!x ',
    '? ',
    '<<',
    '|',
    '>',
    '#',
    '---',
    '...',
    '\t',
    'Statement',
    'accessKeys',
  )
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(words, { maxLength: 40 }).map((all) => all.join('')),
    fc.jsonValue().map((value) => JSON.stringify(value)),
  )
  fc.assert(
    fc.property(texts, (text) => {
      try {
        parse(text)
      } catch (error) {
        expect(error).toBeInstanceOf(IdentitiesFault)
      }
    }),
    { numRuns: 3000 },
  )
})
