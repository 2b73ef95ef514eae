import { describe, expect, test } from 'vitest'
import { defaultServerLimits, limitNames } from '../http/serverLimits.ts'
import { helpText, parseCommandLine } from './commandLine.ts'
import { limitFlags } from './limitFlags.ts'
import { OperatorError } from './operatorError.ts'
import { defaultSettings, type ServerSettings } from './settings.ts'
import { settingsInForce } from './settingsInForce.ts'

const settingsOf = (...args: string[]): ServerSettings => {
  const command = parseCommandLine(args)
  if (command.kind !== 'start') throw new Error(`not a start but ${command.kind}`)
  return settingsInForce(command.asked).settings
}
const changed = (...args: string[]): Partial<ServerSettings> => {
  const entries = Object.entries(settingsOf(...args))
  return Object.fromEntries(
    entries.filter(([name, value]) => defaultSettings[name as keyof ServerSettings] !== value),
  )
}
const refusal = (...args: string[]): OperatorError => {
  try {
    const command = parseCommandLine(args)
    if (command.kind === 'start') settingsInForce(command.asked)
  } catch (error) {
    if (error instanceof OperatorError) return error
    throw error
  }
  throw new Error('not refused')
}

describe('parseCommandLine', () => {
  test('nothing means start with the defaults', () => {
    for (const args of [[], ['start']]) expect(settingsOf(...args)).toEqual(defaultSettings)
    expect(defaultSettings).toEqual({
      port: 8000,
      hosts: ['127.0.0.1', '::1'],
      dataDirectory: './dynatom-data',
      inMemory: false,
      engine: undefined,
      region: 'us-east-1',
      tables: [],
      seed: [],
      templateParameters: [],
      accountId: undefined,
      localHealth: false,
      delayTransientStatuses: false,
      enforceThroughput: false,
      ttlDelaySeconds: 2,
      reservedWords: 'refuse',
      validation: undefined,
      transactionConflicts: 'refuse',
      eventualReads: 'leader',
      vectorSearch: 'auto',
      maxJournalBytes: 33_554_432,
      streamShards: 1,
      streamShardHours: 4,
      metrics: true,
      metricsTokenFile: undefined,
      lab: false,
      controlTokenFile: undefined,
      logExplain: false,
      tlsCertFile: undefined,
      tlsKeyFile: undefined,
      verifyStore: 'after-crash',
      auth: 'any',
      identities: undefined,
      audit: undefined,
      log: 'text',
      limits: defaultServerLimits,
    })
  })

  test.each<[string[], Partial<ServerSettings>]>([
    [['--port', '9000'], { port: 9000 }],
    [['--port=0'], { port: 0 }],
    [['start', '--port', '65535'], { port: 65_535 }],
    [['--host', '0.0.0.0'], { hosts: ['0.0.0.0'] }],
    [['--host=::,10.0.0.1'], { hosts: ['::', '10.0.0.1'] }],
    [['--data-dir', '/var/lib/dynatom'], { dataDirectory: '/var/lib/dynatom' }],
    [['--data-dir=a=b'], { dataDirectory: 'a=b' }],
    [['--in-memory'], { inMemory: true }],
    [['--engine', 'postgres://a@b/c'], { engine: 'postgres://a@b/c' }],
    [['--region', 'eu-central-1'], { region: 'eu-central-1' }],
    [['--account-id', '111122223333'], { accountId: '111122223333' }],
    [['--delay-transient-statuses'], { delayTransientStatuses: true }],
    [['--enforce-throughput'], { enforceThroughput: true }],
    [['--ttl-delay', '0'], { ttlDelaySeconds: 0 }],
    [['--reserved-words', 'allow'], { reservedWords: 'allow' }],
    [['--validation', 'newer'], { validation: 'newer' }],
    [['--verify-store', 'always'], { verifyStore: true }],
    [['--verify-store=after-crash'], {}],
    [['--skip-store-verification'], { verifyStore: false }],
    [['--auth', 'required'], { auth: 'required' }],
    [['--auth=required', '--identities', 'i.yaml'], { auth: 'required', identities: 'i.yaml' }],
    [['--auth=required', '--audit', 'a.jsonl'], { auth: 'required', audit: 'a.jsonl' }],
    [['--metrics', 'off'], { metrics: false }],
    [['--metrics', 'off', '--metrics=on'], {}],
    [['--metrics-token-file', 'token.txt'], { metricsTokenFile: 'token.txt' }],
    [['--lab'], { lab: true }],
    [['--log-explain'], { logExplain: true }],
    [['--lab', '--control-token-file', 'f'], { lab: true, controlTokenFile: 'f' }],
    [['--tls-cert', 'c', '--tls-key', 'k'], { tlsCertFile: 'c', tlsKeyFile: 'k' }],
    [['--log', 'json'], { log: 'json' }],
    [['--log=silent'], { log: 'silent' }],
    [['--port', '1', '--port', '2'], { port: 2 }],
    [['--config', 'other.yaml', '--print-config'], {}],
  ])('%j', (args, expected) => {
    expect(changed(...args)).toEqual(expected)
  })

  test('every limit has a flag, which changes it and no other', () => {
    for (const limit of limitNames) {
      const value = Math.min(defaultServerLimits[limit], 16 * 1024 ** 2) - 1
      const args = [limitFlags[limit].name, String(value)]
      if (limit === 'maxBufferedBytes') args.push('--max-body-bytes', '1000')
      const expected = { ...defaultServerLimits, [limit]: value }
      const { limits } = settingsOf(...args)
      expect(limits).toEqual(
        limit === 'maxBufferedBytes' ? { ...expected, maxBodyBytes: 1000 } : expected,
      )
    }
  })

  test('the help of a limit names its default', () => {
    for (const limit of limitNames) {
      expect(limitFlags[limit].help).toMatch(new RegExp(`\\(${defaultServerLimits[limit]}\\)$`))
    }
  })

  test('a command line of DynamoDB Local works unchanged', () => {
    const java = ['-Djava.library.path=./DynamoDBLocal_lib', '-jar', 'DynamoDBLocal.jar']
    expect(changed(...java, '-sharedDb')).toEqual({ localHealth: true })
    expect(changed(...java, '-inMemory', '-port', '8001', '-cors', '*')).toEqual({
      inMemory: true,
      port: 8001,
      localHealth: true,
    })
    expect(changed('-jar', '/opt/DynamoDBLocal.jar', '-dbPath', '/data')).toEqual({
      dataDirectory: '/data',
      localHealth: true,
    })
    expect(
      changed('-Xmx1g', '-Dx.y=1', '-jar', 'DynamoDBLocal.jar', '-delayTransientStatuses'),
    ).toEqual({ delayTransientStatuses: true, localHealth: true })
    expect(changed('-optimizeDbBeforeStartup', '-disableTelemetry', '-sharedDb')).toEqual({})
    expect(parseCommandLine([...java, '-help'])).toEqual({ kind: 'help' })
    expect(parseCommandLine([...java, '-version'])).toEqual({ kind: 'version' })
  })

  test('an account has twelve digits', () => {
    for (const account of ['1234', '1234567890123', '12345678901x']) {
      expect(refusal('--account-id', account).message).toBe(
        `"${account}" is not an account: it has 12 digits. See dynatom --help.`,
      )
    }
  })

  test.each(['--help', '-help', '-h', 'help'])('%s asks for help', (arg) => {
    expect(parseCommandLine([arg])).toEqual({ kind: 'help' })
    expect(parseCommandLine(['start', '--port', '1', arg === 'help' ? '-h' : arg])).toEqual({
      kind: 'help',
    })
  })

  test.each(['--version', '-version', 'version'])('%s asks for the version', (arg) => {
    expect(parseCommandLine([arg])).toEqual({ kind: 'version' })
  })

  test.each([
    ['--prot', 'Unknown flag --prot. Did you mean --port?'],
    ['--inmemory', 'Unknown flag --inmemory. Did you mean --in-memory?'],
    ['--data-directory=x', 'Unknown flag --data-directory. Did you mean --data-dir?'],
    ['-dbpath', 'Unknown flag -dbpath. Did you mean -dbPath?'],
    ['--versoin', 'Unknown flag --versoin. Did you mean --version?'],
    ['--colour', 'Unknown flag --colour.'],
    ['-jar', 'Unknown flag -jar.'],
    ['strat', 'Unknown command strat. Did you mean start?'],
    ['serve', 'Unknown command serve.'],
  ])('%s is refused', (arg, message) => {
    const error = refusal(arg)
    expect(error.message).toBe(`${message} See dynatom --help.`)
    expect(error.exitCode).toBe(2)
  })

  test.each([
    [['--port'], '--port needs a value.'],
    [['--port='], '--port needs a value.'],
    [['--data-dir', '--log', 'text'], '--data-dir needs a value.'],
    [['--port', '65536'], '"65536" is not a port: --port takes a number from 0 to 65535.'],
    [['--port', '-1'], '"-1" is not a port: --port takes a number from 0 to 65535.'],
    [['--port', '80a'], '"80a" is not a port: --port takes a number from 0 to 65535.'],
    [['--host', ','], '--host needs an address.'],
    [['--region', 'EU west'], '"EU west" is not a Region name.'],
    [['--log', 'xml'], '"xml" is not a value of --log: it takes text, json, silent.'],
    [
      ['--ttl-delay', '31536001'],
      '"31536001" is not a value of --ttl-delay: it takes a whole number of seconds from 0 to 31536000.',
    ],
    [
      ['--reserved-words', 'yes'],
      '"yes" is not a value of --reserved-words: it takes refuse, allow.',
    ],
    [['--validation', 'old'], '"old" is not a value of --validation: it takes older, newer.'],
    [
      ['--stream-shards', '0'],
      '"0" is not a value of --stream-shards: it takes a whole number from 1 to 256.',
    ],
    [
      ['--stream-shard-hours', '-1'],
      '"-1" is not a value of --stream-shard-hours: it takes a number from 0.001 to 8760.',
    ],
    [
      ['--max-journal-bytes', '1000'],
      '"1000" is not a value of --max-journal-bytes: it takes a whole number from 1024 to 536870912.',
    ],
    [
      ['--max-connections', '0'],
      '"0" is not a value of --max-connections: it takes a whole number from 1 to 1000000.',
    ],
    [
      ['--request-timeout-ms=1.5'],
      '"1.5" is not a value of --request-timeout-ms: it takes a whole number from 1 to 2147483647.',
    ],
    [
      ['--max-body-bytes', '17000000'],
      '"17000000" is not a value of --max-body-bytes: it takes a whole number from 1 to 16777216.',
    ],
    [
      ['--max-buffered-bytes', '1000000'],
      '--max-buffered-bytes must be at least --max-body-bytes.',
    ],
    [['--in-memory=yes'], '--in-memory takes no value.'],
    [['--tls-cert', 'c'], '--tls-cert needs --tls-key.'],
    [['--tls-key', 'k'], '--tls-key needs --tls-cert.'],
    [['--control-token-file', 'f'], '--control-token-file needs --lab.'],
    [['--lab', '--host', '0.0.0.0'], '--lab beyond loopback needs --control-token-file.'],
    [['--lab', '--host', '::1,db'], '--lab beyond loopback needs --control-token-file.'],
    [['--lab', '--auth', 'required'], '--lab with --auth required needs --control-token-file.'],
    [['-inMemory', '-dbPath', 'x'], '--in-memory and --data-dir exclude each other.'],
    [['--engine', 'x', '--in-memory'], '--in-memory and --engine exclude each other.'],
    [['--engine', 'x', '--lab'], '--engine and --lab exclude each other.'],
    [['--eventual-reads', 'replica'], '--eventual-reads replica needs --engine.'],
  ])('%j is refused', (args, message) => {
    const error = refusal(...args)
    expect(error.message).toBe(`${message} See dynatom --help.`)
    expect(error.exitCode).toBe(2)
  })
})

describe('tail', () => {
  test('takes a table, and what is not given stays open', () => {
    const plain = { tableName: 'Orders', json: false, fromStart: false }
    expect(parseCommandLine(['tail', 'Orders'])).toEqual({ kind: 'tail', options: plain })
    const flags = ['--json', '--endpoint', 'http://db:9000', '--region=eu-west-1', '--from-start']
    expect(parseCommandLine(['tail', ...flags, 'Orders'])).toEqual({
      kind: 'tail',
      options: {
        tableName: 'Orders',
        json: true,
        fromStart: true,
        endpoint: new URL('http://db:9000'),
        region: 'eu-west-1',
      },
    })
    expect(parseCommandLine(['tail', '--help'])).toEqual({ kind: 'help' })
  })

  test.each([
    [[], 'tail needs the name of a table.'],
    [['A', 'B'], 'tail takes one table.'],
    [['A', '--jsno'], 'Unknown flag --jsno. Did you mean --json?'],
    [['A', '--port', '1'], 'Unknown flag --port.'],
    [['A', '--endpoint'], '--endpoint needs a value.'],
    [
      ['A', '--endpoint', 'localhost:8000'],
      '"localhost:8000" is not the URL of a server, such as http://127.0.0.1:8000.',
    ],
  ])('%j is refused', (args, message) => {
    const error = refusal('tail', ...args)
    expect(error.message).toBe(`${message} See dynatom --help.`)
    expect(error.exitCode).toBe(2)
  })
})

test('the help names every flag and keeps to 110 columns', () => {
  const text = helpText()
  const named = ['--port PORT', '--host HOST', '--data-dir DIR', '--in-memory', '--region REGION']
  named.push('--ttl-delay SECONDS', '--config FILE', '--print-config')
  named.push('--delay-transient-statuses', '--enforce-throughput', '--reserved-words refuse|allow')
  named.push('--validation older|newer', '--skip-store-verification')
  named.push('--verify-store WHEN')
  named.push('--log text|json|silent', '--help', '--version')
  named.push('--endpoint URL', '--from-start', '--json')
  for (const name of named) expect(text).toContain(`\n  ${name} `)
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110)
})
