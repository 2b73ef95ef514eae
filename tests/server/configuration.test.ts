import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DynatomProcess, temporaryDirectory } from '../means/dynatomProcess.ts'
import { perform } from '../means/httpClient.ts'
import { itemsTable } from '../means/itemsTable.ts'

test('a configuration file in the working directory is taken, told, and gives way to flags', async () => {
  const directory = temporaryDirectory()
  const text = '{ "port": 1, "inMemory": true, "region": "eu-west-1", "log": "silent" }'
  writeFileSync(join(directory, 'dynatom.config.json'), text)
  const server = new DynatomProcess(['--port', '0'], directory)
  const endpoint = await server.endpoint()
  expect(server.stdout).toContain('(data in memory, configuration in dynatom.config.json)\n')
  const { TableDescription } = await perform(endpoint, 'CreateTable', itemsTable)
  expect((TableDescription as { TableArn: string }).TableArn).toContain('dynamodb:eu-west-1:')
})

test('--config names one of YAML, and what is printed of it starts the same server', async () => {
  const directory = temporaryDirectory()
  writeFileSync(join(directory, 'dynatom.config.json'), 'not looked at')
  writeFileSync(join(directory, 'mine.yaml'), 'port: 0\ninMemory: true # as in tests\n')
  const args = ['--config', 'mine.yaml', '--print-config', '--ttl-delay=7']
  const { code, stdout, stderr } = await new DynatomProcess(args, directory).ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(JSON.parse(stdout)).toMatchObject({
    port: 0,
    ttlDelay: 7,
    $from: { port: 'mine.yaml:1:1', inMemory: 'mine.yaml:2:1', ttlDelay: '--ttl-delay' },
  })
  writeFileSync(join(directory, 'printed.json'), stdout)
  const server = new DynatomProcess(['start', '--config=printed.json'], directory)
  expect(await perform(await server.endpoint(), 'ListTables', {})).toEqual({ TableNames: [] })
})

test('a mistake is told in one sentence with its place, and nothing starts', async () => {
  const directory = temporaryDirectory()
  writeFileSync(join(directory, 'dynatom.config.yaml'), 'in-memory: true\nport: 0\n')
  expect(await new DynatomProcess([], directory).ended).toMatchObject({
    code: 2,
    stdout: '',
    stderr:
      'dynatom.config.yaml:1:1: The configuration has no member in-memory. ' +
      'Did you mean inMemory?\n',
  })
  writeFileSync(join(directory, 'dynatom.config.yml'), '{}')
  expect(await new DynatomProcess([], directory).ended).toMatchObject({
    code: 2,
    stdout: '',
    stderr:
      'There are dynatom.config.yaml and dynatom.config.yml: leave one, or say which with --config.\n',
  })
})
