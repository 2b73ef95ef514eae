import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ManualClock } from '../../testing/manualClock.ts'
import { parseCommandLine } from '../commandLine.ts'
import { OperatorError } from '../operatorError.ts'
import { checkIdentities } from './identitiesCommand.ts'

const file = `
users:
  ada: { administrator: true, accessKeys: [{ accessKeyId: ADA, secretAccessKey: secret1 }] }
  app:
    tags: { team: orders }
    accessKeys: [{ accessKeyId: APP, secretAccessKey: secret2 }]
    policies: [Own]
    permissionsBoundary:
      Statement:
        Effect: Allow
        NotAction: dynamodb:DeleteTable
        NotResource: arn:aws:dynamodb:*:*:table/Secret
roles:
  R:
    administrator: true
    sessions:
      one:
        accessKeyId: ONE
        secretAccessKey: secret3
        sessionToken: secret4
        policy: { Statement: { Effect: Deny, Action: "*", Resource: "*" } }
policies:
  Own:
    Version: 2012-10-17
    Statement:
      - Sid: Items
        Effect: Allow
        Action: [dynamodb:GetItem, dynamodb:getitm, dynamodb:Query]
        Resource: arn:aws:dynamodb:*:*:table/Games
        Condition: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": "\${aws:username}" } }
      - Effect: Allow
        Action: [dynamodb:DeleteTable, dynamodb:ListTables, dynamodb:Scan]
        Resource: "*"
        Condition:
          DateLessThan: { "aws:CurrentTime": "2026-02-01" }
          StringEquals: { "dynamodb:Select": [ALL_ATTRIBUTES, COUNT] }
`
const games = 'arn:aws:dynamodb:us-east-1:123456789012:table/Games'

function temporaryFile(text: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'dynatom-identities-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const fileName = join(directory, 'identities.yaml')
  writeFileSync(fileName, text)
  return fileName
}

/** Runs the command on a file of `text`, whose name is FILE in what is told. */
async function check(text: string, ...args: readonly string[]) {
  const fileName = temporaryFile(text)
  const command = parseCommandLine(['identities', 'check', fileName, ...args])
  if (command.kind !== 'identities') throw new Error(`${command.kind} is another command`)
  let written = ''
  const code = await checkIdentities(command.options, new ManualClock(), (piece) => {
    written += piece
  }).catch((error: unknown) => {
    expect(error).toBeInstanceOf(OperatorError)
    written += (error as OperatorError).message
    return `error ${(error as OperatorError).exitCode}`
  })
  return { code, lines: written.replaceAll(fileName, 'FILE').split('\n').filter(Boolean) }
}

describe('a file by itself', () => {
  test('a whole one', async () => {
    expect(await check(file)).toEqual({
      code: 0,
      lines: [
        'FILE: 2 users, 1 role, 3 access keys, 1 policy',
        'note: Own, statement 1 (Items): dynamodb:getitm is no action of DynamoDB. ' +
          'Did you mean dynamodb:GetItem?',
      ],
    })
  })

  test('a broken one', async () => {
    expect(await check('users:\n  ada: { adminstrator: true }')).toEqual({
      code: 'error 2',
      lines: ['FILE:2:10: A user has no member adminstrator. Did you mean administrator?'],
    })
  })

  test('none', async () => {
    const options = { fileName: '/absent/file', accountId: '1', question: undefined }
    const refused = checkIdentities(options, new ManualClock(), () => {})
    await expect(refused).rejects.toMatchObject({
      message: 'There is no file /absent/file.',
      exitCode: 2,
    })
  })
})

describe('a decision', () => {
  const own = (...context: readonly string[]) =>
    check(
      file,
      '--as',
      'APP',
      '--action',
      'dynamodb:GetItem',
      '--resource',
      games,
      ...context.map((each) => `--context=${each}`),
    )

  test('that allows', async () => {
    expect(await own('dynamodb:leadingKeys=app')).toEqual({
      code: 0,
      lines: [
        'identity-based policy Own, statement 1 (Items): Allow applies',
        'identity-based policy Own, statement 2: Allow does not apply: ' +
          'Action does not name dynamodb:GetItem',
        'permissions boundary permissions boundary, statement 1: Allow applies',
        `allowed: arn:aws:iam::123456789012:user/app may do dynamodb:GetItem on ${games}, ` +
          'by identity-based policy Own, statement 1 (Items)',
      ],
    })
  })

  test('that refuses, for one of several values', async () => {
    const { code, lines } = await own('dynamodb:LeadingKeys=app', 'dynamodb:LeadingKeys=bob')
    expect(code).toBe(1)
    expect(lines[0]).toBe(
      'identity-based policy Own, statement 1 (Items): Allow does not apply: ' +
        'ForAllValues:StringEquals dynamodb:LeadingKeys "${aws:username}" does not hold, ' +
        'for the request has ["app","bob"]',
    )
    expect(lines.at(-1)).toBe(
      'refused: User: arn:aws:iam::123456789012:user/app is not authorized to perform: ' +
        `dynamodb:GetItem on resource: ${games} ` +
        'because no identity-based policy allows the dynamodb:GetItem action',
    )
  })

  test('by the boundary', async () => {
    const context = ['--context', 'dynamodb:Select=COUNT', '--action', 'dynamodb:DeleteTable']
    expect((await check(file, '--as=APP', ...context)).lines).toEqual([
      'note: requests for dynamodb:DeleteTable have no dynamodb:select',
      'identity-based policy Own, statement 1 (Items): Allow does not apply: ' +
        'Action does not name dynamodb:DeleteTable',
      'identity-based policy Own, statement 2: Allow does not apply: ' +
        'StringEquals dynamodb:Select ["ALL_ATTRIBUTES","COUNT"] does not hold, ' +
        'for the request does not have the key',
      'permissions boundary permissions boundary, statement 1: Allow does not apply: ' +
        'NotAction names dynamodb:DeleteTable',
      'refused: User: arn:aws:iam::123456789012:user/app is not authorized to perform: ' +
        'dynamodb:DeleteTable on resource: * ' +
        'because no identity-based policy allows the dynamodb:DeleteTable action',
    ])
  })

  test.each([
    ['2026-01-31T00:00:00Z', games, 0, undefined],
    [undefined, games, 0, undefined],
    [undefined, `${games}/index/I`, 1, 'has "ALL_PROJECTED_ATTRIBUTES"'],
    ['2026-02-02T00:00:00Z', games, 1, 'has "2026-02-02T00:00:00Z"'],
    [undefined, games.replace('Games', 'Secret'), 1, 'NotResource names'],
  ])('at %s on %s', async (time, resource, code, reason) => {
    const at = time === undefined ? [] : ['--context', `aws:CurrentTime=${time}`]
    const checked = await check(
      file,
      '--as',
      'APP',
      '--action',
      'dynamodb:Scan',
      '--resource',
      resource,
      ...at,
    )
    expect(checked.code).toBe(code)
    if (reason !== undefined) expect(checked.lines.join('\n')).toContain(reason)
  })

  test('of a session that was narrowed', async () => {
    const { code, lines } = await check(file, '--as', 'ONE', '--action', 'dynamodb:ListTables')
    expect(code).toBe(1)
    expect(lines).toEqual([
      'identity-based policy AdministratorAccess, statement 1: Allow applies',
      'session policy session policy, statement 1: Deny applies',
      'refused: User: arn:aws:sts::123456789012:assumed-role/R/one is not authorized to perform: ' +
        'dynamodb:ListTables on resource: * with an explicit deny in a session policy',
    ])
  })

  test('in another account', async () => {
    const args = ['--account-id', '999999999999', '--as', 'ADA', '--action', 'dynamodb:GetItem']
    expect((await check(file, ...args, '--resource', games)).lines.at(-1)).toBe(
      'refused: User: arn:aws:iam::999999999999:user/ada is not authorized to perform: ' +
        `dynamodb:GetItem on resource: ${games} ` +
        'because no resource-based policy allows the dynamodb:GetItem action',
    )
  })

  describe('with the policy of a resource', () => {
    const asked = ['--as', 'APP', '--action', 'dynamodb:PutItem', '--resource', games]
    const policyOf = (statement: object): string =>
      temporaryFile(
        JSON.stringify({ Statement: { Action: 'dynamodb:*', Resource: games, ...statement } }),
      )

    test('that allows what the identity does not have', async () => {
      const AWS = 'arn:aws:iam::123456789012:user/app'
      const policy = policyOf({ Effect: 'Allow', Principal: { AWS } })
      const { code, lines } = await check(file, ...asked, '--resource-policy', policy)
      expect(code).toBe(0)
      expect(lines).toContain('resource-based policy of the resource, statement 1: Allow applies')
    })

    test('that is about somebody else', async () => {
      const policy = policyOf({ Effect: 'Allow', Principal: { AWS: '999999999999' } })
      const { code, lines } = await check(file, ...asked, '--resource-policy', policy)
      expect(code).toBe(1)
      expect(lines).toContain(
        'resource-based policy of the resource, statement 1: Allow does not apply: ' +
          'it is not about arn:aws:iam::123456789012:user/app',
      )
    })

    test('whose actions are those of a stream', async () => {
      const AWS = 'arn:aws:iam::123456789012:user/app'
      const Action = 'dynamodb:GetRecords'
      const policy = policyOf({ Effect: 'Allow', Principal: { AWS }, Action, Resource: '*' })
      const given = ['--as', 'APP', '--action', Action, '--resource-policy', policy]
      const stream = `${games}/stream/2026-01-01T00:00:00.000`
      expect((await check(file, ...given, '--resource', stream)).code).toBe(0)
      expect((await check(file, ...given, '--resource', games)).lines).toEqual([
        `${policy}: One or more parameter values were invalid: Invalid policy document: ` +
          `The following action names are invalid: "${Action}"`,
      ])
    })

    test('that is none', async () => {
      const policy = policyOf({ Effect: 'Allow' })
      const { code, lines } = await check(file, ...asked, '--resource-policy', policy)
      expect(code).toBe('error 2')
      expect(lines[0]).toBe(
        `${policy}: One or more parameter values were invalid: ` +
          'Invalid policy document: Missing required field Principal',
      )
    })
  })

  test('of nobody', async () => {
    expect(await check(file, '--as', 'NOBODY', '--action', 'dynamodb:GetItem')).toEqual({
      code: 'error 2',
      lines: ['The access key NOBODY is not in the file.'],
    })
  })
})

describe('the example of the documents', () => {
  const pageOf = (name: string): string =>
    readFileSync(new URL(`../../../../../docs/${name}.md`, import.meta.url), 'utf8')
  const example = /```yaml\n([^]*?)```/.exec(pageOf('identities'))?.[1] ?? ''
  const orders = 'arn:aws:dynamodb:us-east-1:123456789012:table/Orders'

  test('is whole', async () => {
    const { code, lines } = await check(example)
    expect(code).toBe(0)
    expect(lines).toHaveLength(1)
    for (const page of ['identities', 'command-line']) {
      expect(pageOf(page)).toContain((lines[0] as string).replace('FILE', 'identities.yaml'))
    }
  })

  test.each([
    ['identities', 'dynamodb:DeleteItem', []],
    ['command-line', 'dynamodb:GetItem', ['--context', 'dynamodb:LeadingKeys=ada']],
  ])('is explained as %s says', async (page, action, context) => {
    const asked = ['--as', 'AKIASHOP', '--action', action, '--resource', orders, ...context]
    const { code, lines } = await check(example, ...asked)
    expect(code).toBe(1)
    expect(pageOf(page)).toContain(`${lines.join('\n')}\n`)
  })
})

test('no secret is told', async () => {
  for (const key of ['ADA', 'APP', 'ONE']) {
    const { lines } = await check(file, '--as', key, '--action', 'dynamodb:GetItem')
    expect(lines.join('\n')).not.toContain('secret')
  }
})

test('the command line', () => {
  expect(
    parseCommandLine(['identities', 'check', 'f', '--as=K', '--action', 'dynamodb:Scan']),
  ).toEqual({
    kind: 'identities',
    options: {
      fileName: 'f',
      accountId: '123456789012',
      question: { accessKeyId: 'K', action: 'dynamodb:Scan', resource: '*', context: new Map() },
    },
  })
  expect(parseCommandLine(['identities', 'check', 'f'])).toMatchObject({
    options: { question: undefined },
  })
  expect(parseCommandLine(['identities', '--help'])).toEqual({ kind: 'help' })
})

test.each([
  [[], 'identities has one command: identities check FILE.'],
  [['chek', 'f'], 'identities has one command: identities check FILE.'],
  [['check'], 'identities check needs the name of a file.'],
  [['check', 'f', 'g'], 'identities check takes one file.'],
  [['check', 'f', '--as', 'K'], '--as needs --action.'],
  [
    ['check', 'f', '--action', 'dynamodb:Scan'],
    'A question needs --as, the access key of who asks.',
  ],
  [['check', 'f', '--context', 'a=b'], 'A question needs --as, the access key of who asks.'],
  [['check', 'f', '--resource-policy', 'g'], 'A question needs --as, the access key of who asks.'],
  [['check', 'f', '--action', 'Scan'], '"Scan" is not an action, such as dynamodb:DeleteItem.'],
  [['check', 'f', '--resource', 'T'], '"T" is not a resource: it begins with arn:, or is *.'],
  [['check', 'f', '--context', 'a'], '"a" is not a condition key and its value, KEY=VALUE.'],
  [['check', 'f', '--account-id', '1'], '"1" is not an account: it has 12 digits.'],
  [['check', 'f', '--acton', 'x'], 'Unknown flag --acton. Did you mean --action?'],
])('identities %j is refused', (args, message) => {
  expect(() => parseCommandLine(['identities', ...args])).toThrow(`${message} See dynatom --help.`)
})
