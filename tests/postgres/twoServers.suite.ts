import { afterAll } from 'vitest'
import { useOutsideStores } from '../shared/sharedWorld.ts'
import { TemporaryCluster } from './temporaryCluster.ts'
import { worldStore } from './worldStore.ts'

/**
 * The stories of several servers on one store (`tests/shared/`), told on PostgreSQL. What is left out
 * looks into the store in memory.
 */
const cluster = await TemporaryCluster.start()
useOutsideStores(() => worldStore(cluster))
afterAll(() => cluster.dispose())

await import('../shared/twoServers.test.ts')
await import('../shared/randomLoad.test.ts')
await import('../shared/backgroundWork.test.ts')
await import('../shared/timeToLive.test.ts')
await import('../shared/vectors.test.ts')
