import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
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

const compilerOptions = {
  target: 'es2022',
  lib: ['es2023', 'esnext.disposable'],
  module: 'nodenext',
  moduleResolution: 'nodenext',
  types: ['node'],
  strict: true,
  noEmit: true,
  skipLibCheck: true,
}

/** How many types the compiler makes of others for a program, which has to be right. */
function instantiationsOf(name: string, text: string): number {
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(directory, `${name}.ts`), text)
  const config = join(directory, `tsconfig.${name}.json`)
  writeFileSync(config, JSON.stringify({ compilerOptions, files: [`${name}.ts`] }))
  const args = [join(root, 'node_modules/.bin/tsc'), '-p', config, '--extendedDiagnostics']
  const printed = execFileSync(process.execPath, args, { encoding: 'utf8' })
  return Number(/^Instantiations:\s+(\d+)/m.exec(printed)?.[1])
}

test('the types of a table cost little, and no more for each entity the more there are', async () => {
  const path = join(root, 'bench/fiftyEntities.mjs')
  const { importsText, tableText } = (await import(path)) as Texts
  const imported = instantiationsOf('imports', importsText)
  const table = (count: number, isUsed: boolean): number =>
    instantiationsOf(`table${count}${isUsed}`, tableText(count, isUsed)) - imported
  const fifty = table(50, false)
  expect(fifty).toBeGreaterThan(1000)
  expect(fifty).toBeLessThan(40_000)
  expect(table(50, true)).toBeLessThan(280_000)
  expect(table(100, false)).toBeLessThan(fifty * 2.2)
})
