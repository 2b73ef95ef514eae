import type { Clock } from '../../clock.ts'
import { StorageConflict } from '../engine.ts'
import { keyNameOf, type ListedCommit } from './commitRequest.ts'
import { Gatherer } from './gatherer.ts'

/** Makes a group of commits; gives the positions of those that are refused. */
type MakeGroup = (group: readonly ListedCommit[]) => Promise<readonly number[]>

interface Waiting {
  readonly commit: ListedCommit
  readonly keyCount: number
  readonly bytes: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

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
  readonly #gatherer: Gatherer<Waiting>

  constructor(make: MakeGroup, clock: Clock) {
    const send = (group: readonly Waiting[]): Promise<void> => makeGroup(make, group)
    this.#gatherer = new Gatherer({ clock, maxUnderWay: maxGroups, take: takeGroup, send })
  }

  /** `bytes`: what is written. Rejects with StorageConflict, or with what the group has met. */
  commit(commit: ListedCommit, bytes: number): Promise<void> {
    const keyCount = commit.expectations.length + commit.writes.length
    return new Promise((resolve, reject) =>
      this.#gatherer.ask({ commit, keyCount, bytes, resolve, reject }),
    )
  }
}

/** The first that waits, and those after it that go with it. */
function takeGroup(waiting: readonly Waiting[]): [Waiting[], Waiting[]] {
  const group: Waiting[] = []
  const rest: Waiting[] = []
  const keys = new GroupKeys()
  let keyCount = 0
  let bytes = 0
  for (const each of waiting) {
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
  return [group, rest]
}

async function makeGroup(make: MakeGroup, group: readonly Waiting[]): Promise<void> {
  const refused = new Set(await make(group.map(({ commit }) => commit)))
  for (const [i, { resolve, reject }] of group.entries()) {
    if (refused.has(i)) reject(new StorageConflict('a key has changed'))
    else resolve()
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
