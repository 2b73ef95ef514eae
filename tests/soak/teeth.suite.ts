import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Defects } from '../isolation/defects.ts'
import type { Replacement } from '../isolation/mutations.ts'
import { mutatedServer } from '../isolation/mutatedServer.ts'
import { SeededRandom } from '../isolation/seededRandom.ts'
import { ServerUnderTest } from '../isolation/serverUnderTest.ts'
import { StandingLoad } from './standingLoad.ts'

/* Servers that are broken a little, on purpose: the verification of the standing data must notice it. */

const seed = Number(process.env['DYNATOM_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const loadRequests = 2000
/** A server that has ended answers no more. */
const longestLoadMs = 20_000

const file = 'transactions/commitBuilder.js'

/** How often the server has come by, counted there. */
const passing = '(globalThis.passings = (globalThis.passings ?? 0) + 1)'

/** Does not do one in fifty. */
const seldomNot = (piece: string): Replacement => ({
  file,
  piece,
  by: `if (${passing} % 50 !== 0) ${piece}`,
})

const write = 'this.writes.push({ key: rowKey, value: after?.stored });'

const defective: readonly (readonly [string, Replacement, RegExp])[] = [
  ['a write is lost', seldomNot(write), /should be|twice/],
  [
    'an index keeps an old entry',
    seldomNot('this.writes.push({ key: before.key, value: undefined });'),
    /Standing\.(byWeight|states)|twice/,
  ],
  [
    'the count of the items is wrong',
    seldomNot('this.counterChanges.push({ counter: table.counter, differences });'),
    /Standing counts/,
  ],
  [
    'the server ends by itself',
    { file, piece: write, by: `if (${passing} === 1200) process.exit(3); ${write}` },
    /the server ended with 3/,
  ],
]

/** What is noticed of a server under the load of the standing data. */
async function defectsOf(replacements: readonly Replacement[]): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'dynatom-mutated-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const server = new ServerUnderTest({ main: mutatedServer(directory, replacements) })
  const defects = new Defects()
  const done = { requests: 0 }
  const standing = new StandingLoad({
    server,
    defects,
    random: new SeededRandom(seed),
    writers: 4,
    readers: 2,
    keyCount: 1000,
    answered: () => {
      done.requests += 1
    },
  })
  try {
    await server.start()
    await standing.begin()
    const endMs = performance.now() + longestLoadMs
    while (done.requests < loadRequests && performance.now() < endMs) await pause(50)
    await standing.rest()
    await standing.verify()
    await standing.end()
  } catch (error) {
    defects.add('failure', String(error))
  } finally {
    await server.stop().catch(() => {})
  }
  return defects.kept.map(({ text }) => text).join('\n')
}

describe(`with seed ${seed} it is noticed that`, () => {
  test.each(defective)('%s', async (_, replacement, text) => {
    expect(await defectsOf([replacement])).toMatch(text)
  })
})

test('a server that is not broken shows nothing', async () => {
  expect(await defectsOf([])).toBe('')
})
