import { setTimeout as pause } from 'node:timers/promises'
import { LocalClaims } from '../../../packages/server/dist/transactions/localClaims.js'
import { CarelessEngine, SlowEngine } from '../../means/brokenEngines.mjs'
import { serve } from '../../means/brokenServer.mjs'

/** @import { BusyItem, PendingWrite } from '../../../packages/server/dist/transactions/claims.js' */

/** Single writes do not see each other: each begins at once. */
class ClaimsOfTransactions extends LocalClaims {
  /**
   * @override
   * @param {string} _
   * @param {PendingWrite} first
   * @returns {BusyItem}
   */
  startWriting(_, first) {
    return {
      held: false,
      writing: true,
      waiting: [first],
      onDrained: undefined,
      goOn: undefined,
      isTakenOver: false,
    }
  }

  /** @override */
  endWriting() {}
}

await serve({
  engine: (engine) => new SlowEngine(new CarelessEngine(engine), 5),
  claims: new ClaimsOfTransactions(),
  points: {
    at(point, { kind }) {
      return point === 'judged' && kind === 'write' ? pause(5) : undefined
    },
  },
})
