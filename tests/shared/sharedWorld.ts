import { expect } from 'vitest'
import { checkStore, type Finding } from '../../packages/server/src/check/checkStore.ts'
import type { MakeSet } from '../../packages/server/src/cli/engineSet.ts'
import { sharedSet } from '../../packages/server/src/cli/sharedSet.ts'
import type { StorageEngine } from '../../packages/server/src/storage/engine.ts'
import { MemoryEngine } from '../../packages/server/src/storage/memory/memoryEngine.ts'
import { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import type { Points } from '../../packages/server/src/transactions/points.ts'
import { WorkFailures, type WorkEvent } from '../../packages/server/src/upkeep/workFailures.ts'
import { Scheduler, type Owner } from '../simulation/world/scheduler.ts'
import {
  SimulatedServer,
  type Body,
  type ServerAnswer,
} from '../simulation/world/simulatedServer.ts'
import { RemoteEngine } from './remoteEngine.ts'

export interface WorldOptions {
  readonly seed: number
  /** What the servers are put together with: the shared set when absent. */
  readonly makeSet?: MakeSet
  readonly delayTransientStatuses?: boolean
}

const wayMs = 40
const maxSteps = 400_000

/** A store in place of the one in memory, outside of the world. */
export interface OutsideStore {
  /** The store as `owner` has it. */
  connect(scheduler: Scheduler, owner: Owner): Promise<StorageEngine>
  /** As it is for somebody who looks at all of it. */
  whole(): Promise<StorageEngine>
  dispose(): Promise<void>
}

let makeOutsideStore: (() => OutsideStore) | undefined

/** From now on worlds have stores that `make` gives. */
export function useOutsideStores(make: () => OutsideStore): void {
  makeOutsideStore = make
}

/** A whole database of the world: one of several servers on the store. */
export class Server {
  readonly owner: Owner
  readonly random: SeededRandom
  readonly #server: SimulatedServer

  constructor(owner: Owner, random: SeededRandom, server: SimulatedServer) {
    this.owner = owner
    this.random = random
    this.#server = server
  }

  get catalog(): SimulatedServer['catalog'] {
    return this.#server.catalog
  }

  call(operation: string, request: object): Promise<ServerAnswer> {
    return this.#server.call(operation, request)
  }

  /** The response of a request that must succeed. */
  async ask(operation: string, request: object): Promise<Body> {
    const answer = await this.call(operation, request)
    if (answer.kind === 'failed') throw answer.error
    if (answer.kind === 'error') throw new Error(`${operation}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  /** The error that a request must be refused with. */
  async refused(operation: string, request: object): Promise<Body> {
    const answer = await this.call(operation, request)
    if (answer.kind === 'failed') throw answer.error
    expect(answer, `${operation} is refused`).toMatchObject({ kind: 'error' })
    return answer.body
  }

  close(): Promise<void> {
    return this.#server.close()
  }
}

/** Servers on one store, in a time of their own that a seed decides about. */
export class SharedWorld {
  readonly store = new MemoryEngine()
  readonly random: SeededRandom
  readonly scheduler: Scheduler
  /** What went wrong without anybody having asked for it. */
  readonly faults: unknown[] = []
  /** What became of work in the background that failed. */
  readonly events: WorkEvent[] = []
  readonly #outside = makeOutsideStore?.()
  readonly #options: WorldOptions
  readonly #tester: Owner = { name: 'tester', alive: true }

  constructor(options: WorldOptions) {
    this.#options = options
    this.random = new SeededRandom(options.seed)
    const pace = { fairness: 0.5, stepMs: 0.05 }
    this.scheduler = new Scheduler(new SeededRandom(options.seed, 1), pace)
  }

  async open(name: string, points?: Points): Promise<Server> {
    const { scheduler } = this
    const { makeSet = sharedSet, seed, delayTransientStatuses = false } = this.#options
    const owner = { name, alive: true }
    const random = new SeededRandom(seed, 2 + (name.codePointAt(0) as number))
    const engine =
      (await this.#outside?.connect(scheduler, owner)) ??
      new RemoteEngine(this.store, { scheduler, random, owner, wayMs, lateSnapshots: 0.5 })
    const server = await SimulatedServer.open(engine, {
      scheduler,
      random,
      owner,
      delayTransientStatuses,
      makeSet,
      ...(points !== undefined && { points }),
      failures: new WorkFailures((event) => void this.events.push(event)),
      onFault: (error) => void this.faults.push(error),
    })
    return new Server(owner, random, server)
  }

  /** Nothing of the server goes on. What it has asked the store for may not have reached it. */
  kill({ owner }: Server): void {
    this.scheduler.kill(owner)
  }

  pause(ms: number): Promise<void> {
    return this.scheduler.pause(this.#tester, 'the tester goes on', ms)
  }

  /** What a check finds in the store as it is now. */
  async check(): Promise<readonly Finding[]> {
    if (this.#outside === undefined) return checkStore(this.store)
    const found = this.#outside.whole().then(checkStore)
    return this.scheduler.outside(this.#tester, 'the store is looked at', found)
  }

  /** Lets time go by until `story` has ended. */
  async run(story: Promise<void>): Promise<void> {
    let isDone = false
    const ended = story.finally(() => (isDone = true))
    // Told below; it must not be unhandled while the world goes on.
    ended.catch(() => undefined)
    try {
      await this.scheduler.run(() => isDone, { maxSteps })
      await ended
    } finally {
      await this.#outside?.dispose()
    }
  }
}

/** Tells a story of two servers on one store, and closes both. */
export async function withTwoServers(
  options: WorldOptions,
  story: (world: SharedWorld, a: Server, b: Server) => Promise<void>,
): Promise<void> {
  const world = new SharedWorld(options)
  const whole = async (): Promise<void> => {
    const [a, b] = await Promise.all([world.open('a'), world.open('b')])
    await story(world, a, b)
    await Promise.all([a.close(), b.close()])
  }
  await world.run(whole())
}
