import type { Defects } from './defects.ts'
import { chainOf, type Item } from './itemChains.ts'

export const openingBalance = 100

/**
 * What every transfer means for each account. An item shows which transfers it contains, so its balance
 * can be worked out again; and money is neither made nor lost.
 */
export class BankLedger {
  readonly #defects: Defects
  /** By version: what the write adds to the balance of its account. */
  readonly #changes = new Map<string, number>()

  constructor(defects: Defects) {
    this.#defects = defects
  }

  /** REQUIRES: told before the request is sent. */
  enter(version: string, change: number): void {
    this.#changes.set(version, change)
  }

  /** An account by itself, however it was read. */
  examine(item: Item): void {
    const balance = Number(item['balance']?.N)
    const chain = chainOf(item)
    const due = chain.reduce((sum, version) => sum + (this.#changes.get(version) ?? Number.NaN), 0)
    const where = `${item['pk']?.S}/${item['sk']?.S}`
    if (balance !== due) {
      this.#defects.add('balance', `${where} has ${balance}; its ${chain.join(' ')} make ${due}`)
    }
    if (balance < 0)
      this.#defects.add('overdraft', `${where} has ${balance} after ${chain.join(' ')}`)
  }

  /** All accounts of a bank, as one transaction or a quiet database showed them. */
  examineAll(items: readonly (Item | undefined)[]): void {
    const there = items.filter((item) => item !== undefined)
    for (const item of there) this.examine(item)
    if (there.length === 0) return
    const sum = there.reduce((total, item) => total + Number(item['balance']?.N), 0)
    const due = items.length * openingBalance
    if (there.length === items.length && sum === due) return
    const told = there.map((item) => `${item['sk']?.S} has ${item['balance']?.N}`).join(', ')
    const bank = there[0]?.['pk']?.S
    this.#defects.add('sum', `bank ${bank}: ${told}; together ${sum} and not ${due}`)
  }

  /** What a withdrawal's failed condition showed: it must have failed rightly. */
  examineRefusal(item: Item, amount: number): void {
    this.examine(item)
    if (Number(item['balance']?.N) < amount) return
    const where = `${item['pk']?.S}/${item['sk']?.S}`
    this.#defects.add('refusal', `${where} has ${item['balance']?.N}, which covers ${amount}`)
  }
}
