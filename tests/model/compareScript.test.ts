import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MemoryEngine } from '../../packages/server/src/storage/memory/memoryEngine.ts'
import { compareScript } from './compareScript.ts'
import { scripts, type Script } from './scripts.ts'
import { tablePairs } from './tableDefinitions.ts'
import { TestServer } from './testServer.ts'

/** A server that answers every DeleteItem and carries out none. */
async function forgetfulServer(): Promise<TestServer> {
  const server = await TestServer.open(new MemoryEngine(), 'newer')
  const call = server.call.bind(server)
  server.call = (operation, request) =>
    operation === 'DeleteItem' ? Promise.resolve({}) : call(operation, request)
  return server
}

test('a difference is found, and shown as a short script with both answers', async () => {
  const [tables] = tablePairs
  const property = fc.asyncProperty(
    scripts(tables as (typeof tablePairs)[number]),
    async (script: Script) => compareScript(await forgetfulServer(), script),
  )
  const { failed, counterexample, errorInstance } = await fc.check(property, { seed: 1 })
  expect(failed).toBe(true)
  const shown = fc.stringify(counterexample?.[0])
  expect(shown).toMatch(/^a script on Sorted and Simple\n/)
  expect(shown).toMatch(/\n\d\. DeleteItem .*\{ "TableName": "(Sorted|Simple)", "Key": \{.*\}/)
  expect(shown.split('\n').length).toBeLessThanOrEqual(5)
  expect(String(errorInstance)).toMatch(/\nmodel: {2}.*\nserver: /)
})
