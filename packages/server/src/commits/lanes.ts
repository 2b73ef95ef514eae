/** What is submitted, with what it changes that others change too. */
interface Waiting<Member, Result> {
  readonly member: Member
  readonly names: readonly string[]
  /** How much of a group it takes up. */
  readonly weight: number
  readonly resolve: (result: Result | PromiseLike<Result>) => void
}

/** A group is made of members that take up this much at most. */
const maxGroupWeight = 160

/**
 * Members that change the same things would fail each other if they were made side by side. Here
 * one waits while another one is under way with which it has a name in common, and those that have
 * waited for each other are made together. Members without a common name do not wait.
 */
export class Lanes<Member, Result> {
  readonly #make: (group: readonly Member[]) => readonly Promise<Result>[]
  #waiting: Waiting<Member, Result>[] = []
  readonly #busy = new Set<string>()

  /** `make` gives a promise for each member, which settles when nothing of it is under way. */
  constructor(make: (group: readonly Member[]) => readonly Promise<Result>[]) {
    this.#make = make
  }

  submit(member: Member, names: readonly string[], weight: number): Promise<Result> {
    return new Promise((resolve) => {
      this.#waiting.push({ member, names, weight, resolve })
      this.#begin()
    })
  }

  /** Begins all groups that can be: members keep their order where they have a name in common. */
  #begin(): void {
    for (;;) {
      const blocked = new Set(this.#busy)
      const group: Waiting<Member, Result>[] = []
      const names = new Set<string>()
      let weight = 0
      const rest: Waiting<Member, Result>[] = []
      for (const each of this.#waiting) {
        const isFree = !each.names.some((name) => blocked.has(name))
        const belongs = group.length === 0 || each.names.some((name) => names.has(name))
        const fits = group.length === 0 || weight + each.weight <= maxGroupWeight
        if (isFree && belongs && fits) {
          group.push(each)
          weight += each.weight
          for (const name of each.names) names.add(name)
          continue
        }
        rest.push(each)
        // Nobody overtakes who has a name in common.
        for (const name of each.names) blocked.add(name)
      }
      if (group.length === 0) return
      this.#waiting = rest
      this.#run(group, names)
    }
  }

  #run(group: readonly Waiting<Member, Result>[], names: ReadonlySet<string>): void {
    for (const name of names) this.#busy.add(name)
    const made = this.#make(group.map(({ member }) => member))
    group.forEach(({ resolve }, i) => resolve(made[i] as Promise<Result>))
    void Promise.allSettled(made).then(() => {
      for (const name of names) this.#busy.delete(name)
      this.#begin()
    })
  }
}
