import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ContentUnusable } from '../contentUnusable.ts'
import { readDefinitions } from './readDefinitions.ts'

const testdata = (name: string): string =>
  fileURLToPath(new URL(`../testdata/${name}`, import.meta.url))
const surroundings = { parameters: {}, region: 'eu-west-1', accountId: '111122223333' }

/** A new directory with files of these texts. */
function directoryOf(files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'dynatom-definitions-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true })
    writeFileSync(join(directory, name), text)
  }
  return directory
}

async function names(path: string, parameters: Readonly<Record<string, string>> = {}) {
  const found = await readDefinitions(path, { ...surroundings, parameters })
  return found.map(({ input }) => input.TableName)
}

async function refusal(path: string): Promise<string> {
  const error: unknown = await readDefinitions(path, surroundings).catch(
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(ContentUnusable)
  return (error as ContentUnusable).message.replaceAll(path, 'FILE')
}

const key = { AttributeDefinitions: [], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] }
const stack = (name: string): string =>
  JSON.stringify({
    Resources: { T: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: name } } },
  })

describe('readDefinitions', () => {
  test('reads a template', async () => {
    expect(await names(testdata('template.yaml'), { Stage: 'prod' })).toContain('prod-orders')
  })

  test('reads a serverless.yml with its variables and the files that it names', async () => {
    const [orders, shops, ...others] = await readDefinitions(
      testdata('serverless.yml'),
      surroundings,
    )
    expect(others).toEqual([])
    expect(orders?.input).toMatchObject({
      TableName: 'shop-orders-dev-v1-none',
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
    })
    expect(shops?.input.TableName).toBe('shops-eu-west-1-dev')
    expect(await names(testdata('serverless.yml'), { stage: 'prod', suffix: 'v2' })).toEqual([
      'shop-orders-prod-v2-none',
      'shops-eu-west-1-prod',
    ])
  })

  test('reads a model of NoSQL Workbench', async () => {
    const [orders, shops] = await readDefinitions(testdata('model.json'), surroundings)
    expect(orders?.items).toHaveLength(2)
    expect(orders?.input).toEqual({
      TableName: 'Orders',
      KeySchema: [
        { AttributeName: 'shop', KeyType: 'HASH' },
        { AttributeName: 'number', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'shop', AttributeType: 'S' },
        { AttributeName: 'number', AttributeType: 'N' },
        { AttributeName: 'day', AttributeType: 'S' },
      ],
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: { ReadCapacityUnits: 3, WriteCapacityUnits: 4 },
      GlobalSecondaryIndexes: [
        {
          IndexName: 'ByDay',
          KeySchema: [{ AttributeName: 'day', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['paid'] },
          ProvisionedThroughput: { ReadCapacityUnits: 3, WriteCapacityUnits: 4 },
        },
      ],
    })
    expect(shops?.input).toMatchObject({ TableName: 'Shops', BillingMode: 'PAY_PER_REQUEST' })
  })

  test('reads inputs of CreateTable, one or several', async () => {
    const directory = directoryOf({
      'one.json': JSON.stringify({ TableName: 'One', ...key }),
      'two.yaml': '- { TableName: A, KeySchema: [] }\n- { TableName: B, KeySchema: [] }\n',
    })
    expect(await names(join(directory, 'one.json'))).toEqual(['One'])
    expect(await names(join(directory, 'two.yaml'))).toEqual(['A', 'B'])
  })

  test('reads the stacks that cdk synth has written, those of stages too', async () => {
    const output = directoryOf({
      'manifest.json': '{}',
      'tree.json': '{}',
      'Shop.assets.json': '{}',
      'Shop.template.json': stack('shop'),
      'assembly-Prod/manifest.json': '{}',
      'assembly-Prod/Prod.template.json': stack('prod'),
    })
    expect(await names(output)).toEqual(['shop', 'prod'].sort((a, b) => (a < b ? 1 : -1)))
  })

  test('says what is wrong with a file', async () => {
    const directory = directoryOf({
      'list.json': '[1]',
      'text.yaml': 'just text',
      'broken.yaml': 'a: [1',
      'empty.yaml': 'Resources: {}',
      'cdk/x.template.json': '{"Resources": {}}',
      'circle.yml':
        'service: a\nprovider: {name: aws}\ncustom: {a: "${self:custom.b}", b: "${self:custom.a}"}\n' +
        'resources: {x: "${self:custom.a}"}\n',
    })
    const at = (name: string): Promise<string> => refusal(join(directory, name))
    const stranger =
      'FILE: it is no template, no serverless.yml, no model of NoSQL Workbench and no input of CreateTable.'
    expect(await at('list.json')).toBe(stranger)
    expect(await at('text.yaml')).toBe(stranger)
    expect(await at('broken.yaml')).toMatch(/^FILE:1:6: Flow sequence /)
    expect(await at('empty.yaml')).toBe('FILE: it has no table.')
    expect(await at('cdk')).toBe('FILE: no template in it has a table.')
    expect(await at('circle.yml')).toBe('FILE: its variables lead to each other.')
    expect(await at('absent.yaml')).toBe('FILE: there is no such file.')
  })
})
