import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from './freshClone.ts'
import { evaluate, runIn } from './programs.ts'

const program = mkdtempSync(join(tmpdir(), 'dynatom-mcp-'))
afterAll(() => rmSync(program, { recursive: true, force: true }))

async function pack(name: string): Promise<string> {
  const folder = join(root, 'packages', name)
  const { stdout } = await runIn(folder, 'npm', 'pack', '--pack-destination', program)
  return join(program, stdout.trim().split('\n').at(-1) as string)
}

/** Starts a database and the protocol for it by the SDK's client, and prints what the tools tell. */
const use = `
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { createTestDatabase } from 'dynatom'

const database = await createTestDatabase()
const { endpoint } = await database.listen({ port: 0 })
const client = new Client({ name: 'test', version: '1' })
const args = ['dynatom', 'mcp', '--lab', '--endpoint', endpoint]
await client.connect(new StdioClientTransport({ command: 'npx', args }))
const { tools } = await client.listTools()
const { content } = await client.callTool({ name: 'list_tables', arguments: {} })
await client.close()
await database.close()
console.log(tools.some(({ name }) => name === 'dry_run_transaction'), content[0].text)
`

beforeAll(async () => {
  writeFileSync(join(program, 'package.json'), '{ "private": true }')
  const server = await pack('server')
  await runIn(program, 'npm', 'install', server)
}, 600_000)

test('the database has nothing of it, and says what to install', async () => {
  const { stdout } = await runIn(program, 'npm', 'ls', '--all', '--parseable')
  expect(stdout).not.toContain('modelcontextprotocol')
  const bin = join(program, 'node_modules', '.bin', 'dynatom')
  await expect(runIn(program, bin, 'mcp')).rejects.toThrow(
    'dynatom mcp needs the package @dynatom/mcp: npm install --save-dev @dynatom/mcp',
  )
})

test('its package is found beside it', async () => {
  await runIn(program, 'npm', 'install', await pack('mcp'))
  expect(await evaluate(program, 'module', use)).toBe('true {"TableNames":[]}')
})
