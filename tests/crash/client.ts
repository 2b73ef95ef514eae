import { call, type Answer } from '../server/dynatomProcess.ts'

/** Sends requests to one server, wherever that is. */
export class Client {
  /** Rejects when there is no answer. */
  readonly call: (operation: string, request: object) => Promise<Answer>

  constructor(send: (operation: string, request: object) => Promise<Answer>) {
    this.call = send
  }

  /** The body of the answer; rejects when that is an error. */
  async perform(operation: string, request: object): Promise<Record<string, unknown>> {
    const { status, body } = await this.call(operation, request)
    if (status !== 200) throw new Error(`${operation}: ${status} ${JSON.stringify(body)}`)
    return body
  }
}

export const httpClient = (endpoint: string): Client =>
  new Client((operation, request) => call(endpoint, operation, request))

/** The name of the error that an answer is, without what stands before it. */
export function errorName({ body }: Answer): string {
  const type = String(body['__type'])
  return type.slice(type.indexOf('#') + 1)
}
