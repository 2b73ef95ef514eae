import { setTimeout as pause } from 'node:timers/promises'
import { LocalClaims } from '../../../packages/server/dist/transactions/localClaims.js'
import { CarelessEngine, SlowEngine } from '../../means/brokenEngines.mjs'
import { serve } from '../../means/brokenServer.mjs'

class ClaimsOfSingleWrites extends LocalClaims {
  /** @override */
  hold() {
    return undefined
  }

  /** @override */
  release() {}
}

await serve({
  engine: (engine) => new SlowEngine(new CarelessEngine(engine), 5),
  claims: new ClaimsOfSingleWrites(),
  // Nobody comes to the items of a transaction that is handed over at once.
  points: {
    at(point, { kind }) {
      return point === 'judged' && kind === 'transaction' ? pause(5) : undefined
    },
  },
})
