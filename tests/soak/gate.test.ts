import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Gate } from './gate.ts'

test('a closed gate lets nothing through, and is closed when nothing is under way', async () => {
  const gate = new Gate()
  const seen: string[] = []
  let finish = (): void => {}
  const first = gate.through(async () => {
    await new Promise<void>((resolve) => (finish = resolve))
    seen.push('first')
  })
  await pause(0)
  const closed = gate.close().then(() => seen.push('closed'))
  const second = gate.through(async () => void seen.push('second'))
  await pause(0)
  expect(seen).toEqual([])
  finish()
  await Promise.all([first, closed])
  await pause(0)
  expect(seen).toEqual(['first', 'closed'])
  gate.open()
  await second
  expect(seen).toEqual(['first', 'closed', 'second'])
})

test('work that fails is told to its owner and does not hold up the gate', async () => {
  const gate = new Gate()
  const failing = gate.through(async () => {
    await pause(5)
    throw new Error('no')
  })
  const failed = expect(failing).rejects.toThrow('no')
  await pause(0)
  await gate.close()
  await failed
})
