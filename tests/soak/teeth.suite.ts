import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Defects } from '../isolation/defects.ts'
import type { Replacement } from '../isolation/mutations.ts'
import { mutatedServer } from '../isolation/mutatedServer.ts'
import { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import { ServerUnderTest } from '../isolation/serverUnderTest.ts'
import { StandingLoad } from './standingLoad.ts'

/* Servers that are broken a little, on purpose: the verification of the standing data must notice it. */

const seed = Number(process.env['DYNATOM_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
/** Requests that write, after the table is filled: each of one item or more. */
const loadWrites = 3000
/** Never reached, however slow the machine is, unless the clients have given up. */
const longestLoadMs = 10 * 60_000

const file = 'transactions/commitBuilder.js'

/*
 * The broken servers count, so that nothing is left to chance. What is lost is lost during the load again
 * and again, until its end; the items that are written last show it.
 */
const nextCall = '(globalThis.calls = (globalThis.calls ?? 0) + 1)'

/** Does not do every hundredth. */
const seldomNot = (piece: string): Replacement => ({
  file,
  piece,
  by: `if (${nextCall} % 100 !== 0) ${piece}`,
})

/** Does not do one, the hundredth: an item of the filling, whose size no other loss makes up for. */
const onceNot = (piece: string): Replacement => ({
  file,
  piece,
  by: `if (${nextCall} !== 100) ${piece}`,
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
    onceNot('this.counterChanges.push({ counter: table.counter, differences });'),
    /Standing counts/,
  ],
  [
    'the server ends by itself',
    // Under load: the filling writes less.
    { file, piece: write, by: `if (${nextCall} === 1500) process.exit(3); ${write}` },
    /the server ended with 3/,
  ],
]

/** What is noticed of a server under the load of the standing data. */
async function defectsOf(replacements: readonly Replacement[]): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'dynatom-mutated-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const server = new ServerUnderTest({ main: mutatedServer(directory, replacements) })
  const texts: string[] = []
  // Keeps all: what reads notice must not stand in the way of what the verification finds.
  const defects: Defects = { kept: [], count: 0, add: (_, text) => void texts.push(text) }
  const standing = new StandingLoad({
    server,
    defects,
    random: new SeededRandom(seed),
    writers: 4,
    readers: 2,
    keyCount: 1000,
    answered: () => {},
  })
  try {
    await server.start()
    await standing.begin()
    const end = standing.figures.writes + loadWrites
    const endMs = performance.now() + longestLoadMs
    while (standing.figures.writes < end) {
      await server.ready()
      if (performance.now() > endMs) throw new Error('the clients do not come to their end')
      await pause(20)
    }
    await standing.rest()
    await standing.verify()
    await standing.end()
  } catch (error) {
    defects.add('failure', String(error))
  } finally {
    await server.stop().catch(() => {})
  }
  return texts.join('\n')
}

describe(`with seed ${seed} it is noticed that`, () => {
  test.each(defective)('%s', async (_, replacement, text) => {
    expect(await defectsOf([replacement])).toMatch(text)
  })
})

test('a server that is not broken shows nothing', async () => {
  expect(await defectsOf([])).toBe('')
})
