import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { mutatedServer } from './mutatedServer.ts'
import { mutations, type Mutation, type Replacement } from './mutations.ts'
import { runIsolation, type IsolationResult } from './runIsolation.ts'
import { printFindings } from './checkHistory.ts'

/*
 * Servers that are broken on purpose must be caught by the suite that is to prove the true one right. A
 * run ends with the first epoch in which something was found.
 */

const seed = Number(process.env['DYNATOM_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const clients = 16
/** When nothing has been found by then, the mutation has gone unnoticed. */
const mostSeconds = 15

function builtWith(replacements: readonly Replacement[]): string {
  const directory = mkdtempSync(join(tmpdir(), 'dynatom-mutated-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return mutatedServer(directory, replacements)
}

function isNoticed({ findings, defects }: IsolationResult, mutation: Mutation): boolean {
  return (
    findings.some(({ name }) => mutation.findings.includes(name)) ||
    defects.some(({ name }) => name === mutation.defect)
  )
}

function told({ findings, defects, figures }: IsolationResult): string {
  const names = new Set([...findings, ...defects].map(({ name }) => name))
  return `${[...names].join(', ')} (${figures.kills} kills, ${figures.summary().split('\n')[0]})`
}

describe('the suite notices that', () => {
  test.each(mutations)('$name', async (mutation) => {
    const { replacements, workload, kills } = mutation
    const startedMs = performance.now()
    const result = await runIsolation({
      main: builtWith(replacements),
      seconds: mostSeconds,
      // The first kill comes 1.5 to 4.5 seconds after the start.
      epochSeconds: kills ? 5 : 1,
      seed,
      clients,
      kills,
      workloads: [workload],
    })
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
    console.log(`seed ${seed}, ${mutation.name}: in ${seconds} s ${told(result)}`)
    expect(isNoticed(result, mutation), printFindings(result.findings)).toBe(true)
  })
})

test('the same way finds nothing in a server that is not broken', async () => {
  const result = await runIsolation({
    main: builtWith([]),
    seconds: 5,
    seed,
    clients,
    kills: true,
    workloads: ['listAppend', 'counters'],
  })
  console.log(`seed ${seed}, not broken: ${told(result)}`)
  expect(printFindings(result.findings)).toBe('')
  expect(result.defects).toEqual([])
})
