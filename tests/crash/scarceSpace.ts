import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Launch } from '../means/commandProcess.mjs'
import { temporaryDirectory } from '../means/dynatomProcess.ts'

/** A data directory whose space a test can take away and give back, under a running server too. */
export interface ScarceSpace {
  readonly directory: string
  /** Leaves about `leftBytes` to what the server with this process id may still write. */
  take(pid: number, leftBytes: number): void
  /** The process may have ended. */
  giveBack(pid: number): void
  /** How a server is started that has no space from its first moment on. */
  fullFromTheStart(): Launch
}

/**
 * A limit on the size of the server's files. Tells in a sentence why there can be none: the limit of
 * a running process is changed by prlimit (util-linux).
 */
export function fileSizeQuota(): ScarceSpace | string {
  if (!canRun('prlimit', ['--version'])) return 'there is no prlimit'
  const directory = temporaryDirectory()
  const setLimit = (pid: number, limit: string): void => {
    execFileSync('prlimit', ['--pid', String(pid), `--fsize=${limit}:`])
  }
  return {
    directory,
    take: (pid, leftBytes) => setLimit(pid, String(largestFile(directory) + leftBytes)),
    giveBack: (pid) => {
      if (isRunning(pid)) setLimit(pid, 'unlimited')
    },
    fullFromTheStart: () => ({ wrapper: ['prlimit', `--fsize=${largestFile(directory)}:`] }),
  }
}

const diskBytes = 64 * 1024 * 1024
const largestSmallDisk = 512 * 1024 * 1024

/**
 * A small file system that another file fills up: one of our own when we may mount it, or else
 * /dev/shm when that is small. Tells in a sentence why there is neither.
 */
export function smallDisk(): ScarceSpace | string {
  const directory = mountedDirectory() ?? smallSharedMemory()
  if (directory === undefined) return 'nothing can be mounted, and /dev/shm is not small'
  const data = join(directory, 'data')
  const ballast = join(directory, 'ballast')
  return {
    directory: data,
    take(_pid, leftBytes) {
      const { bavail, bsize } = statfsSync(directory)
      writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - leftBytes), 1))
    },
    giveBack: () => rmSync(ballast, { force: true }),
    fullFromTheStart: () => ({}),
  }
}

function mountedDirectory(): string | undefined {
  const directory = temporaryDirectory()
  const mount = ['-t', 'tmpfs', '-o', `size=${diskBytes}`, 'tmpfs', directory]
  if (!canRun('mount', mount)) return undefined
  onTestFinished(() => void execFileSync('umount', [directory]))
  return directory
}

function smallSharedMemory(): string | undefined {
  try {
    const { blocks, bsize } = statfsSync('/dev/shm')
    if (blocks * bsize > largestSmallDisk) return undefined
    const directory = join('/dev/shm', `dynatom-test-${process.pid}`)
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
    mkdirSync(directory)
    return directory
  } catch {
    return undefined
  }
}

/** Whether a program is there and succeeds, for this user or another one. */
export function canRun(program: string, args: readonly string[], uid?: number): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore', ...(uid !== undefined && { uid, gid: uid }) })
    return true
  } catch {
    return false
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function largestFile(directory: string): number {
  const paths = readdirSync(directory, { recursive: true, encoding: 'utf8' })
  const sizes = paths.map((path) => statSync(join(directory, path)).size)
  return Math.max(0, ...sizes)
}
