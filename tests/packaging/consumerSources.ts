/*
 * The files of a program that uses the package: as CommonJS in Jest, as TypeScript in ts-jest, and types
 * under every way in which TypeScript looks for a package.
 */

const commonJsTest = `
const { mkdtempSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { createDatabase, StoreUnavailable } = require('dynatom')
const {
  CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand, ResourceNotFoundException,
} = require('@aws-sdk/client-dynamodb')

let dataDirectory, database
beforeAll(async () => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'dynatom-consumer-'))
  database = await createDatabase({ dataDirectory })
})
afterAll(async () => {
  await database.close()
  rmSync(dataDirectory, { recursive: true })
})

test('an item is written and read', async () => {
  const client = new DynamoDBClient(database.clientConfig())
  await client.send(new CreateTableCommand({
    TableName: 'Orders',
    AttributeDefinitions: [{ AttributeName: 'OrderID', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'OrderID', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  }))
  const Item = { OrderID: { S: '1001' }, Note: { B: new Uint8Array([0, 255]) } }
  await client.send(new PutItemCommand({ TableName: 'Orders', Item }))
  const Key = { OrderID: Item.OrderID }
  expect((await client.send(new GetItemCommand({ TableName: 'Orders', Key }))).Item).toEqual(Item)
  const absent = client.send(new GetItemCommand({ TableName: 'Absent', Key }))
  await expect(absent).rejects.toBeInstanceOf(ResourceNotFoundException)
})

test('a directory that is in use is StoreUnavailable', async () => {
  await expect(createDatabase({ dataDirectory })).rejects.toBeInstanceOf(StoreUnavailable)
})

test('it listens', async () => {
  const { endpoint } = await database.listen({ port: 0 })
  expect((await fetch(endpoint)).status).toBe(200)
})
`

/** The same text is CommonJS or a module by the name of its file. */
const typedUse = `
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { createDatabase, StoreUnavailable, type Database, type DatabaseOptions } from 'dynatom'

export async function tableNames(options: DatabaseOptions): Promise<readonly string[]> {
  await using database: Database = await createDatabase(options)
  const client = new DynamoDBClient(database.clientConfig())
  return (await client.send(new ListTablesCommand({}))).TableNames ?? []
}

export async function firstInserted(
  database: Database,
): Promise<Record<string, AttributeValue> | undefined> {
  for await (const { eventName, dynamodb } of database.changes('Orders', { from: 'start' })) {
    if (eventName === 'INSERT') return dynamodb.NewImage
  }
  return undefined
}

export const reasonOf = (error: unknown): string | undefined =>
  error instanceof StoreUnavailable ? error.message : undefined

// @ts-expect-error: there is no such option, and the types know.
export const misspelt: DatabaseOptions = { inmemory: true }
`

/** What the kits for test runners promise. */
const kitUse = `
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createTestDatabase, type LabDatabase, type TestDatabaseOptions } from 'dynatom'
import { newDatabase, type RunDatabase, type RunOptions } from 'dynatom/jest'

export const options: RunOptions & TestDatabaseOptions = {
  tables: 'template.yaml',
  seed: [{ a: [{ b: 1 }] }],
}

export async function clientOfTest(): Promise<DynamoDBClient> {
  await using database: RunDatabase = newDatabase()
  await database.lab.database.reset()
  return new DynamoDBClient(database.clientConfig())
}

export async function namesOf(): Promise<readonly string[]> {
  await using database: LabDatabase = await createTestDatabase()
  const namespace: LabDatabase = await database.namespace('one')
  await namespace.lab.database.reset()
  return database.namespaces()
}

// @ts-expect-error: such a database is in memory.
export const misspelt: TestDatabaseOptions = { dataDirectory: 'x' }
`

const vitestUse = `
import { dynatom } from 'dynatom/vitest'
import { defineConfig } from 'vitest/config'
import { options } from './kitUse.mjs'

export default defineConfig({ plugins: [dynatom(options)] })
`

const typedTest = `
import { expect, test } from '@jest/globals'
import { reasonOf, tableNames } from './typedUse'

test('what the types promise is there', async () => {
  expect(await tableNames({ inMemory: true })).toEqual([])
  const reason = await tableNames({ dataDirectory: '/dev/null' }).catch(reasonOf)
  expect(reason).toMatch(/^\\S.*\\.$/)
})
`

const jestConfig = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/*.test.js', '<rootDir>/*.test.ts'],
  transform: { '\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.node10.json' }] },
}

/** The ways to find a package, each with the settings that have it and the file that it checks. */
const resolutions = {
  node10: { module: 'commonjs', moduleResolution: 'node10', files: ['typedUse.ts'] },
  node16: { module: 'node16', moduleResolution: 'node16', files: ['typedUse.ts'] },
  'node16 modules': { module: 'node16', moduleResolution: 'node16', files: ['typedModule.mts'] },
  bundler: { module: 'esnext', moduleResolution: 'bundler', files: ['typedUse.ts'] },
} as const

type ResolutionName = keyof typeof resolutions
export const resolutionNames = Object.keys(resolutions) as ResolutionName[]

/** What uses the kits of a package that has them. */
const kitFiles: Readonly<Record<ResolutionName, readonly string[]>> = {
  node10: [],
  node16: ['kitUse.cts'],
  'node16 modules': ['kitUse.mts', 'kitConfig.mts'],
  bundler: ['kitUse.mts'],
}

export const configName = (name: string): string => `tsconfig.${name.replaceAll(' ', '-')}.json`

const compilerOptions = {
  target: 'es2022',
  lib: ['es2022', 'esnext.disposable'],
  types: ['node'],
  strict: true,
  noEmit: true,
  esModuleInterop: true,
}

/** The settings of TypeScript for one of the ways, for its own files and others. */
export function configText(name: ResolutionName, others: readonly string[] = []): string {
  const { files, ...resolution } = resolutions[name]
  return JSON.stringify({
    compilerOptions: { ...compilerOptions, ...resolution },
    files: [...files, ...others],
  })
}

/** File names with their text. */
export const consumerSources: Readonly<Record<string, string>> = {
  'orders.test.js': commonJsTest,
  'typedUse.ts': typedUse,
  'typedModule.mts': typedUse,
  'kitUse.cts': kitUse,
  'kitUse.mts': kitUse,
  'kitConfig.mts': vitestUse,
  'typed.test.ts': typedTest,
  'jest.config.json': JSON.stringify(jestConfig),
  ...Object.fromEntries(
    resolutionNames.map((name) => [configName(name), configText(name, kitFiles[name])]),
  ),
}
