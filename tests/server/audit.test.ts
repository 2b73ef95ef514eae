import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb'
import { expect, onTestFinished, test } from 'vitest'
import { DynatomProcess } from '../means/dynatomProcess.ts'

const environment = ['DYNATOM_ACCESS_KEY_ID=ROOT', 'DYNATOM_SECRET_ACCESS_KEY=secret-of-the-root']
const keys = {
  ROOT: { accessKeyId: 'ROOT', secretAccessKey: 'secret-of-the-root' },
  WRITER: { accessKeyId: 'WRITER', secretAccessKey: 'secret-of-the-writer' },
  STRANGER: { accessKeyId: 'STRANGER', secretAccessKey: 'secret-of-nobody' },
}
const arn = 'arn:aws:dynamodb:us-east-1:123456789012:table/Orders'
const identities = {
  users: {
    writer: {
      accessKeys: [keys.WRITER],
      policies: ['Writes'],
    },
  },
  policies: {
    Writes: {
      Version: '2012-10-17',
      Statement: [
        { Sid: 'Puts', Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: arn },
        { Sid: 'Gone', Effect: 'Deny', Action: 'dynamodb:Delete*', Resource: arn },
      ],
    },
  },
}

const TableName = 'Orders'
const id = { S: 'a' }
const createOrders = new CreateTableCommand({
  TableName,
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
})

test('each refused request and each change of tables has a line, and nothing else has', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'dynatom-audit-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const [file, audit] = [join(directory, 'identities.json'), join(directory, 'audit.jsonl')]
  writeFileSync(file, JSON.stringify(identities))
  const server = new DynatomProcess(
    ['--port', '0', '--in-memory', '--auth', 'required', '--identities', file, '--audit', audit],
    undefined,
    { wrapper: ['env', ...environment] },
  )
  const endpoint = await server.endpoint()
  const clientOf = (credentials: (typeof keys)['ROOT']): DynamoDBClient => {
    const given = { credentials: { ...credentials }, maxAttempts: 1, customUserAgent: 'audited/1' }
    const client = new DynamoDBClient({ endpoint, region: 'us-east-1', ...given })
    onTestFinished(() => client.destroy())
    return client
  }
  const [root, writer] = [clientOf(keys.ROOT), clientOf(keys.WRITER)]
  await root.send(createOrders)
  await root.send(new DescribeTableCommand({ TableName }))
  await writer.send(new PutItemCommand({ TableName, Item: { id } }))
  const mixed = new TransactWriteItemsCommand({
    TransactItems: [{ Put: { TableName, Item: { id } } }, { Delete: { TableName, Key: { id } } }],
  })
  await expect(writer.send(mixed)).rejects.toThrow('explicit deny')
  await expect(writer.send(new ListTablesCommand({}))).rejects.toThrow('is not authorized')
  await expect(root.send(createOrders)).rejects.toThrow('already exists')
  const stranger = clientOf(keys.STRANGER)
  await expect(stranger.send(new ListTablesCommand({}))).rejects.toThrow('security token')
  await server.stop()

  const text = readFileSync(audit, 'utf8')
  const common = {
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
    requestId: expect.stringMatching(/^[A-Z0-9]{52}$/) as string,
    sourceIp: '127.0.0.1',
    userAgent: expect.stringContaining('audited/1') as string,
  }
  const byWriter = {
    ...common,
    outcome: 'refused',
    principalArn: 'arn:aws:iam::123456789012:user/writer',
    accessKeyId: 'WRITER',
    errorName: 'AccessDeniedException',
  }
  const lines = text.trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
    {
      ...common,
      outcome: 'changed',
      operation: 'CreateTable',
      tableName: 'Orders',
      principalArn: 'arn:aws:iam::123456789012:root',
      accessKeyId: 'ROOT',
      decisions: [
        {
          action: 'dynamodb:CreateTable',
          resource: arn,
          allowed: true,
          by: 'identity-based policy AdministratorAccess, statement 1',
        },
      ],
    },
    {
      ...byWriter,
      operation: 'TransactWriteItems',
      tableName: 'Orders',
      decisions: [
        {
          action: 'dynamodb:PutItem',
          resource: arn,
          allowed: true,
          by: 'identity-based policy Writes, statement 1 (Puts)',
        },
        {
          action: 'dynamodb:DeleteItem',
          resource: arn,
          allowed: false,
          by: 'identity-based policy Writes, statement 2 (Gone)',
        },
      ],
    },
    {
      ...byWriter,
      operation: 'ListTables',
      decisions: [
        {
          action: 'dynamodb:ListTables',
          resource: '*',
          allowed: false,
          by: 'no identity-based policy allows it',
        },
      ],
    },
    {
      ...common,
      outcome: 'refused',
      operation: 'ListTables',
      accessKeyId: 'STRANGER',
      errorName: 'UnrecognizedClientException',
      decisions: [],
    },
  ])
  for (const { secretAccessKey } of Object.values(keys)) expect(text).not.toContain(secretAccessKey)
})

test('a start with a file that cannot be written is refused, and without --auth required', async () => {
  const start = (...flags: string[]): DynatomProcess =>
    new DynatomProcess(['--port', '0', '--in-memory', ...flags], undefined, {
      wrapper: ['env', ...environment],
    })
  const nowhere = await start('--auth', 'required', '--audit', '/nowhere/audit.jsonl').ended
  expect(nowhere.stderr).toBe(
    'The file /nowhere/audit.jsonl of --audit cannot be written (ENOENT).\n',
  )
  expect(nowhere.code).toBe(1)
  const unverified = await start('--audit', 'audit.jsonl').ended
  expect(unverified.stderr).toMatch(/^--audit needs --auth required\./)
  expect(unverified.code).toBe(2)
})
