import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MemoryEngine } from '../../packages/server/src/storage/memory/memoryEngine.ts'
import { heavyUpdate } from './arbitraryOperations.ts'
import { ComparedWorlds } from './comparedWorlds.ts'
import { createTableBody } from './requests.ts'
import { Script } from './scripts.ts'
import { tablePairs } from './tableDefinitions.ts'
import { TestServer } from './testServer.ts'
import { weightOf } from './weights.ts'
import { keyOfAction } from './writes.ts'

const subjects = tablePairs.map(([table]) => ({ table, name: table.name }))

describe.each(subjects)('updates of the table $name', ({ table }) => {
  test('are refused beyond the weight of an item, and not before', async () => {
    const server = await TestServer.open(new MemoryEngine(), 'newer')
    await server.mustCall('CreateTable', createTableBody(table))
    const worlds = new ComparedWorlds(server, new Script([table], []), (name) => name)
    const property = fc.asyncProperty(heavyUpdate(table), async (action) => {
      const write = { returnValues: 'NONE', capacity: 'NONE', metrics: false } as const
      await worlds.run({ kind: 'SingleWrite', action, ...write })
      // The next one meets no item of this one's size.
      const removal = { kind: 'Delete', table: table.name, showOld: false } as const
      const deletion = { ...removal, key: keyOfAction(action) }
      await worlds.run({ kind: 'SingleWrite', action: deletion, ...write })
    })
    await fc.assert(property, { numRuns: 100 })
  })
})

test('a statement weighs what the service was seen to count', () => {
  const ofString = (length: number) =>
    ({ kind: 'value', value: { S: 'x'.repeat(length) } }) as const
  const set = (path: readonly (string | number)[], value: object) => [
    { clause: 'SET', path, value } as never,
  ]
  // The largest that was taken.
  expect(weightOf(set(['b'], ofString(409_577)))).toBe(409_600)
  expect(weightOf(set(['c', 0], ofString(0)))).toBe(3 + 19 + 1 + (1 + 4 + 1))
  const read = { kind: 'path', path: ['a', 'bc'] }
  expect(weightOf(set(['b'], read))).toBe(3 + 19 + 1 + (1 + 14 + 1 + 14 + 2))
  const operators = { '+': 34, '-': 37, list_append: 37 }
  for (const [kind, charge] of Object.entries(operators)) {
    const value = { kind, left: ofString(5), right: ofString(7) }
    expect(weightOf(set(['b'], value))).toBe(3 + 19 + 1 + charge + 5 + 7)
  }
  const fallback = { kind: 'if_not_exists', path: ['c'], otherwise: ofString(9) }
  expect(weightOf(set(['b'], fallback))).toBe(3 + 19 + 1 + 39 + (1 + 14 + 1) + 9)
  expect(weightOf([{ clause: 'REMOVE', path: ['b'] }])).toBe(3 + 1 + 1)
  const members = { SS: ['one', 'two'] }
  expect(weightOf([{ clause: 'ADD', path: ['b'], value: members }])).toBe(3 + 19 + 1 + 6)
  expect(weightOf([{ clause: 'DELETE', path: ['b'], value: members }])).toBe(3 + 1 + 1)
})
