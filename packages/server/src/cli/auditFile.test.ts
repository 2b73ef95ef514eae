import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import type { AuditRecord } from '../http/auditRecord.ts'
import { maxAuditBacklogBytes } from '../limits.ts'
import { ManualClock } from '../testing/manualClock.ts'
import { AuditFile } from './auditFile.ts'
import { OperatorError } from './operatorError.ts'

const record = (requestId: string): AuditRecord => ({
  outcome: 'refused',
  requestId,
  operation: 'GetItem',
  decisions: [],
})

let directory: string
let events: string[]
const clock = new ManualClock()

const openFile = (fileName: string): Promise<AuditFile> =>
  AuditFile.open(fileName, clock, (message) => void events.push(message))
const linesOf = (fileName: string): Record<string, unknown>[] =>
  readFileSync(fileName, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dynatom-audit-'))
  events = []
  onTestFinished(() => rmSync(directory, { recursive: true }))
})

test('records are appended as lines, behind what is there, for the owner alone', async () => {
  const fileName = join(directory, 'audit.jsonl')
  const first = await openFile(fileName)
  first.write(record('1'))
  first.write(record('2'))
  await first.close()
  expect(statSync(fileName).mode & 0o777).toBe(0o600)
  const second = await openFile(fileName)
  second.write(record('3'))
  await second.close()
  const time = new Date(clock.nowMs()).toISOString()
  expect(linesOf(fileName)).toEqual(['1', '2', '3'].map((id) => ({ time, ...record(id) })))
  expect(events).toEqual([])
})

test('a line goes to the end of the file whoever else has cut it', async () => {
  const fileName = join(directory, 'audit.jsonl')
  const file = await openFile(fileName)
  file.write(record('1'))
  await expect.poll(() => readFileSync(fileName, 'utf8')).toContain('"requestId":"1"')
  writeFileSync(fileName, '')
  file.write(record('2'))
  await file.close()
  expect(linesOf(fileName).map(({ requestId }) => requestId)).toEqual(['2'])
})

test('a disk that is full is told once', async () => {
  const file = await openFile('/dev/full')
  file.write(record('1'))
  await expect.poll(() => events).toHaveLength(1)
  file.write(record('2'))
  await file.close()
  expect(events).toEqual([
    'audit: /dev/full cannot be written (ENOSPC); lines are lost until it can',
  ])
})

test('what waits is bounded, and what is lost is counted', async () => {
  const fileName = join(directory, 'audit.jsonl')
  const file = await openFile(fileName)
  const long = 'x'.repeat(maxAuditBacklogBytes / 2)
  for (const id of ['1', '2', '3', '4']) file.write({ ...record(id), userAgent: long })
  await expect.poll(() => readFileSync(fileName, 'utf8')).toContain('"requestId":"2"')
  file.write(record('5'))
  await file.close()
  expect(linesOf(fileName).map(({ requestId, lost }) => requestId ?? lost)).toEqual([
    '1',
    2,
    '2',
    '5',
  ])
})

test('a file that cannot be had is refused in a sentence', async () => {
  const fileName = join(directory, 'missing', 'audit.jsonl')
  await expect(openFile(fileName)).rejects.toThrow(
    new OperatorError(`The file ${fileName} of --audit cannot be written (ENOENT).`),
  )
})
