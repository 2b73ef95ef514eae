import { expect, test } from 'vitest'
import { createDatabase } from './createDatabase.ts'
import { warningsOfNotices } from './noticeWarnings.ts'

const sentenceFor = (tableName: string): string =>
  `Table ${tableName} was given a stream, but streams are not available in Dynatom yet: the table ` +
  'describes one, and no change is recorded. Said once for all tables.'

test('each kind is told once', () => {
  const told: string[] = []
  const notify = warningsOfNotices((message) => told.push(message))
  for (const tableName of ['A', 'B']) notify({ kind: 'streamWithoutRecords', tableName })
  expect(told).toEqual([sentenceFor('A')])
})

test('a database warns of a stream that a table is given, and of nothing else', async () => {
  const told: string[] = []
  const database = await createDatabase({ inMemory: true, onWarning: (text) => told.push(text) })
  const { requestHandler } = database.clientConfig()
  const call = async (operation: string, request: object): Promise<number> => {
    const { response } = await requestHandler.handle({
      method: 'POST',
      path: '/',
      query: {},
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDB_20120810.${operation}`,
        'x-amz-date': '20300101T000000Z',
        authorization:
          'AWS4-HMAC-SHA256 Credential=a/20300101/us-east-1/dynamodb/aws4_request, ' +
          'SignedHeaders=host, Signature=b',
      },
      body: JSON.stringify(request),
    })
    return response.statusCode
  }
  const table = (TableName: string, StreamSpecification?: object) => ({
    TableName,
    StreamSpecification,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'a', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'a', KeyType: 'HASH' }],
  })
  const enabled = { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' }
  expect(await call('CreateTable', table('Plain'))).toBe(200)
  expect(await call('CreateTable', table('Disabled', { StreamEnabled: false }))).toBe(200)
  expect(await call('CreateTable', table('Plain', enabled))).toBe(400)
  expect(told).toEqual([])
  const update = { TableName: 'Plain', StreamSpecification: enabled }
  expect(await call('UpdateTable', update)).toBe(200)
  expect(await call('CreateTable', table('Streamed', enabled))).toBe(200)
  expect(told).toEqual([sentenceFor('Plain')])
  await database.close()
})
