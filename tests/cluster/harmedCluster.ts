import { setTimeout as pause } from 'node:timers/promises'
import { leaseMs } from '../../packages/server/src/limits.ts'
import { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import type { Address, Server } from '../isolation/client.ts'
import type { Target } from '../isolation/epoch.ts'
import type { ClusterUnderTest } from './clusterUnderTest.ts'
import type { ServiceWatch } from './serviceWatch.ts'

/** Something done to the cluster, with what mends it. */
type Harm = (random: SeededRandom) => Promise<void>

const awayChance = 0.15
const calmMs = [1500, 4000] as const
/** The servers are ready again in a while, also when no node leads at first. */
const restarts = 8
const wholeMs = 90_000

/** How a death of the leader is called in what is measured. */
export const leaderDies = 'the leader is killed'

/**
 * The servers of a cluster as clients ask them, each client mostly one of its own. It is harmed in two
 * lanes at a time: what the servers stand on, and the servers.
 */
export class HarmedCluster implements Target {
  readonly manners: NonNullable<Target['manners']>
  kills = 0
  /** How often each harm was done. */
  readonly done: Map<string, number> = new Map()
  readonly #cluster: ClusterUnderTest
  readonly #watch: ServiceWatch
  readonly #tell: (text: string) => void
  /** Servers that are not running, that stand still, and whose machine is cut off. */
  readonly #down = new Set<number>()
  readonly #still = new Set<number>()
  readonly #cutOff = new Set<number>()
  readonly #bags = new Map<string, (readonly [string, Harm])[]>()

  constructor(cluster: ClusterUnderTest, watch: ServiceWatch, tell: (text: string) => void) {
    this.#cluster = cluster
    this.#watch = watch
    this.#tell = tell
    this.manners = {
      givesUpMs: 5000,
      // No node led for longer than the server waits.
      expects: ({ name }) => name === 'InternalServerError' || name === 'TimeoutError',
    }
  }

  serverOf(client: number): Server {
    const { servers } = this.#cluster
    const random = new SeededRandom(client, 77)
    const home = client % servers.length
    const addressOf = (life: number): Address => ({
      endpoint: servers[life]?.endpoint as string,
      life,
    })
    const choose = (): Address => {
      const chosen = random.chance(awayChance) ? random.below(servers.length) : home
      const others = [1, 2].map((i) => (chosen + i) % servers.length)
      return addressOf([chosen, ...others].find((each) => !this.#down.has(each)) ?? chosen)
    }
    return { ...addressOf(home), ready: () => Promise.resolve(), choose, isOutlived: true }
  }

  async harm(random: SeededRandom, over: AbortSignal): Promise<void> {
    const cut: (readonly [string, Harm])[] =
      this.#cluster.network === undefined
        ? []
        : [
            ['the leader is cut off', (own) => this.#isolateLeader(own)],
            ['the leader and a standby are cut from each other', (own) => this.#cutPair(own)],
          ]
    const lanes = {
      store: [
        [leaderDies, () => this.#killLeader({})],
        [`${leaderDies}, and etcd with it`, () => this.#killLeader({ withEtcd: true })],
        ['the PostgreSQL of the leader is killed', () => this.#killPostgres()],
        ...cut,
      ],
      servers: [
        ['a server is killed', (own) => this.#endServer(own, 'SIGKILL')],
        ['a server is stopped', (own) => this.#endServer(own, 'SIGTERM')],
        ['a server stands still', (own) => this.#pauseServer(own)],
      ],
    } satisfies Record<string, readonly (readonly [string, Harm])[]>
    await Promise.all(
      Object.entries(lanes).map(([name, harms], i) =>
        this.#lane(name, harms, { random: new SeededRandom(random.below(2 ** 31), i), over }),
      ),
    )
    await this.#cluster.store.whole(wholeMs)
  }

  /** One harm after the other, each as often as all others. */
  async #lane(
    name: string,
    harms: readonly (readonly [string, Harm])[],
    { random, over }: { readonly random: SeededRandom; readonly over: AbortSignal },
  ): Promise<void> {
    while (!over.aborted) {
      await pause(random.between(...calmMs), undefined, { signal: over }).catch(() => {})
      if (over.aborted) return
      const [what, harm] = this.#nextOf(name, harms, random)
      this.#tell(what)
      this.done.set(what, (this.done.get(what) ?? 0) + 1)
      await harm(random)
    }
  }

  /** The first harm of a lane is always the first of the list, for a short run has few. */
  #nextOf(
    name: string,
    harms: readonly (readonly [string, Harm])[],
    random: SeededRandom,
  ): readonly [string, Harm] {
    const known = this.#bags.get(name)
    const bag = known ?? [
      ...random.pickSome(harms.slice(1), harms.length - 1),
      ...harms.slice(0, 1),
    ]
    if (bag.length === 0) bag.push(...random.pickSome(harms, harms.length))
    this.#bags.set(name, bag)
    return bag.pop() as readonly [string, Harm]
  }

  readonly #isUp = (server: number): boolean =>
    ![this.#down, this.#still, this.#cutOff].some((each) => each.has(server))

  async #leader(): Promise<number> {
    for (;;) {
      const number = await this.#cluster.leaderNumber()
      if (number !== undefined) return number
      await pause(100)
    }
  }

  async #served(what: string, sinceMs: number): Promise<void> {
    const { ms } = await this.#watch.untilServed(what, sinceMs, this.#isUp)
    this.#tell(`${what}: ${(ms / 1000).toFixed(1)} s without service`)
  }

  async #killLeader({ withEtcd = false }): Promise<void> {
    const { store } = this.#cluster
    const number = await this.#leader()
    const node = store.nodes[number - 1]
    const etcd = store.etcd.parts[number - 1]
    const sinceMs = performance.now()
    await Promise.all([node?.kill(), withEtcd ? etcd?.stop('SIGKILL') : undefined])
    this.kills += 1
    await this.#served(withEtcd ? `${leaderDies}, and etcd with it` : leaderDies, sinceMs)
    if (withEtcd) etcd?.start()
    node?.start()
    await store.whole(wholeMs)
  }

  async #killPostgres(): Promise<void> {
    const { store } = this.#cluster
    const number = await this.#leader()
    const sinceMs = performance.now()
    await store.nodes[number - 1]?.kill({ withPatroni: false })
    this.kills += 1
    await this.#served('the PostgreSQL of the leader is killed', sinceMs)
    await store.whole(wholeMs)
  }

  async #isolateLeader(random: SeededRandom): Promise<void> {
    const { store, network } = this.#cluster
    const number = await this.#leader()
    const sinceMs = performance.now()
    network?.isolate(number)
    // Its own server has nobody to ask until the end.
    this.#cutOff.add(number - 1)
    const others = this.#served('the leader is cut off', sinceMs)
    await pause(random.between(12_000, 18_000))
    await others
    network?.heal()
    this.#cutOff.delete(number - 1)
    await store.whole(wholeMs)
  }

  async #cutPair(random: SeededRandom): Promise<void> {
    const { store, network } = this.#cluster
    const number = await this.#leader()
    const other = random.pick([1, 2, 3].filter((each) => each !== number))
    network?.cut(number, other)
    await pause(random.between(8000, 16_000))
    const sinceMs = performance.now()
    network?.heal()
    await this.#watch.untilServed('a cut is mended', sinceMs, this.#isUp)
    await store.whole(wholeMs)
  }

  #anyServer(random: SeededRandom): number {
    const { servers } = this.#cluster
    return random.pick([...servers.keys()])
  }

  async #endServer(random: SeededRandom, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const number = this.#anyServer(random)
    const server = this.#cluster.servers[number]
    this.#down.add(number)
    await server?.part.stop(signal)
    if (signal === 'SIGKILL') this.kills += 1
    await pause(random.between(0, 2000))
    for (let i = 1; ; i++) {
      try {
        await server?.start()
        break
      } catch (error) {
        // Without a leader it ends with a sentence, and whoever runs it starts it again.
        if (i === restarts) throw error
      }
    }
    this.#down.delete(number)
  }

  async #pauseServer(random: SeededRandom): Promise<void> {
    const number = this.#anyServer(random)
    const part = this.#cluster.servers[number]?.part
    this.#still.add(number)
    part?.signal('SIGSTOP')
    await pause(leaseMs + random.between(1000, 4000))
    const sinceMs = performance.now()
    part?.signal('SIGCONT')
    await this.#watch.untilServed('a server goes on', sinceMs, (each) => each === number)
    this.#still.delete(number)
  }
}
