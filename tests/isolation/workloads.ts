import { BankTransfers } from './bankTransfers.ts'
import { Counters } from './counters.ts'
import { ListAppend } from './listAppend.ts'
import { UniquePairs } from './uniquePairs.ts'
import type { MakeWorkload } from './workload.ts'

const workloads = {
  listAppend: (options) => new ListAppend(options),
  bankTransfers: (options) => new BankTransfers(options),
  uniquePairs: (options) => new UniquePairs(options),
  counters: (options) => new Counters(options),
} satisfies Record<string, MakeWorkload>

export type WorkloadName = keyof typeof workloads

export const workloadNames = Object.keys(workloads) as readonly WorkloadName[]

export const makeWorkload = (name: WorkloadName): MakeWorkload => workloads[name]
