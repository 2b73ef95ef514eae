import { chmodSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { join, relative } from 'node:path'
import { startListening } from '../../startListening.ts'
import { OperatorError } from '../operatorError.ts'
import type { Place } from './migrationOptions.ts'

const socketName = 'dynatom.control'
/** The longest path of a socket that all systems take (unix(7)). */
const longestSocketPath = 100

/** What a server is asked: to move its store, with the names that have a password. */
export interface MoveRequest {
  readonly to: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** What it answers, line by line; the last one is not of `told`. */
export type MoveAnswer =
  | { readonly kind: 'told'; readonly line: string }
  | { readonly kind: 'moved' }
  | { readonly kind: 'failed'; readonly sentence: string; readonly exitCode?: number }

/** Moves the store of a server that runs; ends in good order when the signal aborts. */
export type MoveByServer = (
  request: MoveRequest,
  tell: (line: string) => void,
  signal: AbortSignal,
) => Promise<void>

/** A path that is short enough, if there is one. */
function pathIn(directory: string): string | undefined {
  const path = join(directory, socketName)
  const short = [path, relative(process.cwd(), path)].find(
    (each) => Buffer.byteLength(each) <= longestSocketPath,
  )
  return process.platform === 'win32' ? undefined : short
}

/**
 * Lets the command `dynatom migrate` ask this process to move the store of `directory`: by a socket
 * in the directory, which whoever may write there may use, and nobody else. REQUIRES: this process
 * has the directory to itself. Gives what ends it; nothing where there can be no such socket.
 */
export function listenForMoves(directory: string, move: MoveByServer): () => void {
  const path = pathIn(directory)
  if (path === undefined) return () => undefined
  rmSync(path, { force: true })
  const server = createServer({ allowHalfOpen: true }, (socket) => void answer(socket, move))
  server.on('error', () => undefined)
  server.once('listening', () => chmodSync(path, 0o600))
  startListening(server, { path })
  server.unref()
  return () => {
    server.close()
    rmSync(path, { force: true })
  }
}

async function answer(socket: Socket, move: MoveByServer): Promise<void> {
  const aborter = new AbortController()
  // Whoever has asked says no more when it is to end, or when it is gone.
  for (const event of ['error', 'end', 'close']) socket.on(event, () => aborter.abort())
  const say = (given: MoveAnswer): void => {
    if (socket.writable) socket.write(`${JSON.stringify(given)}\n`)
  }
  for await (const line of linesOf(socket)) {
    try {
      const request = JSON.parse(line) as MoveRequest
      await move(request, (told) => say({ kind: 'told', line: told }), aborter.signal)
      say({ kind: 'moved' })
    } catch (error) {
      const exitCode = error instanceof OperatorError ? error.exitCode : 1
      say({ kind: 'failed', sentence: (error as Error).message, exitCode })
    }
    socket.end()
    return
  }
}

/** Lines are read when somebody asks, which is seldom: a start does not load what reads them. */
const linesOf = (socket: Socket): AsyncIterable<string> =>
  process.getBuiltinModule('node:readline').createInterface({ input: socket })

export interface Asking {
  readonly to: Place
  readonly tell: (line: string) => void
  readonly interruption: { whenAsked(work: () => void): void }
}

/**
 * Has the server that has `directory` move its store. False when there is none; then whoever asks
 * may open the directory. Throws OperatorError for what the server says.
 */
export async function askServer(
  directory: string,
  { to, tell, interruption }: Asking,
): Promise<boolean> {
  const path = pathIn(directory)
  const socket = path === undefined ? undefined : await connected(path)
  if (socket === undefined || to.kind !== 'engine') return false
  interruption.whenAsked(() => socket.end())
  const { PGPASSWORD, PGPASSFILE, HOME } = process.env
  const request: MoveRequest = { to: to.address, environment: { PGPASSWORD, PGPASSFILE, HOME } }
  socket.write(`${JSON.stringify(request)}\n`)
  for await (const line of linesOf(socket)) {
    const given = JSON.parse(line) as MoveAnswer
    if (given.kind === 'moved') return true
    if (given.kind === 'failed') throw new OperatorError(given.sentence, given.exitCode)
    tell(given.line)
  }
  throw new OperatorError(
    'The server went away; run the same command again, which goes on or says how it ended.',
  )
}

function connected(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => resolve(socket))
    // What comes later is told by the end of the lines.
    socket.on('error', () => resolve(undefined))
  })
}
