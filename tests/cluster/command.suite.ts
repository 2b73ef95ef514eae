import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { pidIn } from '../../scripts/cluster/part.mjs'
import { httpClient } from '../means/httpClient.ts'

/** `npm run cluster`: a whole cluster of its own on loopback. */
const script = fileURLToPath(new URL('../../scripts/cluster.mjs', import.meta.url))
const parent = mkdtempSync(join(tmpdir(), 'dynatom-clusters-'))
chmodSync(parent, 0o755)
const directory = join(parent, 'cluster')
const started: ChildProcess[] = []
afterAll(async () => {
  await run(['wipe', '--directory', directory]).ended
  for (const child of started) child.kill('SIGKILL')
  rmSync(parent, { recursive: true, force: true })
})

interface Running {
  readonly child: ChildProcess
  readonly said: () => string
  readonly ended: Promise<number | null>
}

function run(args: readonly string[], environment: NodeJS.ProcessEnv = process.env): Running {
  const child = spawn(process.execPath, [script, ...args], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(child)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk))
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return { child, said: () => said, ended }
}

const start = (): Running => run(['start', '--directory', directory])

async function ready(running: Running): Promise<string> {
  const pattern = /The cluster is ready: (http:\S+)/
  await expect.poll(running.said, { timeout: 120_000 }).toMatch(pattern)
  return pattern.exec(running.said())?.[1] as string
}

const pidFiles = (): string[] => readdirSync(directory).filter((name) => name.endsWith('.pid'))
const key = { pk: { S: 'a' } }

describe('a cluster', () => {
  test('is started, serves through its address, and is ended by Ctrl-C', async () => {
    const running = start()
    const client = httpClient(await ready(running))
    await client.perform('CreateTable', {
      TableName: 'music',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    })
    await client.perform('PutItem', { TableName: 'music', Item: key })
    expect(await run(['start', '--directory', directory]).ended).toBe(1)
    process.kill(pidIn(join(directory, 'server1.pid')) as number, 'SIGKILL')
    await expect
      .poll(running.said)
      .toContain('server 1 has ended and is started again in 5 seconds')
    for (let i = 0; i < 4; i++) {
      expect(await client.perform('GetItem', { TableName: 'music', Key: key })).toEqual({
        Item: key,
      })
    }
    running.child.kill('SIGINT')
    expect(await running.ended).toBe(0)
    expect(pidFiles()).toEqual([])
  })

  test('keeps its data, its passwords to itself, and trusts nobody', async () => {
    expect(statSync(join(directory, 'cluster.json')).mode & 0o777).toBe(0o600)
    for (const node of [1, 2, 3]) {
      const path = join(directory, `postgres${node}`, 'data', 'pg_hba.conf')
      const rules = readFileSync(path, 'utf8').match(/^(local|host).*$/gm) ?? []
      expect(rules.length).toBeGreaterThan(2)
      expect(rules.filter((rule) => !rule.endsWith(' scram-sha-256'))).toEqual([])
    }
    const running = start()
    const client = httpClient(await ready(running))
    expect(await client.perform('GetItem', { TableName: 'music', Key: key })).toEqual({ Item: key })
    running.child.kill('SIGKILL')
    await running.ended
    expect(pidFiles().length).toBe(10)
    expect(await run(['stop', '--directory', directory]).ended).toBe(0)
    expect(pidFiles()).toEqual([])
  })

  test('that cannot start a part says which, and where its log is', async () => {
    const text = readFileSync(join(directory, 'cluster.json'), 'utf8')
    const { places } = JSON.parse(text) as { places: { ports: { etcd: number } }[] }
    const taken = createServer().listen(places[1]?.ports.etcd, '127.0.0.1')
    await once(taken, 'listening')
    const running = start()
    expect(await running.ended).toBe(1)
    const sentence = `etcd 2 has ended: its log is ${join(directory, 'etcd2.log')}.`
    expect(running.said().trim().split('\n')).toContain(sentence)
    expect(pidFiles()).toEqual([])
    taken.close()
  })

  test('is wiped', async () => {
    expect(await run(['wipe', '--directory', directory]).ended).toBe(0)
    expect(readdirSync(parent)).toEqual([])
    const nowhere = run(['wipe', '--directory', parent])
    expect(await nowhere.ended).toBe(1)
    expect(nowhere.said()).toBe(`There is no cluster in ${parent}.\n`)
  })
})

test.runIf(userInfo().uid === 0)(
  'a directory that PostgreSQL cannot get to is refused',
  async () => {
    const closed = join(parent, 'closed')
    mkdirSync(closed, { mode: 0o700 })
    const place = join(closed, 'cluster')
    const running = run(['start', '--directory', place])
    expect(await running.ended).toBe(1)
    const sentence = `The user postgres cannot get to ${place}: take another --directory, or let it pass.`
    expect(running.said().trim().split('\n').at(-1)).toBe(sentence)
    rmSync(closed, { recursive: true })
  },
)

describe('where its programs are not there', () => {
  /** Only node, and what a test puts beside it, is found. */
  const withPath = (...more: string[]): NodeJS.ProcessEnv => ({
    PATH: [dirname(process.execPath) === '/usr/bin' ? parent : '', ...more].join(':'),
  })
  const what = 'PostgreSQL 15 or later, Patroni and etcd'

  test('and no apt, it is said in one sentence', async () => {
    const running = run(['start', '--yes', '--directory', directory], withPath())
    expect(await running.ended).toBe(1)
    expect(running.said()).toBe(`There is no apt here: install ${what} in another way.\n`)
  })

  test('and nobody agrees, nothing is installed', async () => {
    const bin = mkdtempSync(join(parent, 'bin-'))
    spawn('ln', ['-s', '/bin/true', join(bin, 'apt-get')])
    await expect.poll(() => readdirSync(bin)).toEqual(['apt-get'])
    const running = run(['start', '--directory', directory], withPath(bin))
    expect(await running.ended).toBe(1)
    const isRoot = userInfo().uid === 0
    expect(running.said()).toBe(
      isRoot
        ? 'Nothing was installed; --yes installs without asking.\n'
        : `Installing ${what} takes the rights of root.\n`,
    )
  })
})
