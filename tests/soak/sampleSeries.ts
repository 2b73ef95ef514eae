import { mergeSamples, type Sample } from './sample.ts'

/**
 * The samples of a run of any length, at most so many: when there would be more, neighbours are merged, and
 * later ones cover as long a time as those.
 */
export class SampleSeries {
  readonly #most: number
  #samples: Sample[] = []
  /** How many of the samples that are added go into one. */
  #perSample = 1
  /** Those that do not make up one yet. */
  #pending: Sample[] = []

  /** REQUIRES: `most` is even. */
  constructor(most: number) {
    this.#most = most
  }

  /** REQUIRES: it begins where the last one ended. */
  add(sample: Sample): void {
    this.#pending.push(sample)
    if (this.#pending.length < this.#perSample) return
    this.#samples.push(mergeSamples(this.#pending))
    this.#pending = []
    if (this.#samples.length < this.#most) return
    this.#samples = inGroups(this.#samples, 2)
    this.#perSample *= 2
  }

  /** All, the last one perhaps shorter than the others. */
  get samples(): readonly Sample[] {
    if (this.#pending.length === 0) return this.#samples
    return [...this.#samples, mergeSamples(this.#pending)]
  }
}

/** The samples merged into at most so many of about the same length. */
export function atMost(samples: readonly Sample[], most: number): readonly Sample[] {
  return inGroups(samples, Math.max(1, Math.ceil(samples.length / most)))
}

function inGroups(samples: readonly Sample[], size: number): Sample[] {
  const count = Math.ceil(samples.length / size)
  return Array.from({ length: count }, (_, i) =>
    mergeSamples(samples.slice(i * size, (i + 1) * size)),
  )
}
