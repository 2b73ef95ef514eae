import type { Disk, OpenedDisk } from './disk.ts'
import type { Owner, Scheduler } from './scheduler.ts'
import { setOrderKey } from '../../../packages/server/src/layout/storeKeys.ts'
import type { StorageEngine } from '../../../packages/server/src/storage/engine.ts'
import { makeStoreOlder } from '../../../packages/server/src/testing/olderStore.ts'
import type { SeededRandom } from '../../../packages/server/src/testing/seededRandom.ts'
import type { Points } from '../../../packages/server/src/transactions/points.ts'
import { isInjected, type EngineProfile } from './simulatedEngine.ts'
import { SimulatedServer, type CoordinatorFactory } from './simulatedServer.ts'

/** A process of the server: from its start to its end. */
export interface ServerProcess {
  readonly owner: Owner
  readonly disk: OpenedDisk
  phase: 'starting' | 'up' | 'closing'
  server: SimulatedServer | undefined
  /** Its store must be opened again; what failed since then may be in it. */
  isBroken: boolean
}

export interface HostOptions {
  readonly scheduler: Scheduler
  readonly random: SeededRandom
  readonly world: Owner
  readonly disk: Disk
  /** The profile that holds at the moment; faults can be switched off. */
  readonly engineProfile: () => EngineProfile
  readonly isFull: () => boolean
  readonly delayTransientStatuses: boolean
  readonly streamShards: number
  readonly makeCoordinator: CoordinatorFactory
  /** Who sees the writes of a process. */
  readonly pointsOf: (owner: Owner) => Points
  readonly conflicts: 'refuse' | 'queue'
  readonly restartMs: number
  /** How likely a server that is started again finds a store of an earlier version. */
  readonly olderStores: number
  readonly report: (finding: string) => void
  readonly count: (kind: string) => void
  readonly stallMs: () => number
  readonly onStage: (stage: string) => void
  /** A server has opened its store; requests are let in when this resolves. */
  readonly onOpened: (server: SimulatedServer) => Promise<void>
  /** No server can be started any more. */
  readonly onLost: () => void
  /** A process has ended, in order or not; its connections are gone. */
  readonly onEnd: (process: ServerProcess) => void
}

/** Runs one server at a time on a disk: starts it, kills it, lets it end in order, starts it again. */
export class ServerHost {
  readonly #options: HostOptions
  #process: ServerProcess | undefined
  #starts = 0

  constructor(options: HostOptions) {
    this.#options = options
  }

  get process(): ServerProcess | undefined {
    return this.#process
  }

  /** The process that takes requests now. */
  get accepting(): ServerProcess | undefined {
    return this.#process?.phase === 'up' ? this.#process : undefined
  }

  start(): void {
    const { scheduler, report, count, onLost } = this.#options
    const process = this.#newProcess()
    this.#process = process
    this.#open(process).catch((error: Error) => {
      count('start failed')
      if (!isInjected(error)) {
        report(`a start fails: ${error.stack}`)
        return onLost()
      }
      scheduler.kill(process.owner)
      process.disk.crash()
      this.#restart()
    })
  }

  #newProcess(): ServerProcess {
    const { disk, scheduler, random, engineProfile, isFull, count } = this.#options
    const { onStage, stallMs } = this.#options
    this.#starts += 1
    const owner = { name: `server ${this.#starts}`, alive: true }
    const process: ServerProcess = {
      owner,
      disk: disk.open({
        scheduler,
        random,
        get profile() {
          return engineProfile()
        },
        owner,
        onStage,
        stallMs,
        onFault: (kind) => count(`fault: ${kind}`),
        isFull,
        onBroken: () => {
          count('store broken')
          process.isBroken = true
          const exit = (): void => this.crash('store broken')
          scheduler.schedule(owner, 'ends because its store is broken', exit, random.below(50))
        },
      }),
      phase: 'starting',
      server: undefined,
      isBroken: false,
    }
    return process
  }

  async #open(process: ServerProcess): Promise<void> {
    const { scheduler, random, delayTransientStatuses, streamShards, makeCoordinator } =
      this.#options
    const engine = await process.disk.engine
    if (this.#starts > 1 && this.#options.olderStores > 0) await this.#makeOlder(engine)
    process.server = await SimulatedServer.open(engine, {
      scheduler,
      random,
      owner: process.owner,
      delayTransientStatuses,
      streamShards,
      makeCoordinator,
      points: this.#options.pointsOf(process.owner),
      transactionConflicts: this.#options.conflicts,
    })
    await this.#options.onOpened(process.server)
    process.phase = 'up'
  }

  /** Sets that are still to be put in order count too. */
  async #makeOlder(engine: StorageEngine): Promise<void> {
    const { random, olderStores, count } = this.#options
    if ((await engine.get(setOrderKey)) !== undefined) count('start with sets out of order')
    if (!random.chance(olderStores)) return
    await makeStoreOlder(engine)
    count('start with a store of an earlier version')
  }

  /** Kills the process between two of its steps, and starts another one later. */
  crash(kind: string): void {
    const process = this.#process
    if (process === undefined) return
    const { scheduler, count, onEnd } = this.#options
    scheduler.note(process.owner, `is killed (${kind})`)
    scheduler.kill(process.owner)
    count(`crash: ${kind}`)
    count(`crash while ${process.phase}`)
    count(`commit at a crash: ${process.disk.crash()}`)
    this.#process = undefined
    onEnd(process)
    this.#restart()
  }

  /** Ends the process in order, if it is up. Gives whether it has ended so. */
  async shutDown(): Promise<boolean> {
    const process = this.accepting
    if (process === undefined) return false
    const { scheduler, report, onEnd } = this.#options
    scheduler.note(process.owner, 'is told to end')
    process.phase = 'closing'
    await (process.server as SimulatedServer).close()
    const left = process.disk.openSnapshots()
    if (left > 0) report(`${process.owner.name} ended with ${left} snapshots open`)
    scheduler.kill(process.owner)
    this.#process = undefined
    onEnd(process)
    return true
  }

  #restart(): void {
    const { scheduler, world, random, restartMs } = this.#options
    this.#process = undefined
    const delayMs = random.below(restartMs + 1)
    scheduler.schedule(world, 'a new server starts', () => this.start(), delayMs)
  }
}
