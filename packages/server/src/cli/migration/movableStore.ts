import type { Responder } from '../../http/respond.ts'
import type { Authenticator } from '../../http/signature.ts'
import { StoreUnavailable, type StorageEngine } from '../../storage/engine.ts'
import type { ChangeLog } from '../../storage/changeLog.ts'
import { UnknownOutcome } from '../../migration/migrationFault.ts'
import type { MoveOptions, StoreBehindDoors } from '../doors.ts'
import type { OpenStore } from '../openStore.ts'
import { OperatorError } from '../operatorError.ts'
import { ReplaceableStore } from '../replaceableStore.ts'
import type { ChangesOptions, ChangeSource } from '../tableChanges.ts'
import type { Place } from './migrationOptions.ts'

/** What a store that can be moved is made with. */
export interface MovableParts {
  readonly first: OpenStore
  /** What is beneath it. */
  readonly engine: StorageEngine
  readonly directory: string
  /** A database on another engine in place of the first one. */
  open(engine: StorageEngine, address: string): Promise<OpenStore>
  /** Ends what waits in this process before `replace` does its work. */
  replacing(replace: () => Promise<void>): Promise<void>
  /** Nobody chooses a namespace any more. */
  endNamespaces(): void
  /** The store is elsewhere, and this process does not have it. */
  onLost(error: Error): void
}

/** The source is not given up yet. */
class NotMoved extends Error {}

/**
 * The store of a data directory, which may be moved into an engine that several servers share while
 * requests go on. Requests are passed on as they are until that is asked for, and counted then.
 */
export class MovableStore implements StoreBehindDoors {
  readonly responder: Responder = (request) => this.#respond(request)
  readonly #parts: MovableParts
  #store: StoreBehindDoors
  #respond: Responder
  /** Settles when the move that is under way has ended; never rejects. */
  #moving: Promise<void> | undefined
  #isMoved = false
  #isClosing = false
  #firstClosed: Promise<void> = Promise.resolve()

  constructor(parts: MovableParts) {
    this.#parts = parts
    this.#store = parts.first
    this.#respond = parts.first.responder
  }

  get authenticate(): Authenticator {
    return this.#store.authenticate
  }

  rollOverStream(tableName: string): Promise<void> {
    return this.#store.rollOverStream(tableName)
  }

  changes(tableName: string, options: ChangesOptions): Promise<ChangeSource> {
    return this.#store.changes(tableName, options)
  }

  /** Ends a move first: nobody may read a store that is closed. */
  async close(): Promise<void> {
    this.#isClosing = true
    await this.#moving
    await this.#store.close()
    await this.#firstClosed
  }

  /** See Database.moveTo. */
  async moveTo(address: string, options: MoveOptions): Promise<void> {
    if (this.#isMoved) throw new OperatorError('The store is not in a data directory any more.')
    if (this.#moving !== undefined) throw new OperatorError('The store is being moved already.')
    const moved = this.#move(address, options)
    this.#moving = moved.catch(() => undefined)
    try {
      await moved
    } finally {
      this.#moving = undefined
    }
  }

  async #move(address: string, { onProgress, signal, environment }: MoveOptions): Promise<void> {
    const { engine: source, directory } = this.#parts
    const { moveStore, openPlace, operatorErrorOf, requireNoNamespaces } = await import(
      './moveStore.ts'
    )
    const { migrationText } = await import('./migrationText.ts')
    const { interrupted } = await import('./interruption.ts')
    await requireNoNamespaces(directory)
    const to: Place = { kind: 'engine', address }
    const target = await openPlace(to, environment && { environment }).catch((error: unknown) => {
      throw operatorErrorOf(error)
    })
    const replaceable = this.#replaceable()
    const state: { log?: ChangeLog; isTaken: boolean } = { isTaken: false }
    const goOn = (): void => {
      if (signal?.aborted === true || this.#isClosing) throw interrupted()
    }
    const open = async (work: () => Promise<boolean>): Promise<OpenStore> => {
      await requireNoNamespaces(directory)
      if (!(await this.#lastStep(work, state.log))) throw new NotMoved()
      state.isTaken = true
      return this.#takeOver(target, address, state.log)
    }
    try {
      await moveStore({
        source,
        target,
        from: { kind: 'directory', directory },
        to,
        tell: (event) => onProgress?.(migrationText(event)),
        isServed: true,
        goOn,
        onLog: (log) => (state.log = log),
        around: (work) =>
          this.#parts
            .replacing(() => replaceable.replace(() => open(work)))
            .catch((error: unknown) => {
              if (!(error instanceof NotMoved)) throw error
            }),
      })
    } finally {
      if (!state.isTaken) await target.close()
    }
  }

  /** What is under way is not counted, and is waited for by the engine's log. */
  #replaceable(): ReplaceableStore {
    if (this.#store instanceof ReplaceableStore) return this.#store
    const { first } = this.#parts
    // Requests wait for the end of a store that is replaced, which takes this one a while.
    const close = (): Promise<void> => {
      const closed = first.close()
      if (!this.#isMoved) return closed
      this.#firstClosed = closed.catch(() => undefined)
      return Promise.resolve()
    }
    const replaceable = new ReplaceableStore({
      responder: first.responder,
      authenticate: first.authenticate,
      perform: (operation, request) => first.perform(operation, request),
      rollOverStream: (tableName) => first.rollOverStream(tableName),
      changes: (tableName, options) => first.changes(tableName, options),
      enforceThroughput: () => first.enforceThroughput(),
      close,
    })
    this.#store = replaceable
    this.#respond = replaceable.responder
    return replaceable
  }

  /** Where nobody knows how it ended, this process is not to answer any more. */
  async #lastStep(work: () => Promise<boolean>, log: ChangeLog | undefined): Promise<boolean> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof UnknownOutcome)) throw error
      this.#isMoved = true
      await log?.shutOut()
      this.#parts.onLost(new StoreUnavailable(error.message))
      throw error
    }
  }

  /** The former store can do nothing any more. */
  async #takeOver(
    target: StorageEngine,
    address: string,
    log: ChangeLog | undefined,
  ): Promise<OpenStore> {
    this.#isMoved = true
    await log?.shutOut()
    this.#parts.endNamespaces()
    try {
      return await this.#parts.open(target, address)
    } catch (error) {
      this.#parts.onLost(
        new StoreUnavailable(
          `The store was moved, and cannot be opened there: ${(error as Error).message}`,
        ),
      )
      throw error
    }
  }
}
