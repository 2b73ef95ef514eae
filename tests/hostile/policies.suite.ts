import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { signedByHeader } from '../../packages/server/src/testing/requestSigner.ts'
import { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import { soon } from '../../packages/server/src/testing/soon.ts'
import { DynatomProcess, temporaryDirectory } from '../means/dynatomProcess.ts'
import { itemsTable } from '../means/itemsTable.ts'
import { identityForms } from './identityForms.ts'
import { errorNameOf, Pipeline } from './pipeline.ts'
import { policyForms } from './policyForms.ts'
import { textOf } from './signedRequests.ts'
import { runSeed, suiteOption } from './suiteOptions.ts'

const seed = runSeed('policies')
const count = Math.ceil(suiteOption('REQUESTS', 100_000) / 10)
/** After so long no more are sent, however many there were. */
const mostMs = suiteOption('SECONDS', Infinity) * 1000

const root = { accessKeyId: 'ROOT', secretAccessKey: 'secret-of-the-root' }
const app = { accessKeyId: 'APP', secretAccessKey: 'secret-of-the-app' }
const account = '123456789012'
const ResourceArn = `arn:aws:dynamodb:us-east-1:${account}:table/Items`
const identities = JSON.stringify({ users: { app: { accessKeys: [app] } } })

interface Outcome {
  /** Such as `200`, or `400 ValidationException`. */
  readonly told: string
  readonly body: Record<string, unknown>
  readonly message: string
}

interface Opened {
  readonly server: DynatomProcess
  readonly fileName: string
  readonly ask: (key: typeof root, operation: string, request: object) => Promise<Outcome>
}

let opened: Opened

/** A server that asks policies, with the table Items. */
beforeEach(async () => {
  const fileName = join(temporaryDirectory(), 'identities.yaml')
  writeFileSync(fileName, identities)
  const args = ['--port', '0', '--in-memory', '--auth', 'required', '--identities', fileName]
  const wrapper = [
    'env',
    `DYNATOM_ACCESS_KEY_ID=${root.accessKeyId}`,
    `DYNATOM_SECRET_ACCESS_KEY=${root.secretAccessKey}`,
  ]
  const server = new DynatomProcess(args, undefined, { wrapper })
  const connection = await Pipeline.connect(await server.endpoint())
  onTestFinished(() => connection.close())
  const ask: Opened['ask'] = async (key, operation, request) => {
    const headers = {
      host: 'localhost:8000',
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
    }
    const body = JSON.stringify(request)
    const terms = { key, region: 'us-east-1', service: 'dynamodb', timeMs: Date.now() }
    const signed = signedByHeader({ method: 'POST', path: '/', headers, body }, terms)
    const lines = Object.entries(signed.headers as Record<string, string>)
    const bytes = Buffer.from(body).toString('latin1')
    const sent = { method: 'POST', url: '/', lines, body: bytes, signed: [] }
    const reply = await connection.send(textOf(sent))
    const answer = JSON.parse(reply.body) as Record<string, unknown>
    return {
      told: `${reply.status} ${errorNameOf(reply) ?? ''}`.trim(),
      body: answer,
      message: (answer['message'] ?? answer['Message'] ?? '') as string,
    }
  }
  expect((await ask(root, 'CreateTable', itemsTable)).told).toBe('200')
  opened = { server, fileName, ask }
})

const put = (Policy: string): Promise<Outcome> =>
  opened.ask(root, 'PutResourcePolicy', { ResourceArn, Policy })

const hostileKey = { id: { S: 'a'.repeat(2000) } }

/** Somebody whose requests the policy decides about is answered. */
async function expectDecision(what: string): Promise<void> {
  const startMs = performance.now()
  const { told } = await opened.ask(app, 'GetItem', { TableName: 'Items', Key: hostileKey })
  expect([what, ['200', '400 AccessDeniedException'].includes(told), told]).toEqual([
    what,
    true,
    told,
  ])
  // It is a matter of milliseconds; what grows beyond measure takes minutes.
  expect(performance.now() - startMs).toBeLessThan(5000)
}

function expectUnharmed(): void {
  expect(opened.server.stderr).toBe('')
  expect(opened.server.output).not.toContain('InternalServerError')
}

test('hostile policies are taken or refused with their texts, and decide', async () => {
  for (const { name, text, refusal } of policyForms) {
    const Policy = text(20_480)
    expect([name, Buffer.byteLength(Policy) <= 20_480]).toEqual([name, true])
    const { told, message, body } = await put(Policy)
    const created = { ...itemsTable, TableName: 'Other', ResourcePolicy: Policy }
    const creation = await opened.ask(root, 'CreateTable', created)
    if (refusal === undefined) {
      expect([name, told]).toEqual([name, '200'])
      const stored = await opened.ask(root, 'GetResourcePolicy', { ResourceArn })
      expect(stored.body).toEqual({ Policy: expect.any(String) as string, ...body })
      expect(creation.told).toBe('200')
      expect((await opened.ask(root, 'DeleteTable', { TableName: 'Other' })).told).toBe('200')
    } else {
      expect([name, told]).toEqual([name, '400 ValidationException'])
      expect(message.slice(0, refusal.length)).toBe(refusal)
      expect([creation.told, creation.message]).toEqual([told, message])
    }
    await expectDecision(name)
  }
  const { message } = await put(`${policyForms[0]?.text(20_000)}${' '.repeat(1000)}`)
  expect(message).toContain('Maximum policy size of 20480 bytes exceeded')
  expectUnharmed()
})

/** Items with megabytes of names of attributes. */
const largeItems: Readonly<Record<string, object>> = {
  'long names': itemOf(4000, 'x'.repeat(1000)),
  'short names': itemOf(200_000, 'x'),
}

function itemOf(names: number, name: string): object {
  const entries = Array.from({ length: names }, (_, i) => [`${name}${i}`, { S: '' }] as const)
  return { ...Object.fromEntries(entries), id: { S: 'x' } }
}

test('long policies over large requests are refused before they hold up others', async () => {
  const ofKeys = policyForms.filter(({ text, refusal }) => {
    return refusal === undefined && text(20_000).includes('dynamodb:LeadingKeys')
  })
  expect(ofKeys.length).toBeGreaterThan(10)
  let refused = 0
  for (const { name, text } of ofKeys) {
    const policy = text(20_400)
      .replace('dynamodb:GetItem', 'dynamodb:PutItem')
      .replace('StringLike', 'StringNotLike')
      .replace('dynamodb:LeadingKeys', 'dynamodb:Attributes')
    expect([name, (await put(policy)).told]).toEqual([name, '200'])
    for (const [what, Item] of Object.entries(largeItems)) {
      const startMs = performance.now()
      const { told } = await opened.ask(app, 'PutItem', { TableName: 'Items', Item })
      const isLate = performance.now() - startMs > 5000
      expect([name, what, told.slice(0, 4), isLate]).toEqual([name, what, '400 ', false])
      if (told === '400 AccessDeniedException') refused += 1
    }
    const small = { TableName: 'Items', Item: { id: { S: 'x' }, y: { S: '' } } }
    expect([name, (await opened.ask(app, 'PutItem', small)).told.slice(0, 3)]).toEqual([
      name,
      expect.stringMatching(/^[24]00$/),
    ])
  }
  expect(refused).toBeGreaterThan(ofKeys.length)
  expectUnharmed()
})

/** A policy that has one of everything. */
const sound = JSON.stringify({
  Version: '2012-10-17',
  Id: 'id',
  Statement: [
    {
      Sid: 'Reads',
      Effect: 'Allow',
      Principal: { AWS: [`arn:aws:iam::${account}:user/app`, account] },
      Action: ['dynamodb:GetItem', 'dynamodb:Q*'],
      Resource: [ResourceArn, `${ResourceArn}/index/*`],
      Condition: {
        'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['${aws:username}', 'a*', '?b'] },
        NumericLessThanIfExists: { 'aws:EpochTime': 1e10 },
        IpAddress: { 'aws:SourceIp': ['127.0.0.1/32', '::1'] },
        Bool: { 'aws:SecureTransport': false },
        DateGreaterThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' },
        Null: { 'aws:PrincipalTag/x': 'true' },
      },
    },
    { Effect: 'Deny', Principal: '*', NotAction: '*', NotResource: 'arn:aws:s3' },
  ],
})

const oddPieces = [
  ...'[ ] { } " , : \\ * ? ${ } \' / % "__proto__" "constructor" "*" null 1e999 -0 true [] {}'.split(
    ' ',
  ),
  ...'"Not Allow Deny ForAnyValue: IfExists arn: :: 999999999999 \u2028 😀 \0 \ud800'.split(' '),
  ' ',
  '\n',
]

/** The policy with a few changes: pieces that are gone, twice there, elsewhere, or odd. */
function mutated(random: SeededRandom): string {
  let text = sound
  for (let left = random.between(1, 4); left > 0; left--) {
    const from = random.below(text.length)
    const to = Math.min(text.length, from + random.between(1, 30))
    const piece = text.slice(from, to)
    const rest = text.slice(0, from) + text.slice(to)
    const at = random.below(rest.length)
    text = random.pick([
      () => rest,
      () => text.slice(0, to) + piece + text.slice(to),
      () => rest.slice(0, at) + piece + rest.slice(at),
      () =>
        text.slice(0, from) + random.pick(oddPieces) + text.slice(random.chance(0.5) ? from : to),
    ])()
  }
  return text
}

/** How the refusal of a policy may begin. */
const refusals = [
  'One or more parameter values were invalid: Invalid policy document: ',
  'Invalid principal in policy document.',
  'Resource-based policy grants unbounded access in one or more elements.',
]

test('changed policies are taken or refused as policies', async () => {
  const random = new SeededRandom(seed)
  const startMs = performance.now()
  const outcomes: Record<string, number> = {}
  let done = 0
  while (done < count && performance.now() - startMs < mostMs) {
    const Policy = mutated(random)
    const { told, message, body } = await put(Policy)
    done += 1
    const isTold =
      told === '200' ||
      (told === '400 ValidationException' && refusals.some((each) => message.startsWith(each)))
    expect([Policy, isTold, told, message]).toEqual([Policy, true, told, message])
    outcomes[told] = (outcomes[told] ?? 0) + 1
    if (told !== '200') continue
    await expectDecision(Policy)
    const stored = await opened.ask(root, 'GetResourcePolicy', { ResourceArn })
    const { Policy: canonical, RevisionId } = stored.body
    expect(RevisionId).toBe(body['RevisionId'])
    if ((JSON.parse(Policy) as { Version?: string }).Version === undefined) continue
    expect((await put(canonical as string)).body).toEqual(body)
  }
  console.log(`${done} changed policies:`, outcomes)
  expect(outcomes['200']).toBeGreaterThan(done / 100)
  expect(outcomes['400 ValidationException']).toBeGreaterThan(done / 10)
  expectUnharmed()
})

test('hostile files of identities are refused, and who was let in stays so', async () => {
  const allow = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:user/app` } }
  const statement = { ...allow, Action: 'dynamodb:GetItem', Resource: '*' }
  expect((await put(JSON.stringify({ Statement: statement }))).told).toBe('200')
  const { server, fileName, ask } = opened
  for (const { name, text, refusal } of identityForms) {
    server.stdout = ''
    writeFileSync(fileName, text(100_000))
    await soon(
      () => expect([name, server.stdout]).toEqual([name, expect.stringContaining(refusal)]),
      { timeout: 30_000, interval: 50 },
    )
    const { told } = await ask(app, 'GetItem', { TableName: 'Items', Key: hostileKey })
    expect([name, told]).toEqual([name, '200'])
  }
  expectUnharmed()
})
