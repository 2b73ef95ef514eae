/**
 * Who was where and when: a conflict may only be told where somebody else was. Places are items and
 * tokens by any names; positions come from one counter of beginnings and ends.
 */
export class ConflictGrounds {
  readonly #places = new Map<string, { underWay: number; lastEnd: number }>()
  #position = 0

  /** Gives the position to ask {@link hadCompany} with. */
  begin(places: readonly string[]): number {
    for (const place of places) this.#entry(place).underWay += 1
    return this.now()
  }

  end(places: readonly string[]): void {
    const position = this.now()
    for (const place of places) {
      const entry = this.#entry(place)
      entry.underWay -= 1
      entry.lastEnd = position
    }
  }

  now(): number {
    this.#position += 1
    return this.#position
  }

  /** Whether anybody beside the asker, who is there `own` times, was at `place` since `position`. */
  hadCompany(place: string, position: number, own: number): boolean {
    const entry = this.#places.get(place)
    return entry !== undefined && (entry.underWay > own || entry.lastEnd > position)
  }

  #entry(place: string): { underWay: number; lastEnd: number } {
    let entry = this.#places.get(place)
    if (entry === undefined) this.#places.set(place, (entry = { underWay: 0, lastEnd: 0 }))
    return entry
  }
}
