import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builtMain } from '../means/commandProcess.mjs'
import { TemporaryCluster } from './temporaryCluster.ts'

/** `dynatom start --engine`: whole servers on one PostgreSQL. */
let cluster: TemporaryCluster
const started: ChildProcess[] = []
beforeAll(async () => {
  cluster = await TemporaryCluster.start()
})
afterAll(async () => {
  for (const child of started) child.kill('SIGKILL')
  await cluster.dispose()
})

interface Started {
  readonly child: ChildProcess
  readonly said: () => string
}

function run(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Started {
  const child = spawn(process.execPath, [builtMain, ...args], {
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(child)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += chunk))
  return { child, said: () => said }
}

const address = (rest = ''): string =>
  `postgres://${cluster.user}@${cluster.host}:${cluster.port}/${cluster.database}${rest}`

async function server(): Promise<string> {
  const args = ['start', '--port', '0', '--host', '127.0.0.1', '--engine', address()]
  const { said } = run(args, { PGPASSWORD: cluster.password })
  await expect.poll(said).toMatch(/is ready/)
  expect(said()).toContain(`(data in ${address()})`)
  return /http:\/\/[\d.]+:\d+/.exec(said())?.[0] ?? ''
}

const credential = 'AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/dynamodb/aws4_request'

async function ask(endpoint: string, operation: string, request: object): Promise<unknown> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'x-amz-date': '20260101T000000Z',
      authorization: `${credential}, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(request),
  })
  return response.json()
}

test('what one server has written another one reads; health tells that no node leads', async () => {
  const [a, b] = [await server(), await server()]
  await ask(a, 'CreateTable', {
    TableName: 'music',
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  })
  const Item = { pk: { S: 'x' }, n: { N: '1' } }
  expect(await ask(b, 'PutItem', { TableName: 'music', Item })).toEqual({})
  expect(await ask(a, 'GetItem', { TableName: 'music', Key: { pk: { S: 'x' } } })).toEqual({ Item })
  expect((await fetch(a)).status).toBe(200)
  await cluster.stop('SIGQUIT')
  await expect.poll(async () => (await fetch(a)).status).toBe(503)
  expect(await (await fetch(a)).text()).toBe('unhealthy: no node of the engine leads\n')
  await cluster.resume()
  expect(await ask(b, 'GetItem', { TableName: 'music', Key: { pk: { S: 'x' } } })).toEqual({ Item })
  await expect.poll(async () => (await fetch(a)).status).toBe(200)
})

describe('a password', () => {
  const refused = async (args: readonly string[], environment = {}): Promise<string> => {
    const { child, said } = run(['start', '--port', '0', ...args], environment)
    const [code] = await once(child, 'close')
    expect(code).toBe(1)
    return said()
  }

  test('that is missing or wrong is told of in one sentence', async () => {
    const place = `${cluster.host}:${cluster.port}`
    expect(await refused(['--engine', address()])).toContain(
      `PostgreSQL at ${place} asks for a password of dynatom, and there is none.`,
    )
    expect(await refused(['--engine', address()], { PGPASSWORD: 'guess' })).toContain(
      `PostgreSQL at ${place} does not take the password of dynatom.`,
    )
  })

  test('in the address is warned of, and masked in all that is shown', async () => {
    const secret = 's3cret'
    const shown = address().replace('@', ':********@')
    const given = address().replace('@', `:${secret}@`)
    const said = await refused(['--engine', given])
    expect(said).toMatch(/^Warning: a password in --engine may be seen by others/)
    expect(said).not.toContain(secret)
    const { child, said: printed } = run(['start', '--engine', given, '--print-config'])
    await once(child, 'close')
    expect(printed()).toContain(shown)
    expect(printed()).not.toContain(secret)
    const wrong = await refused(['--engine', given.replace('?', '').concat('?sslmode=prefer')])
    expect(wrong).toContain('The address of the engine cannot be used: sslmode takes')
    expect(wrong).not.toContain(secret)
  })
})
