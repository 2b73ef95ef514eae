import { setTimeout as pause } from 'node:timers/promises'
import {
  conflictReason,
  noReason,
  transactionCanceled,
} from '../../../packages/server/dist/errors/transactionErrors.js'
import { nameOfItem } from '../../../packages/server/dist/transactions/claims.js'
import { LocalClaims } from '../../../packages/server/dist/transactions/localClaims.js'
import { CarelessEngine, SlowEngine } from '../../means/brokenEngines.mjs'
import { serve } from '../../means/brokenServer.mjs'

/** @import { PassingWrite } from '../../../packages/server/dist/transactions/points.js' */

/** Transactions are not claimed for by the server but by whoever knows what they do. */
class ClaimsOfChanges extends LocalClaims {
  /** @override */
  isHeld() {
    return false
  }

  /** @override */
  hold() {
    return undefined
  }

  /** @override */
  release() {}

  /**
   * Takes the items that a transaction changes, or refuses it where another one changes them.
   *
   * @param {readonly (string | undefined)[]} names One for each action; undefined for a check.
   */
  async take(names) {
    const held = names.map((name) => name !== undefined && super.isHeld(name))
    if (held.includes(true)) {
      throw transactionCanceled(held.map((isHeld) => (isHeld ? conflictReason : noReason)))
    }
    const drained = names.map((name) => (name === undefined ? undefined : super.hold(name)))
    for (const writes of drained) await writes
  }

  /** @param {readonly (string | undefined)[]} names */
  letGo(names) {
    for (const name of names) if (name !== undefined) super.release(name)
  }
}

/** @param {PassingWrite['actions'][number]} action */
const nameOfChange = (action) =>
  'invalid' in action || action.change.kind === 'ConditionCheck'
    ? undefined
    : nameOfItem(action.rowKey)

const claims = new ClaimsOfChanges()
/** @type {WeakMap<PassingWrite, readonly (string | undefined)[]>} */
const taken = new WeakMap()

await serve({
  engine: (engine) => new SlowEngine(new CarelessEngine(engine), 20),
  claims,
  points: {
    at(point, write) {
      if (write.kind !== 'transaction') return undefined
      if (point === 'answered') claims.letGo(taken.get(write) ?? [])
      if (point === 'judged') return pause(5)
      if (point !== 'claimed') return undefined
      const names = write.actions.map(nameOfChange)
      return claims.take(names).then(() => void taken.set(write, names))
    },
  },
})
