import type { Snapshot, StorageEngine } from '../../../packages/server/src/storage/engine.ts'
import type { Leases } from '../../../packages/server/src/upkeep/leases.ts'
import { PassingEngine } from '../../means/brokenEngines.mjs'

/*
 * Parts that break the contract of theirs, each in one way.
 */

/** Does not compare the versions that commits rely on. */
export const carelessEngine = (engine: StorageEngine): StorageEngine =>
  new (class extends PassingEngine {
    override commit(...[, writes]: Parameters<StorageEngine['commit']>): Promise<void> {
      return engine.commit([], writes)
    }
  })(engine)

/** Each read of a snapshot is of its own moment. */
export const tornSnapshots = (engine: StorageEngine): StorageEngine =>
  new (class extends PassingEngine {
    override snapshot(): Snapshot {
      return {
        get: (key) => engine.get(key),
        getMany: (keys) => engine.getMany(keys),
        range: (range) => engine.snapshot().range(range),
        close: () => undefined,
      }
    }
  })(engine)

/** Leases that nothing relies on. */
export const withoutFences = (leases: Leases): Leases => ({
  async acquire(name) {
    const lease = await leases.acquire(name)
    if (lease === undefined) return undefined
    return {
      get isHeld() {
        return lease.isHeld
      },
      fence: [],
      release: () => lease.release(),
    }
  },
})
