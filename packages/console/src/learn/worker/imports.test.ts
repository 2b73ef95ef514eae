import { expect, test } from 'vitest'
import { withoutImports } from './imports.ts'

const packages = { sdk: { A: 1, B: 2, C: 3 }, '@other/package': { D: 4 } }

const evaluated = async (program: string): Promise<unknown> => {
  const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor as new (
    ...texts: string[]
  ) => (all: object) => Promise<unknown>
  return new AsyncFunction('packages', withoutImports(program, packages))(packages)
}

test.each([
  [`import { A } from 'sdk'\nreturn A`, 1],
  [`import { A, B as second } from "sdk";\nreturn [A, second]`, [1, 2]],
  [
    `import {\n  A,\n  C,\n} from 'sdk'\nimport * as all from '@other/package'\nreturn [A, C, all.D]`,
    [1, 3, 4],
  ],
  [`  import {A} from 'sdk'; return A`, 1],
  [`// import { A } from 'sdk'\nimport { A } from 'sdk'\nreturn A`, 1],
  [`// import { A } from 'nowhere'\nreturn 5`, 5],
])('%j', async (program, value) => expect(await evaluated(program)).toEqual(value))

test('lines stay the lines that they are', () => {
  const program = `import {\n  A,\n} from 'sdk'\n\nfifth()`
  expect(withoutImports(program, packages).split('\n')[4]).toBe('fifth()')
})

test('what is not there is named', () => {
  expect(() => withoutImports(`import { A } from 'fs'`, packages)).toThrow(
    new SyntaxError(`There is no package 'fs' here, but sdk and @other/package.`),
  )
  expect(() => withoutImports(`import { A, Z as B } from 'sdk'`, packages)).toThrow(
    new SyntaxError(`'sdk' has no Z.`),
  )
})
