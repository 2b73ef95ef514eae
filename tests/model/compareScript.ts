import { ComparedWorlds } from './comparedWorlds.ts'
import { createTableBody } from './requests.ts'
import type { Script } from './scripts.ts'
import { viewTypes, type ViewType } from './streams.ts'
import type { TestServer } from './testServer.ts'

let scriptNumber = 0

/**
 * Carries out a script on the model and on a server that has none of its tables, and leaves none.
 * Throws at the first answer that differs; at the end also for what tables and indexes hold and
 * streams tell, and for a store that is not consistent. Each table has a stream, of a view type that
 * changes from script to script.
 */
export async function compareScript(server: TestServer, script: Script): Promise<void> {
  const ownNumber = ++scriptNumber
  const worlds = new ComparedWorlds(server, script, (token) => `${token}-${ownNumber}`)
  const names = script.tables.map(({ name }) => name)
  const viewTypeOf = (name: string): ViewType =>
    viewTypes[(ownNumber + names.indexOf(name)) % viewTypes.length] as ViewType
  for (const table of script.tables) {
    const StreamSpecification = { StreamEnabled: true, StreamViewType: viewTypeOf(table.name) }
    await server.mustCall('CreateTable', { ...createTableBody(table), StreamSpecification })
  }
  try {
    script.begun = 0
    for (const operation of script.operations) {
      script.begun += 1
      await worlds.run(operation)
    }
    await worlds.compareEverything()
    await worlds.compareStreams(viewTypeOf)
    await server.checkStore()
  } finally {
    for (const { name } of script.tables) await server.mustCall('DeleteTable', { TableName: name })
  }
}
