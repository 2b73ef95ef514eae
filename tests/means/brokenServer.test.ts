import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { brokenServers } from '../isolation/brokenServers.ts'
import { DynatomProcess, temporaryDirectory } from './dynatomProcess.ts'
import { perform } from './httpClient.ts'
import { itemsTable } from './itemsTable.ts'

/* That the flaws of broken servers are in force is what the suites with teeth show. */

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

test('every broken server of the isolation suite is run by it', () => {
  const programs = readdirSync(pathOf('../isolation/broken'))
  const paths = programs.map((name) => pathOf(`../isolation/broken/${name}`))
  expect(brokenServers.map(({ main }) => main).sort()).toEqual(paths.sort())
})

test('what broken servers are put together by gives a whole one without flaws', async () => {
  const args = [
    'start',
    '--port',
    '0',
    '--host',
    '127.0.0.1',
    '--log',
    'silent',
    '--data-dir',
    'data',
  ]
  const launch = { main: pathOf('unbrokenServer.mjs') }
  const directory = temporaryDirectory()
  const Item = { id: { S: 'a' } }
  const { TableName } = itemsTable
  const killed = new DynatomProcess(args, directory, launch)
  const endpoint = await killed.endpoint()
  await perform(endpoint, 'CreateTable', itemsTable)
  await perform(endpoint, 'TransactWriteItems', { TransactItems: [{ Put: { TableName, Item } }] })
  await killed.kill('SIGKILL')
  const server = new DynatomProcess(args, directory, launch)
  const read = await perform(await server.endpoint(), 'GetItem', { TableName, Key: Item })
  expect(read).toEqual({ Item })
  expect(await server.stop()).toMatchObject({ code: 0, stderr: '' })
})
