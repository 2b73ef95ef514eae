import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { DynatomProcess, temporaryDirectory } from '../means/dynatomProcess.ts'
import { Balancer } from './balancer.ts'
import { asked } from './migrationLoad.ts'
import { TemporaryCluster } from './temporaryCluster.ts'
import { UpgradeLoad } from './upgradeLoad.ts'

/** Servers that are replaced by others while clients are at work (docs/cluster.md). */
let cluster: TemporaryCluster
let stores = 0

beforeAll(async () => {
  cluster = await TemporaryCluster.start()
  process.env['PGPASSWORD'] = cluster.password
})
afterAll(async () => {
  delete process.env['PGPASSWORD']
  await cluster.dispose()
})

const root = fileURLToPath(new URL('../../', import.meta.url))

type Replacements = Readonly<Record<string, string>>

/** The command of another version: the one that was built, with other texts in its code. */
function versionWith(replacements: Replacements): string {
  const directory = temporaryDirectory()
  const copy = join(directory, 'packages', 'server')
  mkdirSync(copy, { recursive: true })
  for (const name of ['dist', 'model', 'package.json']) {
    const isCache = (path: string): boolean => path.endsWith('.cache')
    const from = join(root, 'packages', 'server', name)
    cpSync(from, join(copy, name), { recursive: true, filter: (path) => !isCache(path) })
  }
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'))
  const file = join(copy, 'dist', 'start', 'command.cjs')
  let code = readFileSync(file, 'utf8')
  for (const [from, to] of Object.entries(replacements)) {
    expect(code.split(from), from).toHaveLength(2)
    code = code.replace(from, to)
  }
  writeFileSync(file, code)
  return join(copy, 'dist', 'start', 'dynatom.cjs')
}

const newAddress = (): string => {
  const { user, host, port, database } = cluster
  return `postgres://${user}@${host}:${port}/${database}?schema=upgraded_${(stores += 1)}`
}

const startIt = (address: string, main?: string): DynatomProcess =>
  new DynatomProcess(
    ['start', '--port', '0', '--log', 'silent', '--engine', address],
    undefined,
    main === undefined ? {} : { main },
  )

const table = (TableName: string): object => ({
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
})

async function balancer(): Promise<Balancer> {
  const started = await Balancer.start()
  onTestFinished(() => started.close())
  return started
}

/** One after the other: the next one is healthy before the former one is told to end. */
async function replaceAll(
  former: readonly DynatomProcess[],
  { front, load, start }: { front: Balancer; load: UpgradeLoad; start: () => DynatomProcess },
): Promise<DynatomProcess[]> {
  const others: DynatomProcess[] = []
  for (const each of former) {
    const next = start()
    await front.add(await next.endpoint())
    others.push(next)
    await load.sent(100)
    expect(await each.kill('SIGTERM')).toMatchObject({ code: 0, stderr: '' })
    await load.sent(100)
  }
  return others
}

test('servers are replaced one after another, and clients notice nothing', async () => {
  const [address, front] = [newAddress(), await balancer()]
  const later = versionWith({})
  const first = [startIt(address), startIt(address), startIt(address)]
  for (const each of first) await front.add(await each.endpoint())
  expect((await asked(front.endpoint, 'CreateTable', table('Orders'))).status).toBe(200)
  const load = new UpgradeLoad(front.endpoint)
  onTestFinished(() => load.close())
  load.begin()
  await load.sent(200)
  const second = await replaceAll(first, { front, load, start: () => startIt(address, later) })
  // What one version has begun another one goes on with, as when all go back.
  const more = await asked(front.endpoint, 'UpdateTable', {
    TableName: 'Orders',
    AttributeDefinitions: [
      { AttributeName: 'id', AttributeType: 'S' },
      { AttributeName: 'kind', AttributeType: 'S' },
    ],
    GlobalSecondaryIndexUpdates: [
      {
        Create: {
          IndexName: 'ByKind',
          KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      },
    ],
  })
  expect(more.status).toBe(200)
  const third = await replaceAll(second, { front, load, start: () => startIt(address) })
  await load.end()
  expect(load.errors).toEqual([])
  await load.expectAll()
  const described = async (): Promise<unknown> =>
    (await asked(front.endpoint, 'DescribeTable', { TableName: 'Orders' })).body['Table']
  await expect
    .poll(described, { timeout: 20_000 })
    .toMatchObject({ GlobalSecondaryIndexes: [{ IndexStatus: 'ACTIVE' }] })
  for (const each of third) expect(await each.kill('SIGTERM')).toMatchObject({ code: 0 })
  const check = new DynatomProcess(['check', '--engine', address])
  expect(await check.ended).toMatchObject({ code: 0 })
}, 180_000)

test('a server of a version with another form of tables refuses, and the others go on', async () => {
  const address = newAddress()
  const present = startIt(address)
  const endpoint = await present.endpoint()
  const later = versionWith({
    'version !== String(1)': 'version !== String(2)',
    'knows form ${1}': 'knows form ${2}',
  })
  const { code, stderr } = await startIt(address, later).ended
  expect(code).toBe(1)
  const schema = /schema=(\w+)/.exec(address)?.[1]
  expect(stderr).toContain(
    `The schema ${schema} in PostgreSQL has a store of form 1; ` +
      'this version of Dynatom knows form 2.',
  )
  expect((await asked(endpoint, 'CreateTable', table('Orders'))).status).toBe(200)
}, 60_000)

test('a server that raises the format of the store has the former ones end, which come no more', async () => {
  const address = newAddress()
  const former = [startIt(address), startIt(address)]
  const endpoints = await Promise.all(former.map((each) => each.endpoint()))
  const [first = '', second = ''] = endpoints
  await asked(first, 'CreateTable', table('Orders'))
  const later = versionWith({
    'const currentFormat = 5;': 'const currentFormat = 6;',
    'const formatWithoutVectors = 4;': 'const formatWithoutVectors = 5;',
  })
  const put = (endpoint: string, id: string): ReturnType<typeof asked> =>
    asked(endpoint, 'PutItem', { TableName: 'Orders', Item: { id: { S: id } } })
  expect((await put(second, 'before')).status).toBe(200)
  const raised = startIt(address, later)
  const endpoint = await raised.endpoint()
  // Not even a request that comes at once is done by one of them.
  const late = await Promise.all(
    endpoints.map((each, i) => put(each, `late ${i}`).catch(() => ({ status: 0 }))),
  )
  expect(late.map(({ status }) => status)).not.toContain(200)
  const sentence =
    'The store was written in format 6, which this version of Dynatom does not know; ' +
    'open it with the version that wrote it.'
  for (const each of former) {
    const { code, stderr } = await each.ended
    expect(code).toBe(1)
    expect(stderr).toContain(sentence)
  }
  const again = await startIt(address).ended
  expect(again.code).toBe(1)
  expect(again.stderr).toContain(sentence)
  const { body } = await asked(endpoint, 'Scan', { TableName: 'Orders', ConsistentRead: true })
  expect(body['Items']).toEqual([{ id: { S: 'before' } }])
}, 60_000)
