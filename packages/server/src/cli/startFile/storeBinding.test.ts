import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { StoreBinding } from './storeBinding.ts'

const require = createRequire(import.meta.url)
const { version } = require('../../../../../node_modules/lmdb/package.json') as { version: string }

/** What has been loaded by its path, which ends as binary modules do. */
function watched(): { require: NodeJS.Require; loaded: string[] } {
  const loaded: string[] = []
  const watch = (name: string): unknown => {
    loaded.push(name)
    return require(name) as unknown
  }
  return { loaded, require: Object.assign(watch, require) as unknown as NodeJS.Require }
}

test('finds the binary part, and a later process that knows it looks for nothing', () => {
  const first = new StoreBinding(require, undefined)
  expect(first.isOfVersion(version)).toBe(true)
  expect(first.load()).toHaveProperty('Env')
  expect(first.known).toMatchObject({ version, path: expect.stringMatching(/\.node$/) })

  const known = JSON.parse(JSON.stringify(first.known)) as typeof first.known
  const later = watched()
  const second = new StoreBinding(later.require, known)
  expect(second.isOfVersion(version)).toBe(true)
  expect(second.load()).toBe(first.load())
  expect(later.loaded).toEqual([known?.path])
})

test('another version of the package is not taken for the one that is known', () => {
  const first = new StoreBinding(require, undefined)
  first.load()
  expect(new StoreBinding(require, first.known).isOfVersion('0.0.1')).toBe(false)
  expect(new StoreBinding(require, undefined).isOfVersion('0.0.1')).toBe(false)
})

test.each([
  ['a file that has changed', { modifiedMs: 1 }],
  ['a file of another size', { sizeBytes: 1 }],
  ['a file that is gone', { path: '/missing.node' }],
  ['no path', { path: 1 }],
])('%s is looked for anew', (_, change) => {
  const first = new StoreBinding(require, undefined)
  first.load()
  const later = new StoreBinding(require, { ...first.known, ...change })
  expect(later.known).toBeUndefined()
  expect(later.load()).toHaveProperty('Env')
  expect(later.known).toEqual(first.known)
})

test('a file that cannot be loaded any more is looked for anew', () => {
  const first = new StoreBinding(require, undefined)
  first.load()
  const own = watched()
  let isFirst = true
  const failing = Object.assign((name: string): unknown => {
    const fails = isFirst
    isFirst = false
    if (fails) throw new Error('wrong ELF class')
    return own.require(name) as unknown
  }, require)
  const later = new StoreBinding(failing as unknown as NodeJS.Require, first.known)
  expect(later.load()).toHaveProperty('Env')
  expect(own.loaded.length).toBeGreaterThan(1)
})
