import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parseCommandLine } from '../commandLine.ts'
import { flags } from '../flags.ts'
import { OperatorError } from '../operatorError.ts'
import { defaultSettings, type ServerSettings } from '../settings.ts'
import { settingsInForce, type SettingsInForce } from '../settingsInForce.ts'
import { findConfiguration } from './findConfiguration.ts'
import { printedConfiguration } from './printedConfiguration.ts'
import { readConfiguration } from './readConfiguration.ts'

const directory = mkdtempSync(join(tmpdir(), 'dynatom-configuration-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))
const fileName = join(directory, 'test.config')

async function inForce(text: string, ...args: string[]): Promise<SettingsInForce> {
  writeFileSync(fileName, text)
  const command = parseCommandLine(args)
  if (command.kind !== 'start') throw new Error(`not a start but ${command.kind}`)
  return settingsInForce(command.asked, await readConfiguration(fileName))
}

async function changed(text: string, ...args: string[]): Promise<Partial<ServerSettings>> {
  const entries = Object.entries((await inForce(text, ...args)).settings)
  return Object.fromEntries(
    entries.filter(([name, value]) => defaultSettings[name as keyof ServerSettings] !== value),
  )
}

async function refusal(text: string, ...args: string[]): Promise<string> {
  const error: unknown = await inForce(text, ...args).catch((each: unknown) => each)
  if (!(error instanceof OperatorError)) throw new Error(`not refused: ${String(error)}`)
  expect(error.exitCode).toBe(2)
  return error.message.replace(fileName, 'FILE')
}

describe('a configuration file', () => {
  test.each<[string, Partial<ServerSettings>]>([
    ['{}', {}],
    ['# nothing yet\n', {}],
    ['{"$schema": "./schema.json"}', {}],
    ['{"port": 9000}', { port: 9000 }],
    ['{"port": 9e3}', { port: 9000 }],
    ['port: 9000\nregion: eu-west-1\n', { port: 9000, region: 'eu-west-1' }],
    ['{"host": "::,10.0.0.1"}', { hosts: ['::', '10.0.0.1'] }],
    ['host:\n  - "::"\n  - 10.0.0.1\n', { hosts: ['::', '10.0.0.1'] }],
    ['accountId: 000000000012', { accountId: '000000000012' }],
    ['{"inMemory": true, "skipStoreVerification": false}', { inMemory: true }],
    ['enforceThroughput: true', { enforceThroughput: true }],
    ['{"inMemory": false, "dataDir": "d"}', { dataDirectory: 'd' }],
    ['{"streamShardHours": 0.5}', { streamShardHours: 0.5 }],
    ['{"metrics": false}', { metrics: false }],
    ['metrics: off', { metrics: false }],
    ['{"metrics": true, "auth": "required"}', { auth: 'required' }],
    ['{"log": "json"}', { log: 'json' }],
    ['{"maxOpenReads": 7}', { limits: { ...defaultSettings.limits, maxOpenReads: 7 } }],
  ])('%s', async (text, expected) => {
    expect(await changed(text)).toEqual(expected)
  })

  test.each<[string, string[], Partial<ServerSettings>]>([
    ['{"port": 1, "region": "eu-west-1"}', ['--port', '2'], { port: 2, region: 'eu-west-1' }],
    ['{"dataDir": "d"}', ['--in-memory'], { inMemory: true }],
    ['{"inMemory": true}', ['--data-dir', 'd'], { dataDirectory: 'd' }],
    ['{"metrics": false}', ['--metrics', 'on'], {}],
    [
      '{"maxBodyBytes": 1000}',
      ['--max-buffered-bytes', '1000'],
      { limits: { ...defaultSettings.limits, maxBodyBytes: 1000, maxBufferedBytes: 1000 } },
    ],
  ])('%s gives way to %j', async (text, args, expected) => {
    expect(await changed(text, ...args)).toEqual(expected)
  })

  test.each([
    ['{"prot": 1}', 'FILE:1:2: The configuration has no member prot. Did you mean port?'],
    ['\ndata-dir: d', 'FILE:2:1: The configuration has no member data-dir. Did you mean dataDir?'],
    ['config: x', 'FILE:1:1: The configuration has no member config.'],
    ['cors: x', 'FILE:1:1: The configuration has no member cors.'],
    ['[]', 'FILE:1:1: The configuration must be an object.'],
    ['{\n "port": 65536}', 'FILE:2:2: "65536" is not a port: port takes a number from 0 to 65535.'],
    ['{"port": "8000"}', 'FILE:1:2: port takes a number, without quotes.'],
    ['{"port": null}', 'FILE:1:2: port takes a number, without quotes.'],
    ['{"port": [1]}', 'FILE:1:2: port takes a number, without quotes.'],
    ['{"inMemory": "true"}', 'FILE:1:2: inMemory takes true or false, without quotes.'],
    ['{"metrics": "yes"}', 'FILE:1:2: metrics takes true or false, without quotes.'],
    ['{"dataDir": null}', 'FILE:1:2: dataDir takes a text.'],
    ['dataDir:', 'FILE:1:1: dataDir needs a value.'],
    ['{"dataDir": ["d"]}', 'FILE:1:2: dataDir takes a text.'],
    ['{"host": []}', 'FILE:1:2: host needs an address.'],
    ['{"host": [["a"]]}', 'FILE:1:11: host takes a text.'],
    ['log: xml', 'FILE:1:1: "xml" is not a value of log: it takes text, json, silent.'],
    [
      '{"maxConnections": 0.5}',
      'FILE:1:2: "0.5" is not a value of maxConnections: it takes a whole number from 1 to 1000000.',
    ],
    ['{"region": "EU west"}', 'FILE:1:2: "EU west" is not a Region name.'],
    ['dataDir: d\ninMemory: true', 'FILE:2:1: inMemory and dataDir exclude each other.'],
    ['engine: e\ndataDir: d', 'FILE:2:1: dataDir and engine exclude each other.'],
    ['{"maxBufferedBytes": 1000}', 'FILE:1:2: maxBufferedBytes must be at least maxBodyBytes.'],
  ])('%j is refused', async (text, message) => {
    expect(await refusal(text)).toBe(message)
  })

  test.each(['{"port": 1', 'port: 1\nport: 2', 'port: *x'])(
    '%j is refused with its place',
    async (text) => {
      expect(await refusal(text)).toMatch(/^FILE:[12]:\d+: [^\n]+\.$/)
    },
  )

  test('that is not there is refused', async () => {
    await expect(readConfiguration(join(directory, 'absent.json'))).rejects.toThrow(
      new OperatorError(`There is no file ${join(directory, 'absent.json')}.`, 2),
    )
    await expect(readConfiguration(directory)).rejects.toThrow(`${directory} is a directory.`)
  })
})

describe('in the working directory', () => {
  test('one is found by its name, and two are a mistake', () => {
    const place = mkdtempSync(join(directory, 'found-'))
    expect(findConfiguration(place)).toBeUndefined()
    writeFileSync(join(place, 'dynatom.config.yml'), '')
    expect(findConfiguration(place)).toBe('dynatom.config.yml')
    writeFileSync(join(place, 'dynatom.config.json'), '')
    expect(() => findConfiguration(place)).toThrow(
      new OperatorError(
        'There are dynatom.config.json and dynatom.config.yml: leave one, or say which with --config.',
        2,
      ),
    )
  })
})

describe('what is printed', () => {
  const text = 'port: 9000\nhost: ["::", 10.0.0.1]\nmetrics: off\nmaxOpenReads: 7\nauth: required\n'
  const args = ['--region', 'eu-west-1', '-inMemory']

  test('says where each value comes from, without secrets', async () => {
    const environment = { DYNATOM_ACCESS_KEY_ID: 'root', DYNATOM_SECRET_ACCESS_KEY: 'very-secret' }
    const printed = printedConfiguration(await inForce(text, ...args), environment)
    expect(printed).not.toContain('very-secret')
    const value = JSON.parse(printed) as { $from: object }
    expect(value).toMatchObject({
      port: 9000,
      host: ['::', '10.0.0.1'],
      inMemory: true,
      region: 'eu-west-1',
      metrics: false,
      maxOpenReads: 7,
      $environment: { DYNATOM_ACCESS_KEY_ID: 'root', DYNATOM_SECRET_ACCESS_KEY: '********' },
    })
    expect(value.$from).toMatchObject({
      port: `${fileName}:1:1`,
      host: `${fileName}:2:1`,
      region: '--region',
      inMemory: '--in-memory',
      ttlDelay: 'default',
    })
    expect(value).not.toHaveProperty('accountId')
    expect(value).not.toHaveProperty('dataDir')
  })

  test.each(['{}', text, 'skipStoreVerification: true\naccountId: 000000000012'])(
    'is a configuration that says the same: %j',
    async (before) => {
      const first = await inForce(before)
      const again = await inForce(printedConfiguration(first, {}))
      expect(again.settings).toEqual(first.settings)
    },
  )

  test('has every flag that a file may have', async () => {
    const told = flags.filter(
      ({ help, inForce: shown }) => help !== undefined && shown === undefined,
    )
    expect(told.flatMap(({ names }) => names)).toEqual([])
  })
})
