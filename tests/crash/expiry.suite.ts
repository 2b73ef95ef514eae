import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import { soon } from '../../packages/server/src/testing/soon.ts'
import { DynatomProcess, temporaryDirectory } from '../means/dynatomProcess.ts'
import { errorName, httpClient, type Client } from '../means/httpClient.ts'
import { keepingEvidence } from './keptEvidence.ts'
import { expectCleanCheck, serverArguments } from './killedServer.ts'
import { within } from './within.ts'

const cycles = Math.ceil(Number(process.env['DYNATOM_CYCLES'] ?? 100) / 4)
const seed = Number(process.env['DYNATOM_SEED'] ?? Math.floor(Math.random() * 2 ** 31))

const TableName = 'Fading'
const writers = 8
const longAfterSeconds = 100_000
const nowSeconds = (): number => Date.now() / 1000

const table = {
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: ['pk', 'kind'].map((AttributeName) => ({
    AttributeName,
    AttributeType: 'S',
  })),
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'kinds',
      KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
}

/** What became of the items, as far as their writers were told. */
class Items {
  readonly lasting = new Set<string>()
  /** Those whose last write was not answered: they may be there or not. */
  readonly open = new Set<string>()
  expiring = 0
  #count = 0

  /** Writes items until the server is gone: most expire in a moment, some are saved before. */
  async write(client: Client, random: SeededRandom): Promise<void> {
    for (;;) {
      const pk = `item ${(this.#count += 1)}`
      const isSaved = random.chance(0.3)
      const ends = nowSeconds() + (isSaved ? 5 : random.between(-3, 1))
      this.open.add(pk)
      const Item = { pk: { S: pk }, kind: { S: `k${random.below(5)}` }, ends: { N: String(ends) } }
      await client.perform('PutItem', { TableName, Item })
      const saved = isSaved ? await client.call('UpdateItem', saving(pk)) : undefined
      // On a machine that stands still for seconds it may come too late.
      const isLate = saved !== undefined && errorName(saved) === 'ConditionalCheckFailedException'
      if (saved !== undefined && !isLate) expect(saved).toMatchObject({ status: 200 })
      this.open.delete(pk)
      if (isSaved && !isLate) this.lasting.add(pk)
      else this.expiring += 1
    }
  }
}

const saving = (pk: string): object => ({
  TableName,
  Key: { pk: { S: pk } },
  UpdateExpression: 'ADD ends :long',
  ConditionExpression: 'attribute_exists(pk)',
  ExpressionAttributeValues: { ':long': { N: String(longAfterSeconds) } },
})

async function namesIn(client: Client, request: object): Promise<string[]> {
  const names: string[] = []
  let from: object = {}
  for (;;) {
    const page = await client.perform('Scan', { TableName, ...request, ...from })
    names.push(...(page['Items'] as { pk: { S: string } }[]).map(({ pk }) => pk.S))
    if (page['LastEvaluatedKey'] === undefined) return names
    from = { ExclusiveStartKey: page['LastEvaluatedKey'] }
  }
}

async function startServer(directory: string): Promise<{ server: DynatomProcess; client: Client }> {
  const server = new DynatomProcess([...serverArguments(directory), '--ttl-delay', '0'])
  return { server, client: httpClient(await within('start', server.endpoint())) }
}

test(`expired items go, and no others, through ${cycles} kills`, async () => {
  console.log(`expiry: npm run test:crash -- --cycles ${cycles * 4} --seed ${seed} -- expiry`)
  const random = new SeededRandom(seed)
  const directory = temporaryDirectory()
  const items = new Items()
  await keepingEvidence(directory, async () => {
    let { server, client } = await startServer(directory)
    await client.perform('CreateTable', table)
    await client.perform('UpdateTimeToLive', {
      TableName,
      TimeToLiveSpecification: { Enabled: true, AttributeName: 'ends' },
    })
    for (let i = 0; i < cycles; i++) {
      const work = Promise.allSettled(
        Array.from({ length: writers }, (_, j) =>
          items.write(client, new SeededRandom(seed, i * writers + j)),
        ),
      )
      await pause(random.between(100, 1500))
      const { stderr } = await server.kill('SIGKILL')
      expect(stderr).toBe('')
      for (const outcome of await within('the writers', work)) {
        expect(outcome).toMatchObject({ reason: { code: expect.stringMatching(/^(ECONN|EPIPE)/) } })
      }
      await expectCleanCheck(directory)
      ;({ server, client } = await startServer(directory))
    }
    for (const request of [{}, { IndexName: 'kinds' }]) {
      await soon(
        async () => {
          const names = (await namesIn(client, request)).filter((name) => !items.open.has(name))
          expect(new Set(names)).toEqual(items.lasting)
        },
        { timeout: 30_000, interval: 200 },
      )
    }
    await within('the end', server.kill('SIGTERM'))
    await expectCleanCheck(directory)
  })
  const { lasting, open, expiring } = items
  console.log(`  ${expiring} items expired, ${lasting.size} were saved, ${open.size} are unknown`)
  expect(expiring).toBeGreaterThan(cycles)
  expect(lasting.size).toBeGreaterThan(cycles)
})
