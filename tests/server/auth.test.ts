import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import { DynamoDBStreamsClient, ListStreamsCommand } from '@aws-sdk/client-dynamodb-streams'
import { createDatabase, type DatabaseOptions } from 'dynatom'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DynatomProcess, temporaryDirectory } from '../means/dynatomProcess.ts'

const secret = 'q/+ secret of the root = key'
const rootKey = { accessKeyId: 'ROOT', secretAccessKey: secret }
const environment = [`DYNATOM_ACCESS_KEY_ID=ROOT`, `DYNATOM_SECRET_ACCESS_KEY=${secret}`]

/** A server that verifies signatures, by the key of `variables`. */
function start(variables: readonly string[] = environment, ...flags: string[]): DynatomProcess {
  const args = ['--port', '0', '--in-memory', '--auth', 'required', ...flags]
  return new DynatomProcess(args, undefined, { wrapper: ['env', ...variables] })
}

type Credentials = typeof rootKey & { readonly sessionToken?: string }

function clientOf(
  endpoint: string,
  credentials: Credentials,
  region = 'us-east-1',
): DynamoDBClient {
  const given = { credentials: { ...credentials }, maxAttempts: 1 }
  const client = new DynamoDBClient({ endpoint, region, ...given })
  onTestFinished(() => client.destroy())
  return client
}

/** The name and the text of the error that ListTables ends in. */
async function refusalOf(client: DynamoDBClient): Promise<string> {
  try {
    await client.send(new ListTablesCommand({}))
    return 'none'
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata: { httpStatusCode: number } }
    return `${$metadata.httpStatusCode} ${name}: ${message}`
  }
}

const createOrders = new CreateTableCommand({
  TableName: 'Orders',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
})
const wrongSignature =
  '400 InvalidSignatureException: The request signature we calculated does not match the ' +
  'signature you provided. Check your AWS Secret Access Key and signing method. ' +
  'Consult the service documentation for details.'

describe('a start with --auth required', () => {
  test.each(
    [[], environment.slice(0, 1), environment.slice(1)].map((variables) => ({ variables })),
  )('without a whole key is refused in a sentence: $variables', async ({ variables }) => {
    const { code, stdout, stderr } = await start(variables).ended
    expect(stdout).toBe('')
    expect(stderr).toBe(
      '--auth required needs a key: set DYNATOM_ACCESS_KEY_ID and DYNATOM_SECRET_ACCESS_KEY ' +
        'in the environment.\n',
    )
    expect(code).toBe(1)
  })

  test('tells how to talk to it, and never the secret, not in the log either', async () => {
    const server = start()
    const endpoint = await server.endpoint()
    expect(server.stdout).toMatch(
      /\nAWS_ACCESS_KEY_ID=\$DYNATOM_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY=\$DYNATOM_SECRET_ACCESS_KEY aws /,
    )
    await clientOf(endpoint, rootKey).send(createOrders)
    await refusalOf(clientOf(endpoint, { ...rootKey, secretAccessKey: 'other' }))
    await server.stop()
    expect(server.stdout).toMatch(/ CreateTable Orders [\d.]+ms by ROOT\n/)
    expect(server.stdout).toMatch(/ ListTables - [\d.]+ms 400 InvalidSignatureException\n/)
    expect(server.output).not.toContain(secret)
    expect(server.stderr).toBe('')
  })
})

describe('requests', () => {
  test('of the root key are performed, by SDKs of both services and by tail', async () => {
    const endpoint = await start().endpoint()
    const client = clientOf(endpoint, rootKey)
    await client.send(createOrders)
    const streams = new DynamoDBStreamsClient({
      endpoint,
      region: 'us-east-1',
      credentials: { ...rootKey },
    })
    onTestFinished(() => streams.destroy())
    expect((await streams.send(new ListStreamsCommand({}))).Streams).toHaveLength(1)
    const variables = [`AWS_ACCESS_KEY_ID=ROOT`, `AWS_SECRET_ACCESS_KEY=${secret}`]
    const tail = ['tail', 'Orders', '--endpoint', endpoint]
    const running = new DynatomProcess(tail, undefined, { wrapper: ['env', ...variables] })
    await expect.poll(() => running.stderr).toContain('Following the stream of Orders')
    const Item = { id: { S: 'ä😀' }, n: { N: '1' } }
    await client.send(new PutItemCommand({ TableName: 'Orders', Item }))
    const get = new GetItemCommand({ TableName: 'Orders', Key: { id: Item.id } })
    expect((await client.send(get)).Item).toEqual(Item)
    await running.seen(/INSERT id="ä😀"\n/)
  })

  test('of anybody else are not', async () => {
    const endpoint = await start().endpoint()
    const other = { ...rootKey, secretAccessKey: 'other' }
    expect(await refusalOf(clientOf(endpoint, other))).toBe(wrongSignature)
    expect(await refusalOf(clientOf(endpoint, { ...rootKey, accessKeyId: 'OTHER' }))).toBe(
      '400 UnrecognizedClientException: The security token included in the request is invalid.',
    )
    expect(await refusalOf(clientOf(endpoint, { ...rootKey, sessionToken: 'other' }))).toBe(
      '400 UnrecognizedClientException: The security token included in the request is invalid',
    )
    expect(await refusalOf(clientOf(endpoint, rootKey, 'eu-west-1'))).toBe(
      "400 InvalidSignatureException: Credential should be scoped to a valid region, not 'eu-west-1'. ",
    )
  })

  test('of a client whose clock is wrong are refused, and it puts its clock right', async () => {
    const endpoint = await start().endpoint()
    const credentials = { ...rootKey }
    const options = { endpoint, region: 'us-east-1', credentials, systemClockOffset: -3_600_000 }
    const client = new DynamoDBClient({ ...options, maxAttempts: 2 })
    onTestFinished(() => client.destroy())
    expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual([])
    const stubborn = new DynamoDBClient({ ...options, maxAttempts: 1 })
    onTestFinished(() => stubborn.destroy())
    expect(await refusalOf(stubborn)).toMatch(
      /^400 InvalidSignatureException: Signature expired: \w+ is now earlier than \w+ \(\w+ - 5 min\.\)$/,
    )
  })

  test('without a signature are answered for health alone', async () => {
    const endpoint = await start().endpoint()
    const headers = { origin: 'http://localhost', 'access-control-request-method': 'POST' }
    const answered: string[] = []
    for (const path of ['/', '/metrics', '/service/GraniteServiceVersion20100801/operation/X']) {
      for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'DELETE']) {
        const response = await fetch(new URL(path, endpoint), { method, headers })
        if (response.ok) answered.push(`${method}: ${await response.text()}`)
      }
    }
    expect(answered).toEqual(['GET: healthy: dynamodb.us-east-1.amazonaws.com ', 'HEAD: '])
  })
})

test('metrics of a server that asks for proof are shown for a token', async () => {
  const directory = temporaryDirectory()
  writeFileSync(join(directory, 'token'), '0123-token\n')
  const server = start(environment, '--metrics-token-file', join(directory, 'token'))
  const url = new URL('/metrics', await server.endpoint())
  expect((await fetch(url)).status).toBe(401)
  const headers = { authorization: 'Bearer 0123-token' }
  expect((await fetch(url, { headers })).status).toBe(200)
})

describe('a database in process', () => {
  const open = async (options: DatabaseOptions): Promise<DynamoDBClient> => {
    const database = await createDatabase({ inMemory: true, ...options })
    onTestFinished(() => database.close())
    const client = new DynamoDBClient({ ...database.clientConfig(), maxAttempts: 1 })
    onTestFinished(() => client.destroy())
    return client
  }

  test('asks for no proof unless it was told to', async () => {
    expect(await refusalOf(await open({}))).toBe('none')
  })

  test('gives its clients the root key, and refuses others', async () => {
    const database = await createDatabase({ inMemory: true, auth: { rootKey } })
    onTestFinished(() => database.close())
    const config = database.clientConfig()
    expect(config.credentials).toEqual({ accessKeyId: 'ROOT', secretAccessKey: secret })
    const client = new DynamoDBClient(config)
    await client.send(createOrders)
    const Item = { id: { S: 'ä😀' } }
    await client.send(new PutItemCommand({ TableName: 'Orders', Item }))
    const credentials = { ...rootKey, secretAccessKey: 'other' }
    expect(await refusalOf(new DynamoDBClient({ ...config, credentials, maxAttempts: 1 }))).toBe(
      wrongSignature,
    )
    const { endpoint } = await database.listen({ port: 0 })
    expect(await refusalOf(clientOf(endpoint, rootKey))).toBe('none')
    expect(await refusalOf(clientOf(endpoint, credentials))).toBe(wrongSignature)
  })

  test.each<[unknown, string]>([
    [{}, 'auth needs a rootKey with accessKeyId and secretAccessKey.'],
    [
      { rootKey: { accessKeyId: 'a' } },
      'auth needs a rootKey with accessKeyId and secretAccessKey.',
    ],
    [{ rootKey, keys: [] }, 'auth has no member "keys".'],
    [
      { rootKey: { ...rootKey, accessKeyId: 'a/b' } },
      'The accessKeyId of rootKey takes 1 to 128 letters, digits and characters of "_.-".',
    ],
    [{ rootKey: { ...rootKey, secretAccessKey: '' } }, 'The secretAccessKey of rootKey is empty.'],
  ])('refuses %j', async (auth, message) => {
    await expect(createDatabase({ inMemory: true, auth } as DatabaseOptions)).rejects.toThrow(
      message,
    )
  })
})
