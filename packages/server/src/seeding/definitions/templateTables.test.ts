import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { ContentUnusable } from '../contentUnusable.ts'
import type { DefinedTable } from '../definedTable.ts'
import { parseStructured } from '../parseStructured.ts'
import type { JsonRecord } from '../records.ts'
import { tablesOfTemplate } from './templateTables.ts'

const source = fileURLToPath(new URL('../testdata/template.yaml', import.meta.url))
const template = parseStructured(readFileSync(source, 'utf8'), source) as JsonRecord

function tables(
  given: JsonRecord = template,
  parameters: Readonly<Record<string, string>> = {},
  region = 'eu-west-1',
): readonly DefinedTable[] {
  return tablesOfTemplate(given, {
    source: 'template.yaml',
    parameters,
    region,
    accountId: '111122223333',
  })
}

const table = (properties: JsonRecord, others: JsonRecord = {}): JsonRecord => ({
  ...others,
  Resources: { Orders: { Type: 'AWS::DynamoDB::Table', Properties: properties } },
})

const refusal = (given: JsonRecord): string => {
  try {
    tables(given)
  } catch (error) {
    if (error instanceof ContentUnusable) return error.message
    throw error
  }
  throw new Error('not refused')
}

describe('a template', () => {
  test('gives the input of CreateTable, with its functions worked out', () => {
    const [orders] = tables()
    expect(orders).toEqual({
      timeToLive: 'expires',
      input: {
        TableName: 'dev-orders',
        AttributeDefinitions: [
          { AttributeName: 'id', AttributeType: 'S' },
          { AttributeName: 'day', AttributeType: 'N' },
        ],
        KeySchema: [
          { AttributeName: 'id', KeyType: 'HASH' },
          { AttributeName: 'day', KeyType: 'RANGE' },
        ],
        ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 6 },
        GlobalSecondaryIndexes: [
          {
            IndexName: 'ByDay',
            KeySchema: [{ AttributeName: 'day', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
            ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
          },
        ],
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
        Tags: [
          { Key: 'stage', Value: 'dev' },
          {
            Key: 'arn',
            Value: 'eu-west-1:arn:aws:dynamodb:eu-west-1:111122223333:table/CustomersTable',
          },
        ],
      },
    })
  })

  test('has the tables of SAM, and global ones as their replica here has them', () => {
    const [, customers, plain, everywhere, ...others] = tables()
    expect(others).toEqual([])
    expect(customers?.input).toEqual({
      TableName: 'CustomersTable',
      AttributeDefinitions: [{ AttributeName: 'number', AttributeType: 'N' }],
      KeySchema: [{ AttributeName: 'number', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      Tags: [{ Key: 'owner', Value: 'shop' }],
    })
    expect(plain?.input).toMatchObject({
      TableName: 'Plain',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    })
    expect(everywhere?.input).toEqual({
      TableName: 'everywhere-b',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'B' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      TableClass: 'STANDARD_INFREQUENT_ACCESS',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    })
    expect(tables(template, {}, 'us-east-1')[3]?.input).toMatchObject({
      DeletionProtectionEnabled: false,
    })
  })

  test('goes by the parameters that are given', () => {
    const found = tables(template, { Stage: 'prod' })
    expect(found.map(({ input }) => input.TableName)).toEqual([
      'prod-orders',
      'CustomersTable',
      'Plain',
    ])
    expect(found[0]?.input).toMatchObject({
      DeletionProtectionEnabled: true,
      ProvisionedThroughput: { ReadCapacityUnits: 50, WriteCapacityUnits: 60 },
    })
  })

  test('of a table with throughput in its replicas gives it to the table and its indexes', () => {
    const [found] = tables({
      Resources: {
        T: {
          Type: 'AWS::DynamoDB::GlobalTable',
          Properties: {
            WriteProvisionedThroughputSettings: {
              WriteCapacityAutoScalingSettings: { MinCapacity: 2, MaxCapacity: 9, SeedCapacity: 3 },
            },
            GlobalSecondaryIndexes: [{ IndexName: 'i' }],
            Replicas: [
              {
                Region: 'us-west-2',
                ReadProvisionedThroughputSettings: { ReadCapacityUnits: 7 },
                GlobalSecondaryIndexes: [
                  {
                    IndexName: 'i',
                    ReadProvisionedThroughputSettings: { ReadCapacityUnits: '8' },
                  },
                ],
              },
            ],
          },
        },
      },
    })
    expect(found?.input).toEqual({
      TableName: 'T',
      ProvisionedThroughput: { ReadCapacityUnits: 7, WriteCapacityUnits: 3 },
      GlobalSecondaryIndexes: [
        { IndexName: 'i', ProvisionedThroughput: { ReadCapacityUnits: 8, WriteCapacityUnits: 1 } },
      ],
    })
  })

  test.each<[string, JsonRecord, unknown]>([
    [
      'Fn::Sub with values',
      { 'Fn::Sub': ['${A}-${!B}-${AWS::Partition}', { A: 1 }] },
      '1-${B}-aws',
    ],
    ['Fn::Sub of an attribute', { 'Fn::Sub': '${Orders.Arn}' }, undefined],
    ['Fn::Base64', { 'Fn::Base64': 'orders' }, 'b3JkZXJz'],
    [
      'Fn::FindInMap with a default',
      { 'Fn::FindInMap': ['M', 'a', 'b', { DefaultValue: 'c' }] },
      'c',
    ],
    ['Fn::If', { 'Fn::If': [{ 'Fn::Equals': ['a', 'b'] }, 'yes', 'no'] }, 'no'],
    ['Ref of a parameter that is not declared', { Ref: 'Given' }, 'by hand'],
  ])('works out %s', (_, TableName, expected) => {
    if (expected === undefined) return expect(refusal(table({ TableName }))).toContain('nested')
    const [found] = tables(table({ TableName }), { Given: 'by hand' })
    expect(found?.input.TableName).toBe(expected)
  })
})

describe('is refused that needs', () => {
  const at = 'template.yaml: Resources.Orders.Properties.TableName:'
  test.each<[string, JsonRecord, string]>([
    [
      'a parameter',
      table({ TableName: { Ref: 'S' } }, { Parameters: { S: {} } }),
      'the parameter "S" has no value.',
    ],
    ['a name', table({ TableName: { Ref: 'Nowhere' } }), 'there is no "Nowhere".'],
    [
      'another stack',
      table({ TableName: { 'Fn::ImportValue': 'x' } }),
      'Fn::ImportValue needs a stack.',
    ],
    [
      'an attribute',
      table({ TableName: { 'Fn::GetAtt': ['Orders', 'StreamArn'] } }),
      'Orders.StreamArn needs a stack.',
    ],
    ['a condition', table({ TableName: { 'Fn::If': ['C', 1, 2] } }), 'there is no condition "C".'],
    [
      'a mapping',
      table({ TableName: { 'Fn::FindInMap': ['M', 'a', 'b'] } }),
      'there is no M.a.b in Mappings.',
    ],
    ['more', table({ TableName: { 'Fn::Select': [2, ['a']] } }), 'a list is needed here.'],
    ['itself', table({ TableName: { Ref: 'Orders' } }), 'functions are nested too deeply.'],
  ])('%s', (_, given, reason) => {
    const { message } = { message: refusal(given) }
    expect(message.startsWith(at.slice(0, -1))).toBe(true)
    expect(message.endsWith(`: ${reason}`)).toBe(true)
  })
})
