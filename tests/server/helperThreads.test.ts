import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DynatomProcess, temporaryDirectory } from '../means/dynatomProcess.ts'
import { perform } from '../means/httpClient.ts'

/** The nice value of each thread of a process, the first thread first (proc(5), stat). */
function niceValues(pid: number): number[] {
  const threads = readdirSync(`/proc/${pid}/task`).map(Number)
  return threads
    .sort((a, b) => a - b)
    .map((thread) => {
      const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8')
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])
    })
}

test.runIf(existsSync('/proc/self/task'))(
  'the threads of the collector go behind others, and those that answer and write do not',
  async () => {
    const server = new DynatomProcess(['--port', '0', '--log', 'silent'], temporaryDirectory())
    await perform(await server.endpoint(), 'ListTables', {})
    const values = niceValues(server.child.pid as number)
    const own = niceValues(process.pid)[0] as number
    expect(values.slice(0, 6)).toEqual([own, 19, 19, 19, 19, 19])
    // The journal and LMDB have threads of their own.
    expect(values.length).toBeGreaterThan(6)
    expect(values.slice(6).every((value) => value === own)).toBe(true)
  },
)
