import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StoreUnavailable } from '../engine.ts'

/** Ownership of a data directory by this process. */
export interface DirectoryLock {
  release(): void
}

/** Who holds a lock: a process, told apart from a later one with the same id by when it began. */
interface Holder {
  readonly pid: number
  /** Boot id and start time of the process where the system tells them, else an empty string. */
  readonly birth: string
}

const held = new Set<string>()

/**
 * Makes this process the only one on `directory`, by a file `dynatom.lock` that names the holder. The file
 * of a process that is gone is taken over. Throws StoreUnavailable when the holder is alive.
 */
export function acquireDirectoryLock(directory: string): DirectoryLock {
  const path = join(directory, 'dynatom.lock')
  const mine = join(directory, `dynatom.lock.${process.pid}`)
  if (held.has(path)) throw alreadyOpen(directory, process.pid)
  try {
    writeFileSync(mine, JSON.stringify({ pid: process.pid, birth: birthOf(process.pid) }))
  } catch (error) {
    throw new StoreUnavailable(
      `The data directory ${directory} cannot be written to: ${(error as Error).message}.`,
    )
  }
  try {
    placeLock(directory, path, mine)
  } finally {
    unlinkSync(mine)
  }
  held.add(path)
  return {
    release() {
      if (!held.delete(path)) return
      unlinkSync(path)
    },
  }
}

/** link() is atomic and fails when the name exists, so of two processes exactly one wins. */
function placeLock(directory: string, path: string, mine: string): void {
  const attempts = 3
  for (let attempt = 0; attempt < attempts; attempt++) {
    try {
      linkSync(mine, path)
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw new StoreUnavailable(
          `The data directory ${directory} cannot be locked: ${(error as Error).message}.`,
        )
      }
    }
    const text = readLock(path)
    if (text === undefined) continue
    const holder = parseHolder(text)
    if (holder !== undefined && isAlive(holder)) throw alreadyOpen(directory, holder.pid)
    removeStaleLock(path, `${mine}.stale`, text)
  }
  throw new StoreUnavailable(`The data directory ${directory} is being opened by another process.`)
}

/** Moves the lock away first, so that a lock placed meanwhile by someone else is put back, not lost. */
function removeStaleLock(path: string, aside: string, judged: string): void {
  try {
    renameSync(path, aside)
  } catch {
    return
  }
  if (readLock(aside) !== judged) {
    try {
      linkSync(aside, path)
    } catch {
      // Somebody else holds the name by now, and the next attempt sees them.
    }
  }
  unlinkSync(aside)
}

function readLock(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, birth } = JSON.parse(text) as Partial<Holder>
    if (!Number.isInteger(pid) || typeof birth !== 'string') return undefined
    return { pid: pid as number, birth }
  } catch {
    return undefined
  }
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const birth = birthOf(holder.pid)
  return birth === '' || holder.birth === '' || birth === holder.birth
}

/** Field 22 of /proc/PID/stat is the start time in clock ticks since boot (Linux, proc(5)). */
function birthOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot}:${fields[19]}`
  } catch {
    return ''
  }
}

function alreadyOpen(directory: string, pid: number): StoreUnavailable {
  return new StoreUnavailable(
    `The data directory ${directory} is in use by another Dynatom process (pid ${pid}).`,
  )
}
