import type { TableRecord } from '../schema/tableRecord.ts'

/** What the records of plain tables have in common: on demand, one partition key, no indexes. */
export const plainRecord: Omit<TableRecord, 'tableName' | 'tableNumber'> = {
  tableId: '00000000-0000-4000-8000-000000000001',
  creationDateTimeMs: 1_700_000_000_123,
  status: 'ACTIVE',
  attributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  keySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  billingMode: 'PAY_PER_REQUEST',
  throughput: { readCapacityUnits: 0, writeCapacityUnits: 0, decreasesThatDay: 0 },
  localSecondaryIndexes: [],
  globalSecondaryIndexes: [],
  deletionProtectionEnabled: false,
  tags: [],
}
