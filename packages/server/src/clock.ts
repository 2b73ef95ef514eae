import { randomBytes } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { Socket } from 'node:net'
import process from 'node:process'
import timers from 'node:timers'
import { leastPassMs, maxIdlePassesMs, maxTurnMs } from './limits.ts'

/** A timer that has been started and not yet fired. */
export interface Timer {
  /** Stops the timer; does nothing when it has fired already. */
  cancel(): void
}

/**
 * Every reading of time in the server. Injected, so that a test can move the clock (token expiry,
 * table states) and a seeded simulation can own it.
 */
export interface Clock {
  /** Wall-clock time in milliseconds since the Unix epoch. */
  nowMs(): number
  /** A monotonic reading in milliseconds, for durations only. */
  monotonicMs(): number
  /** Runs `work` once, after the events that are waiting already. */
  defer(work: () => void): void
  /** As {@link defer}, and before whatever else is deferred. Where it is absent, defer will do. */
  deferFirst?(work: () => void): void
  /** Runs `work` once, `delayMs` from now. A pending timer never keeps the process alive. */
  startTimer(delayMs: number, work: () => void): Timer
  /**
   * Present where this clock can be frozen and moved: the time of the machine, which cannot. Turns
   * at the event loop go by it, and how long requests wait for each other; see {@link machineOf}.
   */
  readonly machine?: Clock | undefined
}

/** The clock by which the machine does its work, whatever is done to the time of the database. */
export const machineOf = (clock: Clock): Clock => clock.machine ?? clock

/** Every random value in the server. Injected beside {@link Clock}. */
export interface Random {
  /** `length` random bytes. */
  bytes(length: number): Uint8Array
  /** A version 4 UUID. */
  uuid(): string
}

/** Node's own setImmediate; undefined where somebody replaced it before this module was loaded. */
export const genuineSetImmediate: typeof setImmediate | undefined = isGenuine(timers)
  ? timers.setImmediate
  : undefined

function isGenuine({ setImmediate, clearImmediate }: typeof timers): boolean {
  const pending = pendingImmediates()
  const probe = setImmediate(() => {})
  const isPending = pendingImmediates() === pending + 1
  clearImmediate(probe)
  return isPending
}

function pendingImmediates(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Immediate').length
}

/**
 * The machine's time. INVARIANT: a test that fakes the clock of its process (sinon and what builds
 * on it, the mock timers of node:test) cannot stop it, whether it does so before this module is
 * loaded or after: all functions are taken here once, and those that are fakes already are replaced
 * by what no fake reaches.
 */
export const systemClock: Clock = {
  nowMs: genuineNow(),
  monotonicMs: genuineMonotonic(),
  ...deferringBy(genuineSetImmediate),
  // A socket keeps time by Node's own timers, which nothing outside of Node can replace.
  startTimer(delayMs, work) {
    const timekeeper = new Socket()
    timekeeper.setTimeout(Math.max(1, delayMs), () => {
      timekeeper.destroy()
      work()
    })
    return { cancel: () => timekeeper.destroy() }
  },
}

/** `Date.now`, that of another realm where this one's is somebody's own function. */
function genuineNow(): () => number {
  const { now } = Date
  if (Function.prototype.toString.call(now).includes('[native code]')) return now
  return process.getBuiltinModule('node:vm').runInNewContext('Date.now') as () => number
}

/** Whatever runs deferred work lets what is to be first go before it. */
function deferringBy(
  immediate: typeof setImmediate | undefined,
): Required<Pick<Clock, 'defer' | 'deferFirst'>> {
  const defer = deferBy(immediate)
  let first: (() => void)[] = []
  const runFirst = (): void => {
    const works = first
    first = []
    for (const work of works) work()
  }
  return {
    defer(work) {
      defer(() => {
        if (first.length > 0) runFirst()
        work()
      })
    },
    deferFirst(work) {
      if (first.push(work) === 1) defer(runFirst)
    },
  }
}

/**
 * By `process.hrtime`; where that is somebody's own function, which stands still, by what is slower
 * and nobody replaces. To load `performance` is a hundredth of a start.
 */
function genuineMonotonic(): () => number {
  const { hrtime } = process
  const uptime = process.uptime.bind(process)
  if (!movesOn(hrtime)) return () => uptime() * 1000
  return () => {
    const [seconds, nanoseconds] = hrtime()
    return seconds * 1000 + nanoseconds / 1e6
  }
}

function movesOn(hrtime: () => [number, number]): boolean {
  const [seconds, nanoseconds] = hrtime()
  for (let i = 0; i < 1000; i++) {
    const [nextSeconds, nextNanoseconds] = hrtime()
    if (nextSeconds !== seconds || nextNanoseconds !== nanoseconds) return true
  }
  return false
}

/** By `immediate`, or by messages to ourselves without one. */
function deferBy(immediate: typeof setImmediate | undefined): Clock['defer'] {
  if (immediate !== undefined) return (work) => void immediate(work)
  const { MessageChannel } = process.getBuiltinModule('node:worker_threads')
  const { port1, port2 } = new MessageChannel()
  const waiting: (() => void)[] = []
  port2.on('message', () => {
    const work = waiting.shift()
    if (waiting.length === 0) port2.unref()
    work?.()
  })
  port2.unref()
  return (work) => {
    if (waiting.push(work) === 1) port2.ref()
    port1.postMessage(undefined)
  }
}

/** The system's random numbers, on systems where they are a file. */
const randomFile = '/dev/urandom'

/**
 * Random bytes from the system itself. `node:crypto`, whose loading is a tenth of a start, is asked
 * where the system has them in another place.
 */
function systemBytes(length: number): Uint8Array {
  try {
    const bytes = Buffer.allocUnsafe(length)
    const file = openSync(randomFile, 'r')
    try {
      return readSync(file, bytes) === length ? bytes : randomBytes(length)
    } finally {
      closeSync(file)
    }
  } catch {
    return randomBytes(length)
  }
}

export const systemRandom: Random = {
  bytes: systemBytes,
  uuid: () => uuidOf(systemBytes(16)),
}

/** The version 4 UUID (RFC 9562, 5.4) that is made of 16 random bytes. */
function uuidOf(random: Uint8Array): string {
  const bytes = Buffer.from(random)
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/**
 * Turns at the event loop, of one request or several: after each, what waits goes first, and what
 * comes then, for about as long as the turn was; so that large work never has more of the loop than
 * all others who have something to do. Alone, it waits for one pass of the loop.
 */
export class LoopTurns {
  readonly #clock: Clock
  #startMs: number

  constructor(clock: Clock) {
    this.#clock = machineOf(clock)
    this.#startMs = this.#clock.monotonicMs()
  }

  /** A promise of the next turn when this one has lasted long enough; undefined otherwise. */
  next(): Promise<void> | undefined {
    const nowMs = this.#clock.monotonicMs()
    const turnMs = nowMs - this.#startMs
    if (turnMs <= maxTurnMs) return undefined
    // What is longer is the waiting of somebody who has had no turn.
    return this.#giveWay(nowMs, Math.min(turnMs, 4 * maxTurnMs))
  }

  async #giveWay(sinceMs: number, forMs: number): Promise<void> {
    const clock = this.#clock
    let nowMs = sinceMs
    let idleMs = 0
    let mostIdleMs = 0
    do {
      const passStartMs = nowMs
      await new Promise<void>((resolve) => clock.defer(resolve))
      nowMs = clock.monotonicMs()
      const passMs = nowMs - passStartMs
      const isIdle = passMs < leastPassMs
      if (!isIdle) mostIdleMs = maxIdlePassesMs
      idleMs = isIdle ? idleMs + passMs : 0
      if (isIdle && idleMs >= mostIdleMs) break
    } while (nowMs - sinceMs < forMs)
    this.#startMs = nowMs
  }
}

/**
 * Keeps this process from ending until what it gives is called. Timers keep none alive, and one
 * that starts, or a command that waits for another machine, may have nothing else that does: it
 * would end without a word, and as if all were well.
 */
export function holdProcess(): () => void {
  const { port1 } = new MessageChannel()
  port1.ref()
  return () => port1.close()
}
