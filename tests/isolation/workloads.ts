import { ListAppend } from './listAppend.ts'
import type { MakeWorkload } from './workload.ts'

const workloads = {
  listAppend: (options) => new ListAppend(options),
} satisfies Record<string, MakeWorkload>

export type WorkloadName = keyof typeof workloads

export const workloadNames = Object.keys(workloads) as readonly WorkloadName[]

export const makeWorkload = (name: WorkloadName): MakeWorkload => workloads[name]
