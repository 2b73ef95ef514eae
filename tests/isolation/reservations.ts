import type { Defects } from './defects.ts'
import type { Item } from './itemChains.ts'

/** Whether users and the reservations of their email addresses belong together. */
export class Reservations {
  readonly #defects: Defects

  constructor(defects: Defects) {
    this.#defects = defects
  }

  /**
   * All users and all addresses of one group, as one transaction or a quiet database showed them: every
   * user has the reservation of the address that it names, and every reservation its user.
   */
  examine(users: readonly (Item | undefined)[], addresses: readonly (Item | undefined)[]): void {
    const emailOf = new Map(pairsOf(users, 'email'))
    const userOf = new Map(pairsOf(addresses, 'holder'))
    const group = [...users, ...addresses].find((item) => item !== undefined)?.['pk']?.S
    for (const [user, email] of emailOf) {
      if (userOf.get(email) === user) continue
      this.#defects.add(
        'unique pair',
        `${group}: ${user} has the address ${email}, which is reserved for ${userOf.get(email)}`,
      )
    }
    for (const [email, user] of userOf) {
      if (emailOf.get(user) === email) continue
      this.#defects.add(
        'unique pair',
        `${group}: ${email} is reserved for ${user}, who has ${emailOf.get(user)}`,
      )
    }
  }
}

/** What each item's `attribute` names, by the item's own id. */
function pairsOf(items: readonly (Item | undefined)[], attribute: string): [string, string][] {
  return items.flatMap((item) =>
    item === undefined ? [] : [[item['sk']?.S ?? '', item[attribute]?.S ?? 'nothing']],
  )
}
