/*
 * Loaded into a server before its own code, by NODE_OPTIONS: SIGUSR2 has the garbage collected, and a line
 * on standard output says when that is done and how much of the heap is in use.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc')

process.on('SIGUSR2', () => {
  // What finalizers let go is there for the second one.
  collect()
  setImmediate(() => {
    collect()
    process.stdout.write(`collected: ${process.memoryUsage().heapUsed} bytes in use\n`)
  })
})
