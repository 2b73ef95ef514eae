import { subscribe, unsubscribe } from 'node:diagnostics_channel'

const isWrite = /\.(PutItem|UpdateItem|DeleteItem|BatchWriteItem|TransactWriteItems)\b/

/** What undici, which is beneath `fetch`, tells of a request. */
interface Message {
  readonly request: { readonly headers: unknown }
}

/** The writes of this process that are whole on their way to a server and have no answer yet. */
export class SentWrites {
  readonly #underWay = new Set<object>()
  readonly #add = (message: unknown): void => {
    const { request } = message as Message
    if (isWrite.test(String(request.headers))) this.#underWay.add(request)
  }
  readonly #delete = (message: unknown): void => {
    this.#underWay.delete((message as Message).request)
  }

  watch(): void {
    subscribe('undici:request:bodySent', this.#add)
    subscribe('undici:request:headers', this.#delete)
    subscribe('undici:request:error', this.#delete)
  }

  unwatch(): void {
    unsubscribe('undici:request:bodySent', this.#add)
    unsubscribe('undici:request:headers', this.#delete)
    unsubscribe('undici:request:error', this.#delete)
  }

  get count(): number {
    return this.#underWay.size
  }
}
