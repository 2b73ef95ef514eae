/** The slots that have one value. */
export interface SlotList {
  readonly value: string
  readonly slots: readonly number[]
}

interface OwnList extends SlotList {
  readonly slots: number[]
}

/**
 * Which slots have which value of one attribute, both ways. A slot has one value at most. Values
 * are texts, the same for equal values of the attribute's type.
 */
export class Postings {
  readonly #lists = new Map<string, OwnList>()
  readonly #listOfSlot: (OwnList | undefined)[] = []
  /** Where a slot is in its list. */
  readonly #positions: number[] = []

  /** REQUIRES: the slot has no value. */
  add(slot: number, value: string | undefined): void {
    if (value === undefined) {
      this.#listOfSlot[slot] = undefined
      this.#positions[slot] = 0
      return
    }
    let list = this.#lists.get(value)
    if (list === undefined) this.#lists.set(value, (list = { value, slots: [] }))
    this.#listOfSlot[slot] = list
    this.#positions[slot] = list.slots.length
    list.slots.push(slot)
  }

  remove(slot: number): void {
    const list = this.#listOfSlot[slot]
    if (list === undefined) return
    const last = list.slots.pop() as number
    if (last !== slot) {
      const position = this.#positions[slot] as number
      list.slots[position] = last
      this.#positions[last] = position
    }
    this.#listOfSlot[slot] = undefined
    if (list.slots.length === 0) this.#lists.delete(list.value)
  }

  /** The slots with a value; undefined when there are none. */
  listOf(value: string): SlotList | undefined {
    return this.#lists.get(value)
  }

  has(slot: number, list: SlotList): boolean {
    return this.#listOfSlot[slot] === list
  }
}
