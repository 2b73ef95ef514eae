import { readdirSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import process from 'node:process'

const taskDirectory = '/proc/self/task'

/**
 * How many threads Node starts for itself before any other: four that collect garbage and compile
 * (the default of `--v8-pool-size`), and one that wakes them.
 */
const helpers = 5

/**
 * Has the threads on which the runtime collects garbage and compiles go behind everybody else's, so
 * that a machine with few processors answers first. Only Linux tells which they are, by the order
 * in which they were started; elsewhere, and where it is not allowed, nothing changes. The threads
 * that write to the disk stay as they are.
 */
export function lowerHelperThreads(): void {
  const isUsual = !process.execArgv.some((flag) => flag.startsWith('--v8-pool-size'))
  if (process.platform !== 'linux' || !isUsual) return
  try {
    const threads = readdirSync(taskDirectory).map(Number)
    const others = threads.filter((thread) => thread > process.pid).sort((a, b) => a - b)
    for (const thread of others.slice(0, helpers)) {
      setPriority(thread, constants.priority.PRIORITY_LOW)
    }
  } catch {
    // It is a courtesy.
  }
}
