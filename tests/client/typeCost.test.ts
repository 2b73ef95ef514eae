import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

/*
 * What the compiler has to do for a table is counted, not timed: `npm run bench -- --client-types` shows
 * what it takes. The bounds are some tenths above what there was when they were set.
 */

const root = fileURLToPath(new URL('../..', import.meta.url))
const directory = join(root, 'node_modules/.cache/clientTypeCost')

interface Texts {
  readonly importsText: string
  readonly tableText: (count: number, isUsed: boolean) => string
}

interface Costs {
  readonly writeProgram: (directory: string, name: string, text: string) => string
  readonly costsOf: (compiler: string, config: string) => readonly [number, number, number]
}

const fromBench = (name: string): Promise<unknown> => import(join(root, 'bench', name))

test('the types of a table cost little, and no more for each entity the more there are', async () => {
  const { importsText, tableText } = (await fromBench('fiftyEntities.mjs')) as Texts
  const { writeProgram, costsOf } = (await fromBench('typeCosts.mjs')) as Costs
  const compiler = join(root, 'node_modules/.bin/tsc')
  /** How many types the compiler makes of others for a program, which has to be right. */
  const instantiationsOf = (name: string, text: string): number =>
    costsOf(compiler, writeProgram(directory, name, text))[2]
  const imported = instantiationsOf('imports', importsText)
  const table = (count: number, isUsed: boolean): number =>
    instantiationsOf(`table${count}${isUsed}`, tableText(count, isUsed)) - imported
  const fifty = table(50, false)
  expect(fifty).toBeGreaterThan(1000)
  expect(fifty).toBeLessThan(40_000)
  expect(table(50, true)).toBeLessThan(280_000)
  expect(table(100, false)).toBeLessThan(fifty * 2.2)
})
