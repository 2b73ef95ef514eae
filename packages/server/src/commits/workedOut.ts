import type {
  Bytes,
  Expectation,
  MaybePromise,
  StorageWrite,
  Versioned,
} from '../storage/engine.ts'
import { nameOf } from './commitAssembly.ts'
import {
  SumLimitExceeded,
  type CounterDelta,
  type Effect,
  type EffectResults,
} from './committer.ts'
import { sumOf, type CounterChange } from './counterChanges.ts'
import { decodeCounter } from './counters.ts'
import { drawNumbers, storedNumbers } from './sequences.ts'

/** What the effects of a commit come to on the state that was read for them. */
export interface WorkedOut {
  readonly results: EffectResults
  readonly writes: readonly StorageWrite[]
  /** The commit relies on what was read. */
  readonly expectations: readonly Expectation[]
  readonly changes: readonly CounterChange[]
}

/** What effects read: numbers that they change, or whether something is there. */
interface Held {
  readonly isThere: boolean
  values: readonly number[]
}

const noEffects: WorkedOut = { results: [], writes: [], expectations: [], changes: [] }

/**
 * Works out effects on what `read` gives for their keys. Gives a SumLimitExceeded for a sum that
 * would grow too much.
 */
export async function workOutEffects(
  read: (keys: readonly Bytes[]) => MaybePromise<readonly (Versioned | undefined)[]>,
  effects: readonly Effect[],
): Promise<WorkedOut | SumLimitExceeded> {
  if (effects.length === 0) return noEffects
  const keys = effects.map(keyRead).filter((key) => key !== undefined)
  const found = keys.length === 0 ? [] : await read(keys)
  const expectations = keys.map((key, i) => ({ key, version: found[i]?.version }))
  const held = new Map<string, Held>()
  keys.forEach((key, i) => {
    const before = found[i]?.value
    const isThere = before !== undefined
    const mayBeNumbers = isThere && (before.length === 8 || before.length === 16)
    held.set(nameOf(key), { isThere, values: mayBeNumbers ? decodeCounter(before) : [] })
  })
  const results: (number | undefined)[] = []
  const writes: StorageWrite[] = []
  const changes: CounterChange[] = []
  for (const effect of effects) {
    if (effect.kind === 'delta') {
      const differences = differencesOf(effect, held)
      // What changes nothing needs no note.
      if (differences.some((each) => each !== 0)) {
        changes.push({ key: effect.counter.key, differences })
      }
      results.push(undefined)
      continue
    }
    const numbers = held.get(nameOf(effect.key)) as Held
    if (effect.kind === 'sum') {
      const sum = (numbers.values[0] ?? 0) + effect.difference
      if (effect.difference > 0 && sum > effect.limit) return new SumLimitExceeded(effect.key)
      numbers.values = [sum]
      results.push(sum)
    } else {
      const { first, timeMs, after } = drawNumbers(numbers.values, effect)
      numbers.values = after
      results.push(first)
      writes.push(...effect.writes(first, timeMs))
    }
    writes.push({ key: effect.key, value: storedNumbers(numbers.values) })
  }
  return { results, writes, expectations, changes }
}

const keyRead = (effect: Effect): Bytes | undefined =>
  effect.kind === 'delta' ? effect.filling?.replaced?.key : effect.key

/** What has not been filled in yet is not taken away. */
function differencesOf(
  { differences, filling }: CounterDelta,
  held: ReadonlyMap<string, Held>,
): readonly number[] {
  const replaced = filling?.replaced
  if (replaced === undefined || held.get(nameOf(replaced.key))?.isThere === true) return differences
  return sumOf(differences, replaced.counts)
}
