import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { removeShipments } from './shipments.mjs'
import { callOperation } from './tableLoader.mjs'

const generatorPath = fileURLToPath(new URL('loadGenerator.mjs', import.meta.url))
const keptAnswerCharacters = 500

/** Runs one job in a fresh load generator process; resolves to the result of `runLoad`. */
export function generateLoad(job) {
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
 * the target does not know the operation; throws for any other answer than success, and for one
 * that is not what the workload expects of a database.
 */
export async function probe(target, workload) {
  const [request] = workload.bodies(target.kind.itemCount)
  const { status, body } = await callOperation(target.port, workload.operation, request)
  const isChecked = target.kind.isDatabase && workload.isExpected !== undefined
  if (status === 200 && (!isChecked || workload.isExpected(body))) return 'supported'
  if (String(body.__type).endsWith('UnknownOperationException')) return 'unsupported'
  throw new Error(`${status} ${JSON.stringify(body).slice(0, keptAnswerCharacters)}`)
}

/**
 * Measures one row of the table: in each round every target once, one after the other, so that
 * whatever slows the machine down for a while slows all of them down. What a workload adds is
 * removed again after each measurement.
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
      const server = { port: target.port, itemCount: target.kind.itemCount }
      const job = { workload: workload.name, ...server, connections, warmupMs, durationMs }
      try {
        const result = await generateLoad(job)
        if (workload.addsShipments) await removeShipments(server)
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
