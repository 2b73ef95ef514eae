import type { Points } from '../../../packages/server/src/transactions/points.ts'
import type { Item } from '../../model/attributes.ts'
import type { Table } from '../../model/tables.ts'
import { AnswerCheck } from '../checks/answerCheck.ts'
import { mayExpire } from '../checks/expiry.ts'
import { HistoryRecorder } from '../checks/historyRecorder.ts'
import { KnownSchema } from '../checks/knownSchema.ts'
import { ModelTables } from '../checks/modelTables.ts'
import type { ServerCall } from '../checks/serverCall.ts'
import { settleAfterCrash, tableDifference } from '../checks/settleAfterCrash.ts'
import { TokenLedger } from '../checks/tokenLedger.ts'
import { WatchedCoordinator } from '../checks/watchedCoordinator.ts'
import { Witness, type WatchedWrite } from '../checks/witness.ts'
import { allTables, temporaryTables, type SharedItem } from '../workload/tables.ts'
import { asStatement } from './asStatement.ts'
import { Chaos } from './chaos.ts'
import { EngineDisk, type Disk } from './disk.ts'
import { JournalDisk } from './journalDisk.ts'
import { Network, type Request } from './network.ts'
import type { Profile } from './profile.ts'
import { Scheduler, type Owner } from './scheduler.ts'
import type { SeededRandom } from '../../../packages/server/src/testing/seededRandom.ts'
import type { FilesProfile } from './simulatedDirectory.ts'
import { ServerHost } from './serverHost.ts'
import type { CoordinatorFactory, ServerAnswer, SimulatedServer } from './simulatedServer.ts'
import { faultlessEngine, type EngineProfile } from './simulatedEngine.ts'

/** Makes a disk whose files, if it has any, behave as `files` says at the moment. */
export type DiskFactory = (files: () => FilesProfile) => Disk

/** What a world is made of that tests may replace. */
export interface WorldParts {
  readonly seed: number
  readonly random: SeededRandom
  readonly profile: Profile
  /** The disk of the profile when absent. */
  readonly openDisk?: DiskFactory
  readonly trace?: string[]
}

/** One simulated world: clients, a network, a server that dies and comes back, and its disk. */
export class World {
  readonly random: SeededRandom
  readonly profile: Profile
  readonly scheduler: Scheduler
  readonly world = { name: 'the world', alive: true }
  readonly disk: Disk
  readonly recorder: HistoryRecorder
  readonly models = new ModelTables(allTables, temporaryTables)
  readonly witness: Witness
  readonly schema = new KnownSchema()
  readonly host: ServerHost
  readonly network: Network
  readonly chaos: Chaos
  readonly findings: string[] = []
  readonly counts = new Map<string, number>()
  readonly faults = { isOn: false, isDiskFull: false, areOfReads: true }
  /** Requests with tokens whose clients still wait. */
  readonly tokensInUse = { count: 0 }
  /** Set when the run cannot go on. */
  isLost = false
  /** Items of the history that came into being on the way. */
  readonly tracked: SharedItem[] = []
  readonly #tokens: TokenLedger
  readonly #answers: AnswerCheck
  #left: WatchedWrite[] = []

  constructor({ seed, random, profile, openDisk, trace }: WorldParts) {
    this.random = random
    this.profile = profile
    this.disk = openDisk?.(this.#files) ?? this.#newDisk()
    this.scheduler = new Scheduler(random, profile.pace, trace)
    this.recorder = new HistoryRecorder(seed)
    const { models, report, count, scheduler } = this
    const nowMs = (): number => scheduler.nowMs
    this.#tokens = new TokenLedger(models, nowMs, count)
    const isBroken = (): boolean => this.host.process?.isBroken === true
    const isLimited = profile.maxItemCollectionBytes !== undefined
    const tokens = this.#tokens
    this.witness = new Witness({ models, tokens, nowMs, report, count, isBroken, isLimited })
    this.#answers = new AnswerCheck(models, report, count)
    scheduler.afterPromises = () => this.witness.stepEnds()
    this.host = this.#newHost()
    this.network = this.#newNetwork()
    this.chaos = new Chaos(this, profile.clients * profile.requestsEach * 12)
  }

  readonly count = (kind: string): void => {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1)
  }

  readonly report = (finding: string): void => {
    this.scheduler.note(this.world, `FINDING ${finding}`)
    this.findings.push(finding)
  }

  /** An item that is to be in the final reads. */
  track(item: SharedItem): SharedItem {
    this.tracked.push(item)
    return item
  }

  /** The model of a table that is always there; undefined when the server is not. */
  permanentTable(name: string): Table | undefined {
    const number = this.host.process?.server?.catalog.find(name)?.number
    return number === undefined ? undefined : this.models.table(number, name)
  }

  /** Writes are seen by the witness; transactions are held up now and then. */
  readonly #pointsOf = (owner: Owner): Points => ({
    letsWritesPass: true,
    at: (point, write) => {
      this.witness.at(point, write)
      const { random, profile, scheduler, faults } = this
      const isHeldUp = point === 'claimed' && write.kind === 'transaction' && faults.isOn
      if (!isHeldUp || !random.chance(profile.holdUpRate)) return undefined
      this.count('a transaction is held up')
      return scheduler.pause(owner, 'a transaction goes on', random.below(profile.holdUpMs))
    },
  })

  #newDisk(): Disk {
    const { maxJournalBytes } = this.profile
    if (maxJournalBytes === undefined) return new EngineDisk()
    return new JournalDisk({ files: this.#files, maxJournalBytes })
  }

  /** How files behave at the moment. */
  readonly #files = (): FilesProfile => {
    const { files } = this.profile
    return this.faults.isOn ? files : { ...files, failureRate: 0 }
  }

  #newHost(): ServerHost {
    const { scheduler, random, world, disk, profile, report, count } = this
    const calm: EngineProfile = { ...faultlessEngine, syncReads: profile.engine.syncReads }
    const readable: EngineProfile = { ...profile.engine, readFailureRate: 0 }
    const { maxItemCollectionBytes } = profile
    const limit = maxItemCollectionBytes === undefined ? {} : { maxItemCollectionBytes }
    let beSettled = (): void => undefined
    const makeCoordinator: CoordinatorFactory = (options) => {
      const settled = new Promise<void>((resolve) => {
        beSettled = resolve
      })
      return new WatchedCoordinator({ ...options, ...limit }, this.witness, settled)
    }
    return new ServerHost({
      scheduler,
      random,
      world,
      disk,
      engineProfile: () => {
        if (!this.faults.isOn) return calm
        return this.faults.areOfReads ? profile.engine : readable
      },
      isFull: () => this.faults.isDiskFull,
      delayTransientStatuses: profile.delayTransientStatuses,
      streamShards: profile.streamShards ?? 1,
      makeCoordinator,
      pointsOf: this.#pointsOf,
      conflicts: profile.conflicts,
      restartMs: 100,
      olderStores: profile.olderStores,
      report,
      count,
      stallMs: () => this.chaos.stallMs,
      onStage: (stage) => this.chaos.onStage(stage),
      onLost: () => {
        this.isLost = true
      },
      onOpened: async (server) => {
        await this.#settle(server)
        beSettled()
      },
      onEnd: (process) => {
        this.faults.areOfReads = true
        this.#left.push(...this.witness.processDied())
        this.network.disconnect(process)
      },
    })
  }

  #newNetwork(): Network {
    const { scheduler, random, host, profile, count } = this
    return new Network({
      scheduler,
      random,
      network: { name: 'the network', alive: true },
      host,
      latencyMs: profile.latencyMs,
      lossRate: () => (this.faults.isOn ? profile.lossRate : 0),
      impatienceRate: () => (this.faults.isOn ? profile.impatienceRate : 0),
      handOver: (call, server, request) => this.#handOver(call, server, request),
      count,
      onDelivered: (arrivedAt) => this.chaos.onDelivered(arrivedAt),
    })
  }

  async #handOver(call: ServerCall, server: SimulatedServer, sent: Request): Promise<ServerAnswer> {
    const { witness } = this
    const restated = asStatement(call.operation)
    if (restated !== undefined) this.count(`by a statement: ${call.operation?.kind}`)
    const { name, body } = restated?.request ?? sent
    const quietAt = witness.quietSince()
    const told = await witness.during(call, () => server.call(name, body))
    const answer = restated?.plainly(told) ?? told
    const wasQuiet = quietAt !== undefined && quietAt === witness.quietSince()
    witness.whenSettled(() => this.#answers.look(call, answer, server.catalog, wasQuiet))
    return answer
  }

  /** A server has opened its store: what does it find of what its predecessor left? */
  async #settle(server: SimulatedServer): Promise<void> {
    const { witness, models, count, report } = this
    for (const difference of this.schema.differences(server.catalog)) this.report(difference)
    for (const name of server.catalog.tableNames()) {
      const { indexes = [], expiryOrder } = server.catalog.find(name) ?? {}
      if (expiryOrder?.backfill !== undefined) count('start with an order to fill')
      if (indexes.some(({ backfill }) => backfill !== undefined)) count('start with a backfill')
    }
    this.faults.areOfReads = false
    const found = await this.findTables(server)
    this.faults.areOfReads = true
    const settlement = { witness, models, tokens: this.#tokens, found, count, report }
    settleAfterCrash(this.#left, settlement)
    this.#left = []
    this.compareTables(found, 'after a start')
  }

  /**
   * Compares what tables hold with the model, which goes on from there. Before the end, what has
   * expired may be on its way out.
   */
  compareTables(
    found: ReadonlyMap<Table, readonly Item[]>,
    when: 'after a start' | 'in the end',
  ): void {
    const { nowMs } = this.scheduler
    const lasts = (item: Item): boolean => when === 'in the end' || !mayExpire(item, nowMs)
    for (const [table, items] of found) {
      const known = { ...table, items: table.items.filter(lasts) }
      const difference = tableDifference(known, items.filter(lasts))
      if (difference === undefined) continue
      this.report(`${table.definition.name} ${when}:\n  ${difference}`)
      table.items = items
    }
  }

  /** The items of all tables that can be read. */
  async findTables(server: SimulatedServer): Promise<Map<Table, readonly Item[]>> {
    const found = new Map<Table, readonly Item[]>()
    for (const name of server.catalog.tableNames()) {
      const table = server.catalog.find(name)
      if (table === undefined) continue
      const items = await this.#scan(server, name)
      if (items !== undefined) found.set(this.models.table(table.number, name), items)
    }
    return found
  }

  async #scan(server: SimulatedServer, name: string): Promise<Item[] | undefined> {
    const items: Item[] = []
    let start: object = {}
    for (let attempt = 0; attempt < 1000; attempt++) {
      const answer = await server.call('Scan', { TableName: name, ...start })
      if (answer.kind === 'error') return undefined
      if (answer.kind === 'failed') continue
      items.push(...(answer.body['Items'] as Item[]))
      if (answer.body['LastEvaluatedKey'] === undefined) return items
      start = { ExclusiveStartKey: answer.body['LastEvaluatedKey'] }
    }
    throw new Error(`${name} cannot be scanned`)
  }
}
