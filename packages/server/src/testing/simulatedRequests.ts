import type { AskedCommit, State } from './expectedState.ts'
import type { SeededRandom } from './seededRandom.ts'

export const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1')

/** Few, so that commits meet; some are neighbours of the engine's own key. */
const keys = [
  '\x00a',
  '\x00journal\x00',
  '\x00z',
  ...Array.from({ length: 11 }, (_, i) => `k${'\u00e9'.repeat(i % 3)}${i}`),
]

const lengths = [0, 1, 30, 30, 60, 60, 300, 1500]
const longLength = 9000

export const chooseKey = (random: SeededRandom): string => random.pick(keys)

/** Values begin with `number`, so that no two of some length are alike; zeros look like a tear. */
function chooseValue(random: SeededRandom, number: number): string {
  const length = random.chance(0.03) ? longLength : random.pick(lengths)
  const filling = random.chance(0.3) ? '\0' : 'x'
  return `${number}.`.padEnd(length, filling).slice(0, length)
}

type Change = AskedCommit['writes'][number]

/** More than the store takes from the journal at once. */
const manyKeys = Array.from({ length: 300 }, (_, i) => `m${String(i).padStart(3, '0')}`)

/** Changes of `manyKeys` from some key on, all of them values or all of them deletions. */
function chooseManyChanges(random: SeededRandom, number: number): Change[] {
  const value = random.chance(0.3) ? undefined : String(number)
  return manyKeys.slice(random.below(40)).map((key) => [key, value] as const)
}

function chooseChanges(random: SeededRandom, number: number): Change[] {
  return Array.from({ length: 1 + random.below(3) }, () => {
    const value = random.chance(0.3) ? undefined : chooseValue(random, number)
    return [chooseKey(random), value] as const
  })
}

/**
 * A commit of some keys, or of many where there are `largeCommits`; now and then it expects what
 * `state` says, or something else.
 */
export function chooseCommit(
  random: SeededRandom,
  { state, number, largeCommits }: { state: State; number: number; largeCommits: boolean },
): AskedCommit {
  const isLarge = largeCommits && random.chance(0.2)
  const writes = isLarge ? chooseManyChanges(random, number) : chooseChanges(random, number)
  if (!random.chance(0.2)) return { expectations: [], writes }
  const key = chooseKey(random)
  const expected = random.chance(0.7) ? state.get(key) : 'nothing like it'
  return { expectations: [[key, expected]], writes }
}
