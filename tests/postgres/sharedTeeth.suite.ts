import { afterAll } from 'vitest'
import { useOutsideStores } from '../shared/sharedWorld.ts'
import { TemporaryCluster } from './temporaryCluster.ts'
import { worldStore } from './worldStore.ts'

/** Servers that are put together wrong are found on PostgreSQL, too: see `tests/shared/teeth.test.ts`. */
const cluster = await TemporaryCluster.start()
useOutsideStores(() => worldStore(cluster))
afterAll(() => cluster.dispose())

await import('../shared/teeth.test.ts')
