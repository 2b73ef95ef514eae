import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  PutResourcePolicyCommand,
  TransactWriteItemsCommand,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb'
import { createDatabase, IdentitiesUnusable, type IdentitiesChange } from 'dynatom'
import { expect, onTestFinished, test } from 'vitest'
import { DynatomProcess } from '../means/dynatomProcess.ts'

const rootKey = { accessKeyId: 'ROOT', secretAccessKey: 'secret-of-the-root' }
const environment = ['DYNATOM_ACCESS_KEY_ID=ROOT', 'DYNATOM_SECRET_ACCESS_KEY=secret-of-the-root']
const writerKey = { accessKeyId: 'WRITER', secretAccessKey: 'secret-of-the-writer' }
const adminKey = { accessKeyId: 'ADMIN', secretAccessKey: 'secret-of-the-admin' }

/** A file of an administrator, and of a writer who may do `actions`. */
const identities = (...actions: readonly string[]): string => `
users:
  ada:
    administrator: true
    accessKeys: [{ accessKeyId: ADMIN, secretAccessKey: secret-of-the-admin }]
  writer:
    accessKeys: [{ accessKeyId: WRITER, secretAccessKey: secret-of-the-writer }]
    policies:
      - Version: 2012-10-17
        Statement: { Effect: Allow, Action: [${actions.join(', ')}], Resource: '*' }
`

function fileOf(text: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'dynatom-identities-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const fileName = join(directory, 'identities.yaml')
  writeFileSync(fileName, text)
  return fileName
}

function start(...flags: string[]): DynatomProcess {
  const args = ['--port', '0', '--in-memory', ...flags]
  return new DynatomProcess(args, undefined, { wrapper: ['env', ...environment] })
}

const startWith = (fileName: string, ...flags: string[]): DynatomProcess =>
  start('--auth', 'required', '--identities', fileName, ...flags)

function clientOf(endpoint: string, credentials: typeof rootKey): DynamoDBClient {
  const given = { credentials: { ...credentials }, maxAttempts: 1 }
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', ...given })
  onTestFinished(() => client.destroy())
  return client
}

async function outcomeOf(answer: Promise<unknown>): Promise<string> {
  try {
    await answer
    return 'done'
  } catch (error) {
    const { name, message } = error as Error
    return `${name}: ${message}`
  }
}

const TableName = 'Orders'
const createOrders = new CreateTableCommand({
  TableName,
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
})
const put = (id: string): TransactWriteItem => ({ Put: { TableName, Item: { id: { S: id } } } })
const gone: TransactWriteItem = { Delete: { TableName, Key: { id: { S: 'a' } } } }
const transaction = (...TransactItems: TransactWriteItem[]): TransactWriteItemsCommand =>
  new TransactWriteItemsCommand({ TransactItems })

const refusalOf = (action: string): string =>
  'AccessDeniedException: User: arn:aws:iam::123456789012:user/writer is not authorized to ' +
  `perform: ${action} on resource: arn:aws:dynamodb:us-east-1:123456789012:table/Orders ` +
  'because no identity-based policy allows the ' +
  `${action} action`

test('users do what the file lets them, and what it says later', async () => {
  const fileName = fileOf(identities('dynamodb:PutItem'))
  const server = startWith(fileName)
  const endpoint = await server.endpoint()
  await clientOf(endpoint, adminKey).send(createOrders)
  const writer = clientOf(endpoint, writerKey)
  expect(await outcomeOf(writer.send(transaction(put('a'), put('b'))))).toBe('done')
  const mixed = transaction(put('c'), gone)
  expect(await outcomeOf(writer.send(mixed))).toBe(refusalOf('dynamodb:DeleteItem'))
  const get = new GetItemCommand({ TableName, Key: { id: { S: 'c' } } })
  expect((await clientOf(endpoint, rootKey).send(get)).Item).toBeUndefined()

  writeFileSync(fileName, identities('dynamodb:PutItem', 'dynamodb:DeleteItem'))
  await expect.poll(() => outcomeOf(writer.send(mixed)), { timeout: 5000 }).toBe('done')
  writeFileSync(fileName, 'users:\n  writer: { polices: [] }\n')
  await server.seen(/ identities refused, the former stay in force: /)
  expect(await outcomeOf(writer.send(mixed))).toBe('done')
  await server.stop()
  const counts = '2 users, 0 roles, 2 access keys, 0 policies'
  expect(server.stdout).toContain(` identities in force: ${fileName}: ${counts}\n`)
  expect(server.stdout).toContain(
    ` identities refused, the former stay in force: ${fileName}:2:13: A user has no member polices. `,
  )
  expect(server.stdout).toMatch(
    / TransactWriteItems Orders,?\S* [\d.]+ms by WRITER 400 AccessDenied/,
  )
  for (const { secretAccessKey } of [rootKey, writerKey, adminKey]) {
    expect(server.output).not.toContain(secretAccessKey)
  }
})

test.each([
  ['that is broken', 'users: [', /^\S+identities\.yaml:\d+:\d+: [^\n]+\n$/],
  ['with a member that is none', 'user: {}', /^\S+identities\.yaml:1:1: [^\n]+\n$/],
])('a start with a file %s is refused in a sentence', async (_, text, told) => {
  const { code, stdout, stderr } = await startWith(fileOf(text)).ended
  expect(stdout).toBe('')
  expect(stderr).toMatch(told)
  expect(code).toBe(1)
})

test('a start without the file is refused, and without --auth required', async () => {
  const missing = await startWith('/nowhere/identities.yaml').ended
  expect(missing.stderr).toBe('There is no file /nowhere/identities.yaml.\n')
  expect(missing.code).toBe(1)
  const unverified = await start('--identities', fileOf(identities('*'))).ended
  expect(unverified.stderr).toMatch(/^--identities needs --auth required\./)
  expect(unverified.code).toBe(2)
})

test('in process they are an option', async () => {
  const changes: IdentitiesChange[] = []
  const fileName = fileOf(identities('dynamodb:ListTables'))
  const onIdentities = (change: IdentitiesChange): void => void changes.push(change)
  const auth = { rootKey, identities: fileName, onIdentities }
  const database = await createDatabase({ inMemory: true, auth })
  const config = database.clientConfig()
  const client = new DynamoDBClient({ ...config, credentials: { ...writerKey }, maxAttempts: 1 })
  onTestFinished(() => client.destroy())
  expect(await outcomeOf(client.send(new ListTablesCommand({})))).toBe('done')
  expect(await outcomeOf(client.send(createOrders))).toBe(refusalOf('dynamodb:CreateTable'))
  await database.reset()
  expect(await outcomeOf(client.send(createOrders))).toBe(refusalOf('dynamodb:CreateTable'))
  await database.close()
  expect(changes.map(({ kind }) => kind)).toEqual(['loaded', 'loaded'])
  const broken = { rootKey, identities: fileOf('users: [') }
  const opening = createDatabase({ inMemory: true, auth: broken })
  await expect(opening).rejects.toThrow(/identities\.yaml:\d+:\d+: /)
  await expect(opening).rejects.toBeInstanceOf(IdentitiesUnusable)
  const noFile = { rootKey, identities: '' }
  await expect(createDatabase({ inMemory: true, auth: noFile })).rejects.toThrow(
    new TypeError('The identities of auth are the name of a file.'),
  )
})

test('the policy of a table holds in process, where keys are verified', async () => {
  const auth = { rootKey, identities: fileOf(identities('dynamodb:ListTables')) }
  const writerArn = 'arn:aws:iam::123456789012:user/writer'
  const Policy = JSON.stringify({
    Statement: [
      { Effect: 'Allow', Principal: { AWS: writerArn }, Action: 'dynamodb:GetItem', Resource: '*' },
      { Effect: 'Deny', Principal: '*', Action: 'dynamodb:PutItem', Resource: '*' },
    ],
  })
  const ResourceArn = 'arn:aws:dynamodb:us-east-1:123456789012:table/Orders'
  const get = new GetItemCommand({ TableName, Key: { id: { S: 'a' } } })
  const putOne = new PutItemCommand({ TableName, Item: { id: { S: 'a' } } })
  for (const [options, outcomes] of [
    [{ auth }, ['done', /^AccessDeniedException: .* explicit deny in a resource-based policy$/]],
    [{}, ['done', /^done$/]],
  ] as const) {
    const database = await createDatabase({ inMemory: true, ...options })
    const config = database.clientConfig()
    const root = new DynamoDBClient({ ...config, maxAttempts: 1 })
    const writer = new DynamoDBClient({ ...config, credentials: { ...writerKey }, maxAttempts: 1 })
    await root.send(createOrders)
    const { RevisionId } = await root.send(new PutResourcePolicyCommand({ ResourceArn, Policy }))
    expect(RevisionId).toMatch(/^\d+$/)
    expect(await outcomeOf(writer.send(get))).toBe(outcomes[0])
    expect(await outcomeOf(root.send(putOne))).toMatch(outcomes[1])
    root.destroy()
    writer.destroy()
    await database.close()
  }
})
