import type { ItemPlace } from './itemChains.ts'

/**
 * Items of one partition that are used together for a while. After so many writes the next generation
 * takes over, with new items: chains stay short, however long the run.
 */
export class RotatingGroup {
  readonly table: string
  readonly #name: string
  readonly #size: number
  readonly #writesPerGeneration: number
  #generation = 0
  #writes = 0

  constructor(table: string, name: string, size: number, writesPerItem: number) {
    this.table = table
    this.#name = name
    this.#size = size
    this.#writesPerGeneration = size * writesPerItem
  }

  get generation(): number {
    return this.#generation
  }

  partition(generation: number = this.#generation): string {
    return `${this.#name}.${generation}`
  }

  /** The items of a generation; of the one in use when none is named. */
  places(generation: number = this.#generation): ItemPlace[] {
    const partition = this.partition(generation)
    return Array.from({ length: this.#size }, (_, i) => ({
      table: this.table,
      partition,
      id: `${i}`,
    }))
  }

  /** Takes note of writes that were sent. */
  addWrites(count: number): void {
    this.#writes += count
    if (this.#writes < this.#writesPerGeneration) return
    this.#writes = 0
    this.#generation += 1
  }

  /** The items of all generations. */
  allPlaces(): ItemPlace[] {
    return Array.from({ length: this.#generation + 1 }, (_, i) => this.places(i)).flat()
  }
}
