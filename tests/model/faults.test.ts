import { expect, test } from 'vitest'
import { MemoryEngine } from '../../packages/server/src/storage/memory/memoryEngine.ts'
import { ComparedWorlds } from './comparedWorlds.ts'
import { everyFault, faultTable } from './everyFault.ts'
import { layers } from './layers.ts'
import { createTableBody } from './requests.ts'
import { Script } from './scripts.ts'
import { TestServer } from './testServer.ts'

test.each(layers)(
  'every fault is told in the words of the model, in the %s layer',
  async (layer) => {
    const server = await TestServer.open(new MemoryEngine(), layer)
    await server.mustCall('CreateTable', createTableBody(faultTable))
    const worlds = new ComparedWorlds(server, new Script([faultTable], everyFault), (name) => name)
    const differences: string[] = []
    for (const faulty of everyFault) {
      await worlds.run(faulty).catch((error: Error) => differences.push(error.message))
    }
    expect(differences).toEqual([])
    await worlds.compareEverything()
  },
)

test('there are faults whose words differ, and faults whose words do not', () => {
  const differ = everyFault.filter(({ fault, operation }) => {
    const voice = { operation: operation.kind === 'SingleWrite' ? 'PutItem' : operation.kind }
    const [older, newer] = layers.map((layer) => fault.refusal.messageIn({ ...voice, layer }))
    return older !== newer
  })
  expect(differ.length).toBeGreaterThan(200)
  expect(everyFault.length - differ.length).toBeGreaterThan(200)
})
