/* The files of projects whose runners have the kits of the package. */

const table = `{
  TableName: 'files',
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
}`

/** A jest-dynamodb-config.js in each of its forms; PORT stands for a free one. */
export const dropIns: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  object: {
    'jest-dynamodb-config.js': `module.exports = { tables: [${table}], port: PORT }`,
  },
  function: {
    'jest-dynamodb-config.js': `module.exports = async () => {
      await new Promise((resolve) => setTimeout(resolve, 10))
      return { tables: [${table}], port: PORT, options: ['-sharedDb'], clientConfig: { region: 'local-env' } }
    }`,
  },
  module: {
    'elsewhere.js': `module.exports = import('./configuration.mjs').then((each) => each.default)`,
    'configuration.mjs': `export default { tables: [${table}], port: PORT, hostname: '127.0.0.1' }`,
  },
  elsewhere: { 'elsewhere.js': `module.exports = { tables: [${table}], port: PORT }` },
}

/** Clients with keys and an address of their own, as the drop-in finds them. */
export const dropInTest = `
const { DynamoDB } = require('@aws-sdk/client-dynamodb')
const client = new DynamoDB({
  endpoint: 'http://127.0.0.1:PORT',
  region: 'local-env',
  credentials: { accessKeyId: 'fakeMyKeyId', secretAccessKey: 'fakeSecretAccessKey' },
})
const item = { id: { S: '1' }, hello: { S: 'world' } }

test('the table of the configuration takes items', async () => {
  await client.putItem({ TableName: 'files', Item: item })
})

test('which stay', async () => {
  expect((await client.getItem({ TableName: 'files', Key: { id: { S: '1' } } })).Item).toEqual(item)
  client.destroy()
})
`

/** A file whose tests would see what those of others write into the same table. */
const crowdedTest = (scope: 'file' | 'test', name: string): string => `
const client = new DynamoDB()
const seen = async () => (await client.scan({ TableName: 'files' })).Items.map(({ id }) => id.S).sort()
const put = (id) => client.putItem({ TableName: 'files', Item: { id: { S: id } } })

test('begins empty', async () => {
  expect(await seen()).toEqual([])
  await put('${name}')
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(await seen()).toEqual(['${name}'])
})

test('goes on, or begins anew', async () => {
  expect(await seen()).toEqual(${scope === 'file' ? `['${name}']` : '[]'})
  await put('${name}2')
})
`

const names = ['a', 'b', 'c', 'd']

export const vitestFiles = (scope: 'file' | 'test'): Readonly<Record<string, string>> => ({
  'vitest.config.mjs': `
import { dynatom } from 'dynatom/vitest'
import { defineConfig } from 'vitest/config'
export default defineConfig({
  plugins: [dynatom({ tables: [${table}], scope: '${scope}' })],
  test: { maxWorkers: 4 },
})
`,
  ...Object.fromEntries(
    names.map((name) => [
      `${name}.test.mjs`,
      `import { DynamoDB } from '@aws-sdk/client-dynamodb'
import { expect, test } from 'vitest'
${crowdedTest(scope, name)}`,
    ]),
  ),
})

export const jestFiles = (scope: 'file' | 'test'): Readonly<Record<string, string>> => ({
  'jest.config.cjs': `module.exports = {
  preset: 'dynatom/jest',
  globals: { dynatom: { tables: [${table}], scope: '${scope}' } },
}
`,
  ...Object.fromEntries(
    names.map((name) => [
      `${name}.test.js`,
      `const { DynamoDB } = require('@aws-sdk/client-dynamodb')
${crowdedTest(scope, name)}`,
    ]),
  ),
})
