import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { LmdbEngine } from '../../packages/server/src/storage/lmdb/lmdbEngine.ts'
import { MemoryEngine } from '../../packages/server/src/storage/memory/memoryEngine.ts'
import { compareScript } from './compareScript.ts'
import { layers } from './layers.ts'
import { scripts } from './scripts.ts'
import { tablePairs } from './tableDefinitions.ts'
import { TestServer } from './testServer.ts'

/*
 * Random scripts on the server and on the model. DYNATOM_MODEL_RUNS says how many scripts there are
 * for each pair of tables and engine; DYNATOM_MODEL_SEED repeats a run.
 */

const numRuns = Number(process.env['DYNATOM_MODEL_RUNS'] ?? 12)
const seed = process.env['DYNATOM_MODEL_SEED']
const options = { numRuns, ...(seed !== undefined && { seed: Number(seed) }) }
const timeout = 30_000 + numRuns * 500

const subjects = tablePairs.flatMap((tables) =>
  layers.map((layer) => ({ tables, names: tables.map(({ name }) => name), layer })),
)

describe.each(subjects)('scripts on the tables $names, $layer layer', ({ tables, layer }) => {
  test('give what the model gives, in memory', { timeout }, async () => {
    const property = fc.asyncProperty(scripts(tables), async (script) => {
      await compareScript(await TestServer.open(new MemoryEngine(), layer), script)
    })
    await fc.assert(property, options)
  })

  describe('on disk', () => {
    let directory: string
    let engine: LmdbEngine
    let server: TestServer

    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), 'dynatom-model-'))
      engine = await LmdbEngine.open(directory)
      server = await TestServer.open(engine, layer)
    })

    afterAll(async () => {
      await engine.close()
      rmSync(directory, { recursive: true })
    })

    // One store for all scripts: a table that is created again must have nothing of the last one.
    test('give what the model gives', { timeout }, async () => {
      const property = fc.asyncProperty(scripts(tables), (script) => compareScript(server, script))
      await fc.assert(property, options)
    })
  })
})
