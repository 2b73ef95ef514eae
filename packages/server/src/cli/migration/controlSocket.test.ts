import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { OperatorError } from '../operatorError.ts'
import { askServer, listenForMoves, type MoveByServer } from './controlSocket.ts'
import { interrupted } from './interruption.ts'

let directory: string
let asked: () => void
const to = { kind: 'engine', address: 'postgres://u@h/d' } as const

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dynatom-control-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
})

async function ask(lines: string[] = [], isInterrupted = false): Promise<boolean> {
  return askServer(directory, {
    to,
    tell: (line) => lines.push(line),
    interruption: {
      whenAsked: (work) => void (asked = work),
      check: () => {
        if (isInterrupted) throw interrupted()
      },
    },
  })
}

async function listen(move: MoveByServer): Promise<void> {
  const end = listenForMoves(directory, move)
  onTestFinished(end)
  await expect.poll(() => existsSync(join(directory, 'dynatom.control'))).toBe(true)
}

test('a server is asked, tells how it goes on, and hands on who it was asked by', async () => {
  vi.stubEnv('PGPASSWORD', 'secret')
  onTestFinished(() => void vi.unstubAllEnvs())
  const requests: unknown[] = []
  await listen(async (request, tell) => {
    requests.push(request)
    tell('one')
    await new Promise((resolve) => setImmediate(resolve))
    tell('two')
  })
  const lines: string[] = []
  expect(await ask(lines)).toBe(true)
  expect(lines).toEqual(['one', 'two'])
  expect(requests).toMatchObject([{ to: to.address, environment: { PGPASSWORD: 'secret' } }])
  expect(statSync(join(directory, 'dynatom.control')).mode & 0o777).toBe(0o600)
})

test('what it refuses is a sentence', async () => {
  await listen(() => Promise.reject(new OperatorError('It cannot be.')))
  await expect(ask()).rejects.toThrow(new OperatorError('It cannot be.'))
})

test('without a server nobody is asked, whatever one that died has left', async () => {
  expect(await ask()).toBe(false)
  writeFileSync(join(directory, 'dynatom.control'), '')
  expect(await ask()).toBe(false)
  await listen(() => Promise.resolve())
  expect(await ask()).toBe(true)
})

test('who asks and goes away ends it', async () => {
  const signals: AbortSignal[] = []
  await listen(async (_, tell, signal) => {
    signals.push(signal)
    tell('begun')
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
  })
  const lines: string[] = []
  const refused = ask(lines, true)
  const failure = expect(refused).rejects.toThrow(interrupted())
  await expect.poll(() => lines).toEqual(['begun'])
  asked()
  await failure
  await expect.poll(() => signals[0]?.aborted).toBe(true)
})

test('a server that goes away is told of', async () => {
  await listen(async (_, tell) => {
    tell('begun')
    await new Promise(() => undefined)
  })
  const lines: string[] = []
  const refused = ask(lines)
  const sentence =
    'The server went away; run the same command again, which goes on or says how it ended.'
  const failure = expect(refused).rejects.toThrow(sentence)
  await expect.poll(() => lines).toEqual(['begun'])
  asked()
  await failure
})
