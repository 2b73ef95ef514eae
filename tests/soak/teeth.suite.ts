import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { Defects } from '../isolation/defects.ts'
import { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import { ServerUnderTest } from '../isolation/serverUnderTest.ts'
import { StandingLoad } from './standingLoad.ts'

/* Servers that are broken a little, on purpose: the verification of the standing data must notice it. */

const seed = Number(process.env['DYNATOM_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
/** Requests that write, after the table is filled: each of one item or more. */
const loadWrites = 3000
/** Never reached, however slow the machine is, unless the clients have given up. */
const longestLoadMs = 10 * 60_000

/*
 * The broken servers count, so that nothing is left to chance. What is lost is lost during the load again
 * and again, until its end; the items that are written last show it. An item that is not counted is one of
 * the filling, whose size no other loss makes up for; the filling writes less than ends the server.
 */
const defective: readonly (readonly [string, string, RegExp])[] = [
  ['a write is lost', 'broken/writesLost.mjs', /should be|twice/],
  ['an index keeps an old entry', 'broken/oldEntriesKept.mjs', /Standing\.(byWeight|states)|twice/],
  ['the count of the items is wrong', 'broken/itemNotCounted.mjs', /Standing counts/],
  ['the server ends by itself', 'broken/endsByItself.mjs', /the server ended with 3/],
]

/** What is noticed of a server under the load of the standing data. */
async function defectsOf(program: string): Promise<string> {
  const main = fileURLToPath(new URL(program, import.meta.url))
  const server = new ServerUnderTest({ main })
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
  test.each(defective)('%s', async (_, program, text) => {
    expect(await defectsOf(program)).toMatch(text)
  })
})

test('a server that is not broken shows nothing', async () => {
  expect(await defectsOf('../means/unbrokenServer.mjs')).toBe('')
})
