import { expect, onTestFinished, test } from 'vitest'
import type { AuditRecord } from '../http/auditRecord.ts'
import { createDatabase, type RequestLog } from './createDatabase.ts'

const table = {
  TableName: 'Orders',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
}
const authorization =
  'AWS4-HMAC-SHA256 Credential=k/20260102/us-east-1/dynamodb/aws4_request, ' +
  'SignedHeaders=host, Signature=s'

test('a lost answer is logged, and a change of tables is on record though nobody is told', async () => {
  const logs: RequestLog[] = []
  const audit: AuditRecord[] = []
  const database = await createDatabase({
    inMemory: true,
    lab: true,
    onRequest: (log) => logs.push(log),
    onAudit: (record) => audit.push(record),
  })
  onTestFinished(() => database.close())
  const { requestHandler } = database.clientConfig()
  const create = async (when: 'before' | 'after', TableName: string): Promise<unknown> => {
    await database.lab.faults.add({ next: 1, when, connection: 'reset' })
    const request = {
      method: 'POST',
      path: '/',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'DynamoDB_20120810.CreateTable',
        'x-amz-date': '20260102T030405Z',
        authorization,
      },
      body: JSON.stringify({ ...table, TableName }),
    }
    return requestHandler.handle(request).catch((error: unknown) => error)
  }
  expect(await create('before', 'Lost')).toMatchObject({ code: 'ECONNRESET' })
  expect(await create('after', 'Made')).toMatchObject({ code: 'ECONNRESET' })
  expect(logs).toMatchObject([
    { operation: 'CreateTable', tableName: 'Lost', errorName: 'ConnectionReset' },
    { operation: 'CreateTable', tableName: 'Made', errorName: 'ConnectionReset' },
  ])
  expect(audit).toMatchObject([{ outcome: 'changed', tableName: 'Made' }])
})
