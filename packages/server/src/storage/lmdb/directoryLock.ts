import { createHash } from 'node:crypto'
import { closeSync, openSync, readdirSync, realpathSync, unlinkSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { systemClock, systemRandom } from '../../clock.ts'
import { startListening } from '../../startListening.ts'
import { StoreUnavailable } from '../engine.ts'

/** Ownership of a data directory by this process. */
export interface DirectoryLock {
  release(): void
}

const lockName = 'dynatom.lock'
/**
 * The longest path of a Unix domain socket that all systems take (unix(7): 108 bytes with the end).
 */
const longestSocketPath = 100
const answerTimeoutMs = 1000
const pauseMs = 10
const attempts = 500
/** What connecting fails with when nobody listens, or when the name is no socket at all. */
const deadHolderCodes: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOENT', 'ENOTSOCK'])

/**
 * Makes this process the only one on `directory`. Rejects with StoreUnavailable when another one
 * has it.
 *
 * Whoever wants the directory listens on a Unix domain socket of its own there, named
 * `dynatom.lock.ID`, and then asks all the others. The kernel closes a socket when its process
 * dies, however it dies, and connecting tells a living process from a dead one across containers
 * too, where process ids mean nothing. Because everybody shows itself before it asks, of two
 * processes at least one sees the other:
 *
 *     the other holds the directory, or does not answer     give up
 *     it asks too, and its name is smaller                  give up
 *     it asks too, and its name is greater                  ask again, until it gave up or holds
 *     it hangs up                                           ask again
 *     nobody listens there                                  remove the name; none is used twice
 *     there is no other                                     hold the directory
 *
 * A rename or link to one name would not do: between judging a lock dead and replacing it, another
 * process may have replaced it already. On Windows the lock is a named pipe, which only one process
 * can have.
 */
export async function acquireDirectoryLock(directory: string): Promise<DirectoryLock> {
  if (process.platform === 'win32') return lockByPipe(directory)
  const names = openNames(directory)
  try {
    return await lockBySocket(directory, names)
  } finally {
    names.close()
  }
}

/** Paths of names in the directory that are short enough for a socket. */
interface SocketNames {
  pathOf(name: string): string
  close(): void
}

/** On Linux a long directory is reached through a descriptor of it. */
function openNames(directory: string): SocketNames {
  const longest = join(directory, mineName())
  const isLong = Buffer.byteLength(longest) > longestSocketPath
  if (!isLong || process.platform !== 'linux') {
    return { pathOf: (name) => join(directory, name), close() {} }
  }
  const descriptor = openSync(directory, 'r')
  return {
    pathOf: (name) => `/proc/self/fd/${descriptor}/${name}`,
    close: () => closeSync(descriptor),
  }
}

/** A name that no other attempt to lock uses, in this process or another one. */
function mineName(): string {
  return `${lockName}.${process.pid}-${Buffer.from(systemRandom.bytes(6)).toString('hex')}`
}

/**
 * What a process on the directory answers: whether it holds it or still asks, and its process id.
 */
interface Contender {
  state: 'asks' | 'holds'
}

async function lockBySocket(directory: string, names: SocketNames): Promise<DirectoryLock> {
  const mine = mineName()
  const self: Contender = { state: 'asks' }
  const server = await listen(directory, names.pathOf(mine), self)
  const leave = (): void => {
    removeName(join(directory, mine))
    server.close()
  }
  try {
    server.ref()
    await winDirectory(directory, names, mine)
    server.unref()
  } catch (error) {
    leave()
    throw error
  }
  self.state = 'holds'
  let held = true
  return {
    release() {
      if (held) leave()
      held = false
    },
  }
}

/** A server that answers for this process. It does not keep the process alive by itself. */
function listen(directory: string, path: string, self: Contender): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.unref()
      socket.end(`${self.state} ${process.pid}`)
    })
    server.once('error', (error) => {
      reject(
        new StoreUnavailable(
          `The data directory ${directory} cannot be written to: ${error.message}.`,
        ),
      )
    })
    server.once('listening', () => resolve(server))
    startListening(server, { path })
    server.unref()
  })
}

/** Resolves when no other process is on the directory; rejects when this one has to give up. */
async function winDirectory(directory: string, names: SocketNames, mine: string): Promise<void> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const others = readdirSync(directory).filter((name) => isLock(name) && name !== mine)
    let rivals = 0
    for (const other of others) {
      const answer = await askHolder(names.pathOf(other))
      if (answer === undefined) removeName(join(directory, other))
      else if (answer === 'busy' || answer.startsWith('holds')) throw inUse(directory, answer)
      else if (answer !== 'leaving' && other < mine) throw beingOpened(directory)
      else rivals += 1
    }
    if (rivals === 0) return
    await new Promise<void>((resolve) => systemClock.startTimer(pauseMs, resolve))
  }
  throw beingOpened(directory)
}

const isLock = (name: string): boolean => name === lockName || name.startsWith(`${lockName}.`)

/**
 * `busy` is a process that listens and does not speak, `leaving` one that hung up without a word.
 */
type Answer = `asks ${string}` | `holds ${string}` | 'busy' | 'leaving'

/** What the process that listens at `path` says of itself; undefined when no process listens. */
function askHolder(path: string): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    let said = ''
    const socket = connect(path)
    const finish = (answer: string | undefined): void => {
      socket.destroy()
      resolve(answer as Answer | undefined)
    }
    socket.setTimeout(answerTimeoutMs, () => finish('busy'))
    socket.on('data', (chunk) => {
      said += chunk.toString('latin1')
    })
    socket.once('end', () => finish(said === '' ? 'leaving' : said))
    socket.once('error', ({ code = '' }: NodeJS.ErrnoException) => {
      finish(deadHolderCodes.has(code) ? undefined : 'leaving')
    })
  })
}

function removeName(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // It is gone already.
  }
}

async function lockByPipe(directory: string): Promise<DirectoryLock> {
  const digest = createHash('sha256').update(realpathSync(directory).toLowerCase()).digest('hex')
  const path = `\\\\.\\pipe\\dynatom-${digest}`
  const holder = await askHolder(path)
  if (holder !== undefined) throw inUse(directory, holder)
  const server = await listen(directory, path, { state: 'holds' })
  return { release: () => void server.close() }
}

function inUse(directory: string, answer: string): StoreUnavailable {
  const pid = /^holds (\d+)$/.exec(answer)?.[1]
  const which = pid === undefined ? '' : ` (pid ${pid})`
  return new StoreUnavailable(
    `The data directory ${directory} is in use by another Dynatom process${which}.`,
  )
}

function beingOpened(directory: string): StoreUnavailable {
  return new StoreUnavailable(`The data directory ${directory} is being opened by another process.`)
}
