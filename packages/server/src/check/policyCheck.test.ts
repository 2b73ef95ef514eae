import { beforeEach, expect, test } from 'vitest'
import { streamRange } from '../layout/changeKeys.ts'
import { tableRecordKey } from '../layout/storeKeys.ts'
import type { PolicySettings } from '../schema/tableRecord.ts'
import { asBuffer, type Bytes } from '../storage/engine.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'
import { openIndexedDatabase } from '../testing/indexedDatabase.ts'
import { latestStream, tableWithStream } from '../testing/streamReads.ts'
import { checkStore } from './checkStore.ts'

let engine: MemoryEngine
let streamKey: Bytes

const policyOf = (Action: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Principal: '*', Action, Resource: '*' }],
  })

beforeEach(async () => {
  engine = new MemoryEngine()
  const database = await openIndexedDatabase({ engine })
  await database.call('CreateTable', tableWithStream('Orders'))
  const stream = await latestStream((...asked) => database.call(...asked), 'Orders')
  const ResourceArn = stream.replace(/\/stream\/.*/, '')
  await database.call('PutResourcePolicy', { ResourceArn, Policy: policyOf('dynamodb:Scan') })
  const ofStream = { ResourceArn: stream, Policy: policyOf('dynamodb:GetRecords') }
  await database.call('PutResourcePolicy', ofStream)
  const [entry] = [...engine.snapshot().range(streamRange())]
  streamKey = entry?.key as Bytes
  expect(await found()).toEqual([])
})

const found = async (): Promise<string[]> =>
  (await checkStore(engine)).map(({ kind, key, detail }) => `${kind} ${key}: ${detail}`)

type Damage = (settings: PolicySettings) => object

async function damage(key: Bytes, change: Damage): Promise<void> {
  const stored = JSON.parse(asBuffer(engine.get(key) as Bytes).toString()) as {
    readonly record?: { readonly policySettings: PolicySettings }
    readonly policySettings: PolicySettings
  }
  const settings = (stored.record ?? stored).policySettings
  const changed = { policySettings: { ...settings, ...change(settings) } }
  const value =
    stored.record === undefined
      ? { ...stored, ...changed }
      : { ...stored, record: { ...stored.record, ...changed } }
  await engine.commit([], [{ key, value: Buffer.from(JSON.stringify(value)) }])
}

const withText = (change: (text: string) => string): Damage => {
  return ({ policy }) => ({ policy: { ...policy, text: change(policy?.text ?? '') } })
}

const damages: readonly (readonly [what: string, damage: Damage, detail: RegExp])[] = [
  [
    'a text that is no JSON',
    withText((text) => text.slice(1)),
    /^The policy cannot be understood: /,
  ],
  [
    'an effect that is none',
    withText((text) => text.replace('Deny', 'Denx')),
    /^The policy cannot be understood: Effect must be Allow or Deny/,
  ],
  ['another form', withText((text) => ` ${text}`), /^The policy is not in its usual form$/],
  ['no revision', () => ({ revisionMs: 'x' }), /^The policy has no revision: x$/],
]

test.each(damages)('of a table: %s', async (_, change, detail) => {
  await damage(tableRecordKey('Orders'), change)
  const [finding, ...others] = await found()
  expect(others).toEqual([])
  expect(finding?.startsWith('policy \\x02Orders: ')).toBe(true)
  expect(finding?.slice('policy \\x02Orders: '.length)).toMatch(detail)
})

test.each(damages)('of a stream: %s', async (_, change, detail) => {
  await damage(streamKey, change)
  const [finding, ...others] = await found()
  expect(others).toEqual([])
  expect(finding).toMatch(/^policy \\x15Orders/)
  expect(finding?.replace(/^.*?: /, '')).toMatch(detail)
})
