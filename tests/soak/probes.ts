import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Gauges } from './sample.ts'

const kibibyte = 1024

/** Memory and open files of another process, as the system tells; nothing of one that is gone. */
export async function probeProcess(pid: number): Promise<Gauges> {
  try {
    return process.platform === 'linux' ? probeOnLinux(pid) : await probeByPs(pid)
  } catch {
    return {}
  }
}

function probeOnLinux(pid: number): Gauges {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const bytesOf = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+([0-9]+) kB$`, 'm').exec(status)?.[1]) * kibibyte
  const serverResidentBytes = bytesOf('VmRSS')
  // A process that has ended and is not collected yet has no memory.
  if (Number.isNaN(serverResidentBytes)) return {}
  return {
    serverResidentBytes,
    serverAnonymousBytes: bytesOf('RssAnon'),
    serverOpenFiles: readdirSync(`/proc/${pid}/fd`).length,
  }
}

async function probeByPs(pid: number): Promise<Gauges> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)])
  return { serverResidentBytes: Number(stdout) * kibibyte }
}

/** The sizes of the store's file and of its journal; files may come and go meanwhile. */
export function probeStore(dataDirectory: string): Gauges {
  const directory = join(dataDirectory, 'store')
  let [storeBytes, journalBytes] = [0, 0]
  try {
    for (const name of readdirSync(directory)) {
      const bytes = statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0
      if (name === 'data.mdb') storeBytes += bytes
      if (name.startsWith('journal.')) journalBytes += bytes
    }
  } catch {
    return {}
  }
  return { storeBytes, journalBytes }
}
