import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { OperatorError } from '../operatorError.ts'
import { askServer, listenForMoves, type MoveByServer } from './controlSocket.ts'
import { interrupted } from './interruption.ts'

let directory: string
let interrupt: () => void
const to = { kind: 'engine', address: 'postgres://u@h/d' } as const

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dynatom-control-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
})

async function ask(lines: string[] = []): Promise<boolean> {
  const interruption = { whenAsked: (work: () => void) => void (interrupt = work) }
  return askServer(directory, { to, tell: (line) => void lines.push(line), interruption })
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

test('who asks may end it, and is told how it ended', async () => {
  await listen(async (_, tell, signal) => {
    tell('begun')
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    throw interrupted()
  })
  const lines: string[] = []
  const failure = expect(ask(lines)).rejects.toThrow(interrupted())
  await expect.poll(() => lines).toEqual(['begun'])
  interrupt()
  await failure
})

test('what was asked to end too late is done', async () => {
  await listen(async (_, tell, signal) => {
    tell('begun')
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
  })
  const lines: string[] = []
  const moved = ask(lines)
  await expect.poll(() => lines).toEqual(['begun'])
  interrupt()
  expect(await moved).toBe(true)
})
