import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import { temporaryDirectory } from '../means/dynatomProcess.ts'
import { errorName, type Client } from '../means/httpClient.ts'
import { keepingEvidence } from './keptEvidence.ts'
import { expectCleanCheck, startServer } from './killedServer.ts'
import { within } from './within.ts'

const cycles = Math.ceil(Number(process.env['DYNATOM_CYCLES'] ?? 100) / 4)
const seed = Number(process.env['DYNATOM_SEED'] ?? Math.floor(Math.random() * 2 ** 31))

const tableOf = (TableName: string) => ({
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
})

/** A policy as it is given back, different for each `serial`. */
const policyOf = (serial: number, Action: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Sid: `S${serial}`, Effect: 'Deny', Principal: '*', Action, Resource: '*' }],
  })

/** What is there under an ARN: no table, a policy with its revision, or undefined for none. */
type State = 'gone' | { readonly policy: string; readonly revision: string | undefined } | undefined

let serial = 0

/** A table or a stream whose policy is changed until the server is gone. */
class Guarded {
  readonly arn: string
  readonly action: string
  /** As the last answer left it. */
  settled: State
  /** What a request that has no answer yet makes of it. */
  pending: readonly State[] = []
  changes = 0

  constructor(arn: string, action: string, settled?: State) {
    this.arn = arn
    this.action = action
    this.settled = settled
  }

  async change(client: Client, random: SeededRandom): Promise<void> {
    if (random.chance(0.2)) {
      await this.#make([undefined], () =>
        client.perform('DeleteResourcePolicy', { ResourceArn: this.arn }),
      )
      return
    }
    const Policy = policyOf((serial += 1), this.action)
    await this.#make([{ policy: Policy, revision: undefined }], () =>
      client.perform('PutResourcePolicy', { ResourceArn: this.arn, Policy }),
    )
  }

  /** A table that comes and goes, with a policy or without. */
  async come(client: Client, random: SeededRandom): Promise<void> {
    const TableName = this.arn.replace(/^.*\//, '')
    if (this.settled !== 'gone') {
      if (random.chance(0.5)) await this.change(client, random)
      await this.#make(['gone'], () => client.perform('DeleteTable', { TableName }))
      return
    }
    const policy = random.chance(0.5) ? policyOf((serial += 1), this.action) : undefined
    const state = policy === undefined ? undefined : { policy, revision: undefined }
    const given = policy === undefined ? {} : { ResourcePolicy: policy }
    await this.#make([state], () =>
      client.perform('CreateTable', { ...tableOf(TableName), ...given }),
    )
  }

  async #make(
    pending: readonly State[],
    send: () => Promise<Record<string, unknown>>,
  ): Promise<void> {
    this.pending = pending
    const { RevisionId } = await send()
    const [next] = pending
    const isPut = typeof next === 'object' && typeof RevisionId === 'string'
    this.settled = isPut ? { ...next, revision: RevisionId } : next
    this.pending = []
    this.changes += 1
  }

  /** What is there is what was answered, or what was asked for last. */
  async expectKept(client: Client): Promise<void> {
    const found = await this.#read(client)
    const isKept = [this.settled, ...this.pending].some((state) => isSame(state, found))
    expect(isKept, JSON.stringify({ found, settled: this.settled, pending: this.pending })).toBe(
      true,
    )
    this.settled = found
    this.pending = []
  }

  async #read(client: Client): Promise<State> {
    const answer = await client.call('GetResourcePolicy', { ResourceArn: this.arn })
    if (answer.status === 200) {
      const { Policy, RevisionId } = answer.body
      return { policy: Policy as string, revision: RevisionId as string }
    }
    const name = errorName(answer)
    if (name === 'ResourceNotFoundException') return 'gone'
    expect(name).toBe('PolicyNotFoundException')
    return undefined
  }
}

function isSame(expected: State, found: State): boolean {
  if (typeof expected !== 'object' || typeof found !== 'object') return expected === found
  const { policy, revision } = expected
  return policy === found.policy && (revision === undefined || revision === found.revision)
}

test(`policies are kept as they were answered, through ${cycles} kills`, async () => {
  console.log(`policies: npm run test:crash -- --cycles ${cycles * 4} --seed ${seed} -- policies`)
  const random = new SeededRandom(seed)
  const directory = temporaryDirectory()
  await keepingEvidence(directory, async () => {
    let { server, client } = await startServer(directory)
    const { TableDescription } = await client.perform('CreateTable', tableOf('Guarded'))
    const { TableArn, LatestStreamArn } = TableDescription as Record<string, string>
    const table = new Guarded(TableArn as string, 'dynamodb:Scan')
    const stream = new Guarded(LatestStreamArn as string, 'dynamodb:GetRecords')
    const coming = new Guarded(`${TableArn}`.replace('Guarded', 'Coming'), 'dynamodb:Query', 'gone')
    for (let i = 0; i < cycles; i++) {
      const until = async (
        work: (own: SeededRandom) => Promise<void>,
        j: number,
      ): Promise<void> => {
        const own = new SeededRandom(seed, i * 3 + j)
        for (;;) await work(own)
      }
      const work = Promise.allSettled([
        until((own) => table.change(client, own), 0),
        until((own) => stream.change(client, own), 1),
        until((own) => coming.come(client, own), 2),
      ])
      await pause(random.between(20, 400))
      const { stderr } = await server.kill('SIGKILL')
      expect(stderr).toBe('')
      for (const outcome of await within('the changes', work)) {
        expect(outcome).toMatchObject({ reason: { code: expect.stringMatching(/^(ECONN|EPIPE)/) } })
      }
      await expectCleanCheck(directory)
      ;({ server, client } = await startServer(directory))
      for (const guarded of [table, stream, coming]) await guarded.expectKept(client)
    }
    await within('the end', server.kill('SIGTERM'))
    await expectCleanCheck(directory)
    const changes = [table, stream, coming].map((guarded) => guarded.changes)
    console.log(`  ${changes.join(', ')} changes of a table's, a stream's and a coming table's`)
    for (const count of changes) expect(count).toBeGreaterThan(cycles)
  })
})
