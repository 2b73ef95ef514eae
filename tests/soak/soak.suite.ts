import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { builtMain } from '../means/commandProcess.mjs'
import { runSoak } from './runSoak.ts'
import { verdictOf } from './soakState.ts'

const setting = (name: string): string | undefined => process.env[`DYNATOM_${name}`]

const minutes = Number(setting('MINUTES') ?? 2)
const seed = Number(setting('SEED') ?? Math.floor(Math.random() * 2 ** 31))
const clients = Number(setting('CLIENTS') ?? 16)
const output = resolve(setting('OUTPUT') ?? 'soak-report')
const again = `npm run soak -- --minutes ${minutes} --seed ${seed} --clients ${clients}`

test(`${minutes} minutes of load, kills and checks`, { timeout: 0 }, async () => {
  console.log(`${again}, report in ${output}`)
  const print = (line: string): void => console.log(line)
  const state = await runSoak({ main: builtMain, minutes, seed, clients, output, print })
  console.log(verdictOf(state))
  if (state.problems.length === 0) return
  const where = `The report: ${output}/report.md. The data: ${state.dataDirectory}`
  expect.fail([...state.problems, `Once more, with the same choices: ${again}`, where].join('\n'))
})
