import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openCachedCode, type CachedCode } from './codeCache.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dynatom-code-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const text = `(function (exports, require, module, __filename) {
exports.sum = (a, b) => a + b + 0
exports.needed = require("needed")
})`
const notes = { where: '/päth' }
const source = (): string => join(directory, 'code.cjs')
const cache = (): string => join(directory, 'code.cache')

function open(content = text): CachedCode {
  writeFileSync(source(), content)
  return openCachedCode(source(), cache())
}

/** Opens, uses and keeps. */
function makeCache(): Buffer {
  const code = open()
  const { sum } = code.evaluate(() => undefined) as { sum(a: number, b: number): number }
  sum(1, 2)
  code.keep(notes)
  return readFileSync(cache())
}

test('evaluates a module with the means of a CommonJS one', () => {
  const exports = open().evaluate((name) => `the ${name} one`)
  expect(exports).toMatchObject({ needed: 'the needed one' })
})

describe('a cache', () => {
  test('gives its notes back, and the same code', () => {
    makeCache()
    const code = open()
    expect(code.notes).toEqual(notes)
    const { sum } = code.evaluate(() => undefined) as { sum(a: number, b: number): number }
    expect(sum(1, 2)).toBe(3)
  })

  test('is not written again by who has used it', () => {
    makeCache()
    const code = open()
    rmSync(cache())
    code.keep({ ...notes })
    expect(readdirSync(directory)).toEqual(['code.cjs'])
  })

  test('is written again with other notes', () => {
    makeCache()
    open().keep({ where: 'elsewhere' })
    expect(open().notes).toEqual({ where: 'elsewhere' })
  })

  test('of which any byte is another one counts as none, and is replaced', () => {
    const whole = makeCache()
    for (let at = 0; at < whole.length; at += at < 24 ? 1 : 17) {
      const damaged = Buffer.from(whole)
      damaged[at] = (damaged[at] as number) ^ 4
      writeFileSync(cache(), damaged)
      expect(open().notes, `byte ${at}`).toBeUndefined()
    }
    open().keep(notes)
    expect(open().notes).toEqual(notes)
  })

  test.each([0, 1, 3, 4, 11, 12, 20, 100])('that is cut to %i bytes counts as none', (length) => {
    writeFileSync(cache(), makeCache().subarray(0, length))
    expect(open().notes).toBeUndefined()
  })

  test('of another text of the same length counts as none', () => {
    makeCache()
    const code = open(text.replace('+ 0', '+ 1'))
    expect(code.notes).toBeUndefined()
    const { sum } = code.evaluate(() => undefined) as { sum(a: number, b: number): number }
    expect(sum(1, 2)).toBe(4)
  })

  test('that cannot be written is left out', () => {
    const code = openCachedCode(
      (writeFileSync(source(), text), source()),
      join(directory, 'missing', 'code.cache'),
    )
    code.keep(notes)
    expect(readdirSync(directory)).toEqual(['code.cjs'])
  })
})
