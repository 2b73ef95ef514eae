/**
 * The load generator's process. Receives one job as a message from its parent (`workload` by
 * name, `port`, `connections`, `warmupMs`, `durationMs`; with `itemCount`, the workload is one of
 * growth, or of streams, on a table of that size; with `part` and `parts`, one part of its
 * requests), answers `{ result }` or `{ error }`.
 */
import { runLoad } from './loadRun.mjs'
import { RequestPool } from './requestPool.mjs'
import { growthWorkloads } from './growthWorkloads.mjs'
import { streamWorkloads } from './streamWorkloads.mjs'
import { workloads } from './workloads.mjs'

async function answer(job) {
  try {
    const sized = [...growthWorkloads, ...streamWorkloads]
    const known = job.itemCount === undefined ? workloads : sized
    const workload = known.find(({ name }) => name === job.workload)
    if (workload === undefined) throw new Error(`no workload named ${job.workload}`)
    return { result: await runLoad(new RequestPool(workload, job), job) }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

process.once('disconnect', () => process.exit())

process.once('message', async (job) => {
  process.send(await answer(job), () => process.exit())
})
