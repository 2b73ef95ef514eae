import { realTime, rw, wr, ww } from './edges.ts'
import type { AnomalyName } from './finding.ts'

/** Which cycles have a name. */
export interface CycleKind {
  readonly name: AnomalyName
  /** The kind of edge that such a cycle has at least once; it is looked for from there. */
  readonly start: number
  /** The kinds that the rest of the cycle may have. */
  readonly rest: number
  /** A kind that the rest must have at least once besides; 0 for none. */
  readonly required: number
  /** No cycle of the kind is shorter, but for what the lives of a deleted item tell. */
  readonly minHops: number
}

const plain: readonly CycleKind[] = [
  { name: 'G0', start: ww, rest: ww, required: 0, minHops: 2 },
  { name: 'G1c', start: wr, rest: ww | wr, required: 0, minHops: 2 },
  { name: 'G-single', start: rw, rest: ww | wr, required: 0, minHops: 2 },
  { name: 'G2', start: rw, rest: ww | wr | rw, required: rw, minHops: 2 },
]

export const cycleKinds: readonly CycleKind[] = [
  ...plain,
  ...plain.map(({ name, start, rest, required }): CycleKind => {
    return {
      name: `strict-serializability (${name as 'G0' | 'G1c' | 'G-single' | 'G2'} with real time)`,
      start,
      rest: rest | realTime,
      required: required | realTime,
      minHops: required === 0 ? 2 : 3,
    }
  }),
]
