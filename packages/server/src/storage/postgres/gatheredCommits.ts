import type { Clock } from '../../clock.ts'
import { StorageConflict } from '../engine.ts'
import { keyNameOf, type ListedCommit } from './commitRequest.ts'

/** Makes a group of commits; gives the positions of those that are refused. */
type MakeGroup = (group: readonly ListedCommit[]) => Promise<readonly number[]>

interface Waiting {
  readonly commit: ListedCommit
  readonly keyCount: number
  readonly bytes: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** With fewer groups under way those that come are sent at once, together. */
const maxGroups = 8
const maxMembers = 32
const maxKeys = 200
const maxBytes = 1024 * 1024

/**
 * Commits that are asked for in the same moment, or while enough are under way, become one
 * statement: it costs node and server little more than one of them would, and is synced once. Each
 * is refused or not by itself. INVARIANT: no member of a group writes what another one writes or
 * relies on.
 */
export class GatheredCommits {
  readonly #make: MakeGroup
  readonly #clock: Clock
  #waiting: Waiting[] = []
  #underWay = 0
  #isDue = false

  constructor(make: MakeGroup, clock: Clock) {
    this.#make = make
    this.#clock = clock
  }

  /** `bytes`: what is written. Rejects with StorageConflict, or with what the group has met. */
  commit(commit: ListedCommit, bytes: number): Promise<void> {
    const keyCount = commit.expectations.length + commit.writes.length
    return new Promise((resolve, reject) => {
      this.#waiting.push({ commit, keyCount, bytes, resolve, reject })
      this.#sendSoon()
    })
  }

  #sendSoon(): void {
    if (this.#isDue || this.#underWay >= maxGroups || this.#waiting.length === 0) return
    this.#isDue = true
    this.#clock.defer(() => {
      this.#isDue = false
      void this.#send(this.#take())
      this.#sendSoon()
    })
  }

  /** The first that waits, and those after it that go with it. */
  #take(): readonly Waiting[] {
    const group: Waiting[] = []
    const rest: Waiting[] = []
    const keys = new GroupKeys()
    let keyCount = 0
    let bytes = 0
    for (const each of this.#waiting) {
      const isFull =
        group.length >= maxMembers ||
        keyCount + each.keyCount > maxKeys ||
        bytes + each.bytes > maxBytes
      if (group.length > 0 && (isFull || !keys.admits(each.commit))) {
        rest.push(each)
        continue
      }
      group.push(each)
      keys.add(each.commit)
      keyCount += each.keyCount
      bytes += each.bytes
    }
    this.#waiting = rest
    return group
  }

  async #send(group: readonly Waiting[]): Promise<void> {
    this.#underWay += 1
    try {
      const refused = new Set(await this.#make(group.map(({ commit }) => commit)))
      for (const [i, { resolve, reject }] of group.entries()) {
        if (refused.has(i)) reject(new StorageConflict('a key has changed'))
        else resolve()
      }
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
    this.#underWay -= 1
    this.#sendSoon()
  }
}

/** The keys that the members of a group write, and those that they rely on. */
class GroupKeys {
  readonly #written = new Set<string>()
  readonly #relied = new Set<string>()

  admits({ expectations, writes }: ListedCommit): boolean {
    for (const { key } of writes) {
      const name = keyNameOf(key)
      if (this.#written.has(name) || this.#relied.has(name)) return false
    }
    return !expectations.some(({ key }) => this.#written.has(keyNameOf(key)))
  }

  add({ expectations, writes }: ListedCommit): void {
    for (const { key } of writes) this.#written.add(keyNameOf(key))
    for (const { key } of expectations) this.#relied.add(keyNameOf(key))
  }
}
