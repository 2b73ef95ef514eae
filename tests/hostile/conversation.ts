import type { Socket } from 'node:net'
import { RawConnection } from '../../packages/server/src/testing/rawExchange.ts'

/** How a connection ended: `hung` means that nobody ended it in time. */
export type End = 'closed' | 'reset' | 'hung'

export interface Outcome {
  readonly received: string
  readonly end: End
  /** Milliseconds from the connection's start to its end. */
  readonly tookMs: number
}

/** No server may let a client wait for longer, once the client has said or done its last. */
export const hangMs = 20_000

/**
 * Whether each conversation begins with a question that only node:http reads, which then serves the
 * rest of it; its answer is no part of the outcome.
 */
export const prelude: { isOn: boolean } = { isOn: false }
const preludeText = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'

async function exchangePrelude(connection: RawConnection): Promise<void> {
  connection.socket.write(preludeText)
  await connection.seen('amazonaws.com')
  connection.received = ''
}

/** What a client does on its connection; it lasts until the server or `act` ends it. */
export type Act = (socket: Socket) => void | Promise<void>

/** Opens a connection, lets `act` use it, and collects what comes back until it ends. */
export function converse(endpoint: string, act: Act): Promise<Outcome> {
  const startMs = performance.now()
  const connection = new RawConnection(endpoint, { allowHalfOpen: true })
  const { socket } = connection
  let isHung = false
  const timer = setTimeout(() => {
    isHung = true
    socket.destroy()
  }, hangMs)
  socket.on('end', () => socket.end())
  return new Promise((resolve, reject) => {
    void connection.closed.then((failure) => {
      clearTimeout(timer)
      const end = isHung ? 'hung' : failure === undefined ? 'closed' : 'reset'
      resolve({ received: connection.received, end, tookMs: performance.now() - startMs })
    })
    socket.on('connect', () => {
      const ready = prelude.isOn ? exchangePrelude(connection) : Promise.resolve()
      ready.then(() => act(socket)).catch(reject)
    })
  })
}

/** Writes `text`, one byte for each character, and then nothing more. */
export const say =
  (text: string): Act =>
  (socket) => {
    socket.write(text, 'latin1')
  }

/** Writes `text` and ends its side of the connection. */
export const sayAndEnd =
  (text: string): Act =>
  (socket) => {
    socket.end(text, 'latin1')
  }

/** Writes `text` and resets the connection. */
export const sayAndReset =
  (text: string): Act =>
  (socket) => {
    socket.write(text, 'latin1', () => socket.resetAndDestroy())
  }

export interface ParsedAnswer {
  readonly status: number
  readonly body: string
}

/**
 * The answers that `received` holds, one after another. Throws when it is anything but whole answers: a
 * client would lose its place in the stream.
 */
export function answersIn(received: string): ParsedAnswer[] {
  const answers: ParsedAnswer[] = []
  let rest = received
  while (rest !== '') {
    const head = /^HTTP\/1\.1 (\d{3}) [^\r\n]*\r\n((?:[^\r\n:]+:[^\r\n]*\r\n)*)\r\n/.exec(rest)
    if (head === null) throw new Error(`no answer: ${JSON.stringify(rest.slice(0, 200))}`)
    const [whole, status, headers] = head as unknown as [string, string, string]
    const length = /^content-length: (\d+)\r$/im.exec(headers)?.[1]
    if (length === undefined && status !== '100') throw new Error(`no length: ${whole}`)
    const end = whole.length + Number(length ?? 0)
    if (rest.length < end) throw new Error(`half an answer: ${JSON.stringify(rest.slice(0, 200))}`)
    answers.push({ status: Number(status), body: rest.slice(whole.length, end) })
    rest = rest.slice(end)
  }
  return answers
}

export function statusesIn(received: string): number[] {
  return answersIn(received).map(({ status }) => status)
}

/** Calls `work` for each of `inputs`, at most `width` at a time; gives the results in their order. */
export async function eachOf<Input, Result>(
  inputs: readonly Input[],
  width: number,
  work: (input: Input, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < inputs.length) {
      const index = next++
      results[index] = await work(inputs[index] as Input, index)
    }
  }
  await Promise.all(Array.from({ length: width }, worker))
  return results
}
