import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { createDatabase, type Explanation } from 'dynatom'
import { describe, expect, onTestFinished, test } from 'vitest'
import { checkedDirectory, DynatomProcess, temporaryDirectory } from '../means/dynatomProcess.ts'
import { perform } from '../means/httpClient.ts'
import { itemsTable } from '../means/itemsTable.ts'

const start = (...flags: string[]): DynatomProcess => new DynatomProcess(['--port', '0', ...flags])

async function run(...args: string[]) {
  const { code, stdout, stderr } = await new DynatomProcess(args).ended
  return { code, stdout, stderr }
}

const json = { 'content-type': 'application/json' }

/** Has a write be refused; its request id. */
async function refuse(endpoint: string): Promise<string> {
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  })
  onTestFinished(() => client.destroy())
  const put = { TableName: 'Items', Item: { id: { S: 'secret-id' }, n: { N: '7' } } }
  await client.send(new PutItemCommand(put))
  try {
    await client.send(
      new PutItemCommand({
        ...put,
        ConditionExpression: 'n > :n',
        ExpressionAttributeValues: { ':n': { N: '8' } },
      }),
    )
  } catch (error) {
    return (error as { $metadata: { requestId?: string } }).$metadata.requestId ?? ''
  }
  throw new Error('It was not refused.')
}

describe('dynatom explain', () => {
  test('tells why a request was refused', async () => {
    const endpoint = await start('--in-memory', '--lab').endpoint()
    await perform(endpoint, 'CreateTable', itemsTable)
    expect(await run('explain', '--endpoint', endpoint)).toEqual({
      code: 0,
      stdout: 'No request has been refused that there is more to say of.\n',
      stderr: '',
    })
    const requestId = await refuse(endpoint)
    const { code, stdout } = await run('explain', requestId, '--endpoint', endpoint)
    expect(code).toBe(0)
    expect(stdout.replace(/ at \S+\.\n/, ' at TIME.\n')).toBe(
      `PutItem ${requestId} was refused with ConditionalCheckFailedException at TIME.
  The conditional request failed
  ConditionalCheckFailed, Put Items {"id":{"S":"secret-id"}}
    n > {"N":"8"} is false:
      n > {"N":"8"} is false, where n is {"N":"7"}
`,
    )
    expect((await run('explain', '--endpoint', endpoint)).stdout).toBe(stdout)
    const asJson = await run('explain', requestId, '--json', '--endpoint', endpoint)
    expect(JSON.parse(asJson.stdout)).toMatchObject({ requestId, operation: 'PutItem' })
  })

  test('says what is wrong', async () => {
    const withLab = await start('--in-memory', '--lab').endpoint()
    const without = await start('--in-memory').endpoint()
    const refusalOf = async (...args: string[]): Promise<string> => {
      const { code, stderr } = await run('explain', ...args)
      expect(code).toBe(1)
      return stderr
    }
    expect(await refusalOf('NONE', '--endpoint', withLab)).toBe(
      'There is no refusal of a request NONE that is remembered.\n',
    )
    expect(await refusalOf('NONE', '--endpoint', without)).toBe(
      `The server at ${without} has no lab: start it with --lab.\n`,
    )
    expect(await refusalOf('--endpoint', 'http://127.0.0.1:1')).toMatch(
      /^The server at http:\/\/127\.0\.0\.1:1 cannot be asked \(.+\)\.\n$/,
    )
    const usage = await run('explain', 'a', 'b')
    expect(usage).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^explain takes one/) as string,
    })
  })

  test('bears the token', async () => {
    const file = join(temporaryDirectory(), 'token')
    writeFileSync(file, 'some-token\n')
    const endpoint = await start('--in-memory', '--lab', '--control-token-file', file).endpoint()
    const refused = await run('explain', '--endpoint', endpoint)
    expect(refused).toMatchObject({
      code: 1,
      stderr: 'A bearer token is needed: that of --control-token-file.\n',
    })
    const { code } = await run('explain', '--endpoint', endpoint, '--control-token-file', file)
    expect(code).toBe(0)
  })
})

describe('--log-explain', () => {
  test.each(['text', 'json'])('logs why requests were refused: %s', async (log) => {
    const server = start('--in-memory', '--log-explain', '--log', log)
    const endpoint = await server.endpoint()
    await perform(endpoint, 'CreateTable', itemsTable)
    const requestId = await refuse(endpoint)
    // There is no lab for that.
    expect((await fetch(`${endpoint}/_dynatom/lab/explanations`)).status).toBe(404)
    const [line] = await server.seen(log === 'json' ? /\{.*"explanation".*/ : /\S+ explanation: .*/)
    if (log === 'json') {
      const { explanation } = JSON.parse(line) as { readonly explanation: Explanation }
      expect(explanation).toMatchObject({
        requestId,
        positions: [{ condition: { result: false } }],
      })
    } else {
      expect(line).toContain(`explanation: PutItem ${requestId} was refused`)
      expect(line).toMatch(/\| n > \{"N":"8"\} is false, where n is \{"N":"7"\}$/)
    }
  })

  test('is off, as it shows what items have', async () => {
    const server = start('--in-memory', '--lab')
    const endpoint = await server.endpoint()
    await perform(endpoint, 'CreateTable', itemsTable)
    await refuse(endpoint)
    await server.seen(/ConditionalCheckFailedException/)
    await server.kill('SIGTERM')
    expect(server.output).not.toContain('secret-id')
  })

  test('in process', async () => {
    const seen: Explanation[] = []
    const database = await createDatabase({
      inMemory: true,
      tables: [itemsTable as { TableName: string }],
      onExplanation: (explanation) => seen.push(explanation),
    })
    onTestFinished(() => database.close())
    expect(database.lab).toBeUndefined()
    const requestId = await refuse((await database.listen({ port: 0, host: '127.0.0.1' })).endpoint)
    expect(seen.map((each) => each.requestId)).toEqual([requestId])
  })
})

test('a server with its data in a directory is not reset', async () => {
  const endpoint = await start('--lab', '--data-dir', checkedDirectory()).endpoint()
  await perform(endpoint, 'CreateTable', itemsTable)
  const reset = await fetch(`${endpoint}/_dynatom/lab/reset`, { method: 'POST', headers: json })
  expect(reset.status).toBe(409)
  expect(await perform(endpoint, 'ListTables', {})).toEqual({ TableNames: ['Items'] })
})

test('a server with a lab beyond loopback is not started without a token', async () => {
  const { code, stderr } = await start('--in-memory', '--lab', '--host', '0.0.0.0').ended
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: '--lab beyond loopback needs --control-token-file. See dynatom --help.\n',
  })
})
