import { expect, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { AnswerBatch } from './answerBatch.ts'

const written: string[] = []
const writer = (name: string) => ({ writeAnswer: () => void written.push(name) })

test('answers are written together, in their order, before the work that others have put off', async () => {
  written.length = 0
  const batch = new AnswerBatch((work) => systemClock.deferFirst?.(work))
  const done = new Promise<void>((resolve) => {
    systemClock.defer(() => {
      written.push('work')
      resolve()
    })
  })
  batch.add(writer('a'), 10)
  batch.add(writer('b'), 10)
  expect(written).toEqual([])
  await done
  expect(written).toEqual(['a', 'b', 'work'])
  batch.add(writer('c'), 10)
  await new Promise<void>((resolve) => systemClock.defer(resolve))
  expect(written).toEqual(['a', 'b', 'work', 'c'])
})

test('answers that are long together do not wait', () => {
  written.length = 0
  const deferred: (() => void)[] = []
  const batch = new AnswerBatch((work) => void deferred.push(work))
  batch.add(writer('a'), 200 * 1024)
  batch.add(writer('b'), 100 * 1024)
  expect(written).toEqual(['a', 'b'])
  for (const work of deferred) work()
  expect(written).toEqual(['a', 'b'])
})
