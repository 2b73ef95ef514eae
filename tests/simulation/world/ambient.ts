import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { systemClock, systemRandom } from '../../../packages/server/src/clock.ts'

/** Whose use of ambient time and randomness is forbidden: the server's and the simulation's own. */
const watched = /\/packages\/server\/|\/tests\/(simulation|model|isolation)\//

type AnyFunction = (...args: never[]) => unknown

/** Every way to time and randomness beside the Clock and Random of a run, as an object and its member. */
const forbidden: readonly (readonly [object: object, member: string])[] = [
  [globalThis, 'setTimeout'],
  [globalThis, 'setInterval'],
  [globalThis, 'setImmediate'],
  [Date, 'now'],
  [Math, 'random'],
  [performance, 'now'],
  [process, 'hrtime'],
  [crypto, 'randomBytes'],
  [crypto, 'randomUUID'],
  [crypto, 'randomInt'],
  ...membersOf(systemClock),
  ...membersOf(systemRandom),
]

/** The system's clock has taken what it calls long before. */
function membersOf(object: object): [object, string][] {
  return Object.keys(object).map((member) => [object, member])
}

/**
 * Runs `work` while ambient time and randomness throw for whoever is simulated; others in the process,
 * such as the test runner, have them as ever. A rejection that nobody handles fails `work` too.
 */
export async function withoutAmbient<T>(work: () => Promise<T>): Promise<T> {
  const restore = forbidden.map(([object, member]) => forbid(object, member))
  syncBuiltinESMExports()
  const unhandled: unknown[] = []
  const listeners = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', (reason) => unhandled.push(reason))
  try {
    const result = await work()
    if (unhandled.length > 0)
      throw new Error('a rejection was not handled', { cause: unhandled[0] })
    return result
  } finally {
    process.removeAllListeners('unhandledRejection')
    for (const listener of listeners) process.on('unhandledRejection', listener)
    for (const undo of restore) undo()
    syncBuiltinESMExports()
  }
}

function forbid(object: object, member: string): () => void {
  const members = object as Record<string, AnyFunction>
  const own = members[member] as AnyFunction
  const guarded = function (this: unknown, ...args: never[]): unknown {
    const caller = (new Error().stack as string).split('\n')[2] ?? ''
    if (watched.test(caller)) throw new Error(`${member} is called in a simulated world ${caller}`)
    return Reflect.apply(own, this, args)
  }
  members[member] = guarded
  return () => {
    members[member] = own
  }
}
