import type { RawResponse } from '../http/rawMessage.ts'
import type { Responder } from '../http/respond.ts'
import type { Authenticator } from '../http/signature.ts'
import type { OpenStore } from './openStore.ts'
import type { ChangesOptions, ChangeSource } from './tableChanges.ts'

/**
 * A store that another one can take the place of, behind the same doors. INVARIANT: a request is
 * answered by one store, and none is under way while stores change.
 */
export class ReplaceableStore {
  readonly responder: Responder = (request) => this.#respond(request)
  #store: OpenStore
  #underWay = 0
  #onIdle: (() => void) | undefined
  /** Settles when the replacements that have been asked for are done; never rejects. */
  #replacing: Promise<void> | undefined

  constructor(store: OpenStore) {
    this.#store = store
  }

  /**
   * Waits for the requests under way, makes those that come meanwhile wait, and puts what `open`
   * gives into the place of the store. Rejects if `open` does; then the store stays.
   */
  replace(open: () => Promise<OpenStore>): Promise<void> {
    const replaced = this.#replaceAfter(this.#replacing, open)
    const settled = replaced
      .catch(() => undefined)
      .then(() => {
        if (this.#replacing === settled) this.#replacing = undefined
      })
    this.#replacing = settled
    return replaced
  }

  get authenticate(): Authenticator {
    return this.#store.authenticate
  }

  async rollOverStream(tableName: string): Promise<void> {
    while (this.#replacing !== undefined) await this.#replacing
    await this.#store.rollOverStream(tableName)
  }

  async changes(tableName: string, options: ChangesOptions): Promise<ChangeSource> {
    while (this.#replacing !== undefined) await this.#replacing
    return this.#store.changes(tableName, options)
  }

  /** REQUIRES: no request is under way or comes later. */
  async close(): Promise<void> {
    await this.#replacing
    await this.#store.close()
  }

  #respond(request: Parameters<Responder>[0]): ReturnType<Responder> {
    if (this.#replacing !== undefined) return this.#respondLater(this.#replacing, request)
    this.#underWay += 1
    let isSettled = true
    try {
      const answer = this.#store.responder(request)
      if (!(answer instanceof Promise)) return answer
      isSettled = false
      return answer.finally(this.#leave)
    } finally {
      if (isSettled) this.#leave()
    }
  }

  async #respondLater(
    replacing: Promise<void>,
    request: Parameters<Responder>[0],
  ): Promise<RawResponse> {
    await replacing
    return this.#respond(request)
  }

  readonly #leave = (): void => {
    this.#underWay -= 1
    if (this.#underWay === 0) this.#onIdle?.()
  }

  async #replaceAfter(
    earlier: Promise<void> | undefined,
    open: () => Promise<OpenStore>,
  ): Promise<void> {
    await earlier
    if (this.#underWay > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve))
    this.#onIdle = undefined
    const former = this.#store
    this.#store = await open()
    await former.close()
  }
}
