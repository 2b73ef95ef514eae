import type { Clock, Random } from '../clock.ts'
import { leaseKey } from '../layout/storeKeys.ts'
import { leaseMs } from '../limits.ts'
import { StorageConflict, type Bytes, type StorageEngine } from '../storage/engine.ts'
import type { Lease, Leases } from './leases.ts'

/** What the store keeps of a lease. */
interface LeaseRecord {
  /** Unique, so that no two leases are alike and a commit relies on its own. */
  readonly id: string
  readonly endsAtMs: number
}

export interface SharedLeasesOptions {
  readonly engine: StorageEngine
  readonly clock: Clock
  readonly random: Random
}

/**
 * Leases in the store that several servers share. One runs out by the clock of whoever looks at it,
 * and is not prolonged: who wants more takes another one. Clocks may differ; then two servers
 * believe that they hold a lease for a while, and the fence lets the store refuse the former one.
 */
export class SharedLeases implements Leases {
  readonly #options: SharedLeasesOptions

  constructor(options: SharedLeasesOptions) {
    this.#options = options
  }

  async acquire(name: string): Promise<Lease | undefined> {
    const { engine, clock, random } = this.#options
    const key = leaseKey(name)
    const endsMonotonicMs = clock.monotonicMs() + leaseMs
    const [found] = await engine.read([key])
    if (found !== undefined && recordOf(found.value).endsAtMs > clock.nowMs()) return undefined
    const record: LeaseRecord = { id: random.uuid(), endsAtMs: clock.nowMs() + leaseMs }
    const value = Buffer.from(JSON.stringify(record), 'utf8')
    try {
      await engine.commit([{ key, version: found?.version }], [{ key, value }])
    } catch (error) {
      if (error instanceof StorageConflict) return undefined
      throw error
    }
    return this.#lease(key, value, endsMonotonicMs)
  }

  #lease(key: Bytes, value: Bytes, endsMonotonicMs: number): Lease {
    const { engine, clock } = this.#options
    const fence = [{ key, version: engine.versionOf(value) }]
    return {
      fence,
      get isHeld() {
        return clock.monotonicMs() < endsMonotonicMs
      },
      async release() {
        try {
          await engine.commit(fence, [{ key, value: undefined }])
        } catch (error) {
          // It has gone to somebody else.
          if (!(error instanceof StorageConflict)) throw error
        }
      },
    }
  }
}

const recordOf = (stored: Bytes): LeaseRecord =>
  JSON.parse(Buffer.from(stored).toString('utf8')) as LeaseRecord
