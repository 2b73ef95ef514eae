/** Where values lie between the ends of an axis, and the round numbers that are written at it. */
export interface Axis {
  readonly ticks: readonly number[]
  /** From 0 at the begin to 1 at the end; what lies beyond an end is put there. */
  place(value: number): number
}

const within = (share: number): number => Math.min(1, Math.max(0, share))

const steps = [1, 2, 5, 10]

/** The smallest of 1, 2, 5, 10, 20, ... that is not below `least`. */
function roundUp(least: number): number {
  const decade = 10 ** Math.floor(Math.log10(least))
  return fixed((steps.find((step) => step * decade >= least * (1 - 1e-9)) as number) * decade)
}

/** The greatest of them that is not above `most`. */
function roundDown(most: number): number {
  const decade = 10 ** Math.floor(Math.log10(most))
  return fixed((steps.findLast((step) => step * decade <= most * (1 + 1e-9)) as number) * decade)
}

/** Without the last bits that calculations in binary leave. */
const fixed = (value: number): number => Number(value.toPrecision(12))

const intervals = 5

/** From 0 to a round number that no value exceeds. */
export function linearAxis(values: readonly number[]): Axis {
  const greatest = greatestOf(values) || 1
  const step = roundUp(greatest / intervals)
  const end = Math.ceil((greatest / step) * (1 - 1e-9)) * step
  const count = Math.round(end / step)
  return {
    ticks: Array.from({ length: count + 1 }, (_, i) => fixed(i * step)),
    place: (value) => within(value / end),
  }
}

const mostLogTicks = 9

/** Between round numbers around all values that are above 0; others lie at its begin. */
export function logAxis(values: readonly number[]): Axis {
  const positive = values.filter((value) => value > 0)
  const [least, greatest] =
    positive.length === 0 ? [1, 10] : [leastOf(positive), greatestOf(positive)]
  const fine = roundTicks(roundDown(least), greatest, (tick) => roundUp(tick * 1.5))
  const decade = 10 ** Math.floor(Math.log10(least) + 1e-9)
  const coarse = roundTicks(fixed(decade), greatest, (tick) => fixed(tick * 10))
  const ticks = fine.length > mostLogTicks ? coarse : fine
  const [begin, end] = [ticks[0] as number, ticks.at(-1) as number]
  const width = Math.log(end / begin)
  return {
    ticks,
    place: (value) => (value > 0 ? within(Math.log(value / begin) / width) : 0),
  }
}

/** From `begin` on, at least two, the last one not below `greatest`. */
function roundTicks(begin: number, greatest: number, next: (tick: number) => number): number[] {
  const ticks = [begin, next(begin)]
  for (let last = next(begin); last < greatest * (1 - 1e-9); ticks.push(last)) last = next(last)
  return ticks
}

const [minute, hour] = [60, 3600]
const sixtieths = [1, 2, 5, 10, 15, 30]
const hours = [1, 2, 3, 6, 12, 24, 48]
const timeSteps = [
  ...sixtieths,
  ...sixtieths.map((step) => step * minute),
  ...hours.map((step) => step * hour),
]
const mostTimeTicks = 12

/** From 0 to `seconds`. */
export function timeAxis(seconds: number): Axis {
  const end = Math.max(1, seconds)
  const step = timeSteps.find((each) => end / each <= mostTimeTicks) ?? roundUp(end / mostTimeTicks)
  return {
    ticks: Array.from({ length: Math.floor(end / step) + 1 }, (_, i) => i * step),
    place: (value) => within(value / end),
  }
}

const greatestOf = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), 0)
const leastOf = (values: readonly number[]): number =>
  values.reduce((a, b) => Math.min(a, b), Infinity)
