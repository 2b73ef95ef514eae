import { expect, test } from 'vitest'
import { describeEngine } from '../engineContract.ts'
import { MemoryEngine } from './memoryEngine.ts'

describeEngine('memory', async () => {
  const engine = new MemoryEngine()
  return { engine, dispose: () => engine.close() }
})

test('the memory engine says what it is', () => {
  expect(new MemoryEngine().capabilities).toEqual({
    durable: false,
    shared: false,
    syncReads: true,
  })
})
