import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { brokenServers } from './brokenServers.ts'
import { printFindings } from './checkHistory.ts'
import { runCrowd, type CrowdResult } from './crowd.ts'

/*
 * Servers that are broken on purpose must be caught by the means that are to prove the true one right:
 * the clients, the recorder and the checker of the isolation suite. A run ends as soon as the checker
 * has found what it must. Not run when a saved history is to be looked at.
 */

const wanted = process.env['DYNATOM_HISTORY'] === undefined

const seed = Number(process.env['DYNATOM_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
/** When nothing has been found by then, the flaw has gone unnoticed. */
const mostRounds = 10

function report(name: string, startedMs: number, { findings, ...result }: CrowdResult): void {
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
  const names = [...new Set(findings.map((finding) => finding.name))].join(', ') || 'nothing'
  const { rounds, operations } = result
  console.log(
    `seed ${seed}, ${name}: ${seconds} s, ${rounds} rounds, ${operations} operations: ${names}`,
  )
}

describe.runIf(wanted)('the checker notices that', () => {
  test.each(brokenServers)('$name', async ({ name, main, mix, kills, findings: expected }) => {
    const startedMs = performance.now()
    const result = await runCrowd({
      main,
      seed,
      mix,
      kills,
      rounds: mostRounds,
      isEnough: (findings) => findings.some((finding) => expected.includes(finding.name)),
    })
    report(name, startedMs, result)
    const names = result.findings.map((finding) => finding.name)
    expect(names.filter((each) => expected.includes(each))).not.toEqual([])
  })
})

const modes = ['refuse', 'queue']
test.runIf(wanted).each(modes)('a server that is not broken shows nothing (%s)', async (mode) => {
  const startedMs = performance.now()
  const result = await runCrowd({
    main: fileURLToPath(new URL('../means/unbrokenServer.mjs', import.meta.url)),
    seed,
    flags: ['--transaction-conflicts', mode],
    mix: { writers: { add: 2, pair: 3, refused: 1, skew: 2, gets: 2, getAll: 2, query: 1 } },
    kills: true,
    rounds: 3,
    checksStore: true,
    isEnough: () => false,
  })
  report(`not broken, ${mode}`, startedMs, result)
  expect(printFindings(result.findings)).toBe('')
  expect(result.defects).toEqual([])
})
