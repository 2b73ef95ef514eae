import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { checkHistory } from './checkHistory.ts'
import { failureReport } from './failureReport.ts'
import type { History, Operation } from './history.ts'
import { RunFigures } from './runFigures.ts'
import { loadHistory } from './savedHistory.ts'

const refused: Operation = {
  id: 0,
  client: 0,
  description: 'UpdateItem(a += 1)',
  level: 'serializable',
  invoked: 0,
  completed: 1,
  outcome: 'refused',
  reads: [],
  writes: [{ key: 'a', versions: ['1'] }],
}
const read: Operation = {
  ...refused,
  id: 1,
  description: 'GetItem(a)',
  invoked: 2,
  completed: 3,
  outcome: 'ok',
  reads: [{ key: 'a', versions: ['1'] }],
  writes: [],
}
const run = { seconds: 30, seed: 7, clients: 16 }
const common = { figures: new RunFigures(), defects: [], defectCount: 0 }

test('tells nothing of a run in which nothing was found', () => {
  const history: History = { seed: 7, operations: [{ ...refused, outcome: 'ok' }, read] }
  const findings = checkHistory(history)
  expect(failureReport({ ...common, history, findings }, run)).toBeUndefined()
})

test('tells what was found, and saves the history that shows it', () => {
  const history: History = { seed: 7, operations: [refused, read] }
  const findings = checkHistory(history)
  const defects = { defects: [{ name: 'sum', text: '499 and not 500' }], defectCount: 1 }
  const report = failureReport({ ...common, ...defects, history, findings }, run) ?? ''
  expect(report).toMatch(/^1 findings in the history, 1 defects beside it\nG1a\n/)
  expect(report).toContain('\nsum: 499 and not 500\n')
  expect(report).toContain('npm run test:isolation -- --seconds 30 --seed 7 --clients 16\n')
  const path = /--history (\S+)/.exec(report)?.[1] as string
  onTestFinished(() => rmSync(dirname(path), { recursive: true }))
  expect(loadHistory(path)).toEqual(history)
})
