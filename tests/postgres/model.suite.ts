import fc from 'fast-check'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { sharedSet } from '../../packages/server/src/cli/sharedSet.ts'
import { compareScript } from '../model/compareScript.ts'
import { layers } from '../model/layers.ts'
import { scripts } from '../model/scripts.ts'
import { tablePairs } from '../model/tableDefinitions.ts'
import { TestServer } from '../model/testServer.ts'
import { TemporaryCluster } from './temporaryCluster.ts'
import { TemporaryStore } from './temporaryStore.ts'

/*
 * Random scripts on a server that has its store in PostgreSQL, and on the model. DYNATOM_MODEL_RUNS says
 * how many scripts there are for each pair of tables; DYNATOM_SEED repeats a run.
 */
const numRuns = Number(process.env['DYNATOM_MODEL_RUNS'] ?? 12)
const seed = Number(process.env['DYNATOM_SEED'] ?? Math.floor(Math.random() * 2 ** 31))

let cluster: TemporaryCluster
beforeAll(async () => {
  console.log(`seed ${seed}`)
  cluster = await TemporaryCluster.start()
})
afterAll(() => cluster.dispose())

const subjects = tablePairs.map((tables, i) => ({
  tables,
  names: tables.map(({ name }) => name),
  layer: layers[i % layers.length] as (typeof layers)[number],
}))

describe.each(subjects)('scripts on the tables $names, $layer layer', ({ tables, layer }) => {
  // One store for all scripts: a table that is created again must have nothing of the last one.
  test('give what the model gives', async () => {
    const store = new TemporaryStore(cluster)
    const server = await TestServer.open(await store.open(), layer, sharedSet)
    const property = fc.asyncProperty(scripts(tables), (script) => compareScript(server, script))
    await fc.assert(property, { numRuns, seed })
    await store.dispose()
  })
})
