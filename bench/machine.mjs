import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { cpus, release, totalmem, type } from 'node:os'
import { join, sep } from 'node:path'
import { performance } from 'node:perf_hooks'
import { median } from './statistics.mjs'

const syncSampleCount = 100
const blockBytes = 4096

/** The type of the file system that holds `directory`, from the longest matching mount point. */
function fileSystemOf(directory) {
  try {
    const mounts = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' '))
      .filter(([, mountPoint]) => mountPoint !== undefined && isWithin(directory, mountPoint))
      .sort((a, b) => b[1].length - a[1].length)
    return mounts[0]?.[2] ?? 'unknown'
  } catch {
    return 'unknown'
  }
}

function isWithin(directory, mountPoint) {
  if (directory === mountPoint || mountPoint === sep) return true
  return directory.startsWith(mountPoint + sep)
}

/** Median time, in milliseconds, to write one block and have it on the disk. */
function syncedWriteMs(directory) {
  const path = join(directory, `dynatom-bench-sync-${process.pid}`)
  const file = openSync(path, 'w')
  try {
    const block = Buffer.alloc(blockBytes, 1)
    const samples = Array.from({ length: syncSampleCount }, () => {
      const startedAtMs = performance.now()
      writeSync(file, block)
      fdatasyncSync(file)
      return performance.now() - startedAtMs
    })
    return median(samples)
  } finally {
    closeSync(file)
    rmSync(path)
  }
}

/** Lines that say on what machine, and with which disk below `dataDir`, a run was made. */
export function describeMachine(dataDir) {
  const processors = cpus()
  const memoryGiB = (totalmem() / 2 ** 30).toFixed(1)
  const synced = syncedWriteMs(dataDir).toFixed(2)
  return [
    `Processor: ${processors.length} x ${processors[0]?.model ?? 'unknown'}`,
    `Memory: ${memoryGiB} GiB`,
    `System: ${type()} ${release()}, Node.js ${process.versions.node}`,
    `Data on ${fileSystemOf(dataDir)}; one synced write of 4 KiB takes ${synced} ms`,
    `Date: ${new Date().toISOString().slice(0, 10)}`,
  ]
}
