import { readFileSync } from 'node:fs'

/**
 * How much address space the file may take before lmdb-js maps it anew; each new mapping is kept
 * beside the old ones. It costs no memory and no disk.
 */
const roomyBytes = 64 * 1024 ** 3

/**
 * The size of the first map of the store; undefined for a small one that grows with the file.
 * Windows would reserve a large one on disk, and a process whose address space is limited (`ulimit
 * -v`) may not have one.
 */
export function mapSizeBytes(): number | undefined {
  if (process.platform === 'win32') return undefined
  return addressSpaceBytes(readLimits()) < 2 * roomyBytes ? undefined : roomyBytes
}

/** What a process may map at most, by the text of Linux's /proc/self/limits. */
export function addressSpaceBytes(limits: string): number {
  const soft = /^Max address space +(\d+) /m.exec(limits)?.[1]
  return soft === undefined ? Infinity : Number(soft)
}

/** Other systems do not tell their limits, and hardly anybody sets this one there. */
function readLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'latin1')
  } catch {
    return ''
  }
}
