import type { Bytes, Expectation, StorageEngine, StorageWrite } from '../storage/engine.ts'
import {
  SumLimitExceeded,
  type CounterDelta,
  type Effect,
  type EffectResults,
} from './committer.ts'
import { sumOf, type CounterChange } from './counterChanges.ts'
import { encodeCounter, singleCount } from './counters.ts'

/** What the effects of a commit come to on the state that was read for them. */
export interface WorkedOut {
  readonly results: EffectResults
  readonly writes: readonly StorageWrite[]
  /** The commit relies on what was read. */
  readonly expectations: readonly Expectation[]
  readonly changes: readonly CounterChange[]
}

/** What effects read: a number that they change, or whether something is there. */
interface Held {
  readonly isThere: boolean
  value: number
}

const noEffects: WorkedOut = { results: [], writes: [], expectations: [], changes: [] }

/**
 * Works out effects on what is in the store now, all of it read in one committed state. Gives a
 * SumLimitExceeded for a sum that would grow too much.
 */
export async function workOutEffects(
  engine: StorageEngine,
  effects: readonly Effect[],
): Promise<WorkedOut | SumLimitExceeded> {
  if (effects.length === 0) return noEffects
  const keys = effects.map(keyRead).filter((key) => key !== undefined)
  const found = keys.length === 0 ? [] : await engine.read(keys)
  const expectations = keys.map((key, i) => ({ key, version: found[i]?.version }))
  const held = new Map<string, Held>()
  keys.forEach((key, i) => {
    const before = found[i]?.value
    const number = before?.length === 8 ? singleCount(before) : 0
    held.set(nameOf(key), { isThere: before !== undefined, value: number })
  })
  const results: (number | undefined)[] = []
  const writes: StorageWrite[] = []
  const changes: CounterChange[] = []
  for (const effect of effects) {
    if (effect.kind === 'delta') {
      changes.push({ key: effect.counter.key, differences: differencesOf(effect, held) })
      results.push(undefined)
      continue
    }
    const number = held.get(nameOf(effect.key)) as Held
    if (effect.kind === 'sum') {
      number.value += effect.difference
      if (effect.difference > 0 && number.value > effect.limit) {
        return new SumLimitExceeded(effect.key)
      }
      results.push(number.value)
    } else {
      results.push(number.value + 1)
      writes.push(...effect.writes(number.value + 1))
      number.value += effect.count
    }
    const { value } = number
    writes.push({ key: effect.key, value: value === 0 ? undefined : encodeCounter([value]) })
  }
  return { results, writes, expectations, changes }
}

const nameOf = (key: Bytes): string => Buffer.from(key).toString('latin1')

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
