import { afterAll, beforeAll } from 'vitest'
import {
  describeEngine,
  type OpenedEngine,
} from '../../packages/server/src/storage/engineContract.ts'
import { TemporaryCluster } from './temporaryCluster.ts'
import { TemporaryStore } from './temporaryStore.ts'

let cluster: TemporaryCluster
beforeAll(async () => {
  cluster = await TemporaryCluster.start()
})
afterAll(() => cluster.dispose())

async function open(): Promise<OpenedEngine> {
  const store = new TemporaryStore(cluster)
  const engine = await store.open()
  return { engine, reopen: () => store.open(), dispose: () => store.dispose() }
}

describeEngine('PostgreSQL', open)
