import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { callOperation } from './tableLoader.mjs'

const generatorPath = fileURLToPath(new URL('loadGenerator.mjs', import.meta.url))

/** Runs one job in a fresh load generator process; resolves to the result of `runLoad`. */
function generateLoad(job) {
  const child = fork(generatorPath)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`the load generator ended with code ${code}`)))
    child.once('message', ({ result, error }) => {
      if (error !== undefined) reject(new Error(error))
      else if (result.requestCount === 0) reject(new Error('no request was answered in time'))
      else resolve(result)
    })
    child.send(job)
  })
}

/**
 * Asks a target once for the first request of a workload. Returns 'supported', 'unsupported' when
 * the target does not know the operation; throws for any other answer than success.
 */
export async function probe(target, workload) {
  const [request] = workload.bodies()
  const { status, body } = await callOperation(target.port, workload.operation, request)
  if (status === 200) return 'supported'
  if (String(body.__type).endsWith('UnknownOperationException')) return 'unsupported'
  throw new Error(`${status} ${JSON.stringify(body)}`)
}

/**
 * Measures one row of the table: in each round every target once, one after the other, so that
 * whatever slows the machine down for a while slows all of them down.
 *
 * Returns the rounds, each an object from target name to the result of `runLoad`. A target whose
 * measurement fails is reported to `onFault(target, message)` and missing from then on.
 */
export async function measureRow({ workload, connections, targets, options }, onFault) {
  const failed = new Set()
  const rounds = []
  const { warmupMs, durationMs } = options
  for (let round = 0; round < options.rounds; round++) {
    const results = {}
    for (const target of targets.filter((each) => !failed.has(each))) {
      const job = { workload: workload.name, port: target.port, connections, warmupMs, durationMs }
      try {
        const result = await generateLoad(job)
        results[target.kind.name] = result
        if (Object.keys(result.unexpectedStatuses).length > 0) {
          onFault(target, `answers other than 200: ${JSON.stringify(result.unexpectedStatuses)}`)
        }
      } catch (error) {
        failed.add(target)
        onFault(target, error.message)
      }
    }
    rounds.push(results)
  }
  return rounds
}
