import { setTimeout as pause } from 'node:timers/promises'
import { nameOfItem } from '../../../packages/server/dist/transactions/claims.js'
import { LocalClaims } from '../../../packages/server/dist/transactions/localClaims.js'
import { CarelessEngine, SlowEngine } from '../../means/brokenEngines.mjs'
import { serve } from '../../means/brokenServer.mjs'

const claims = new LocalClaims()

await serve({
  engine: (engine) => new SlowEngine(new CarelessEngine(engine), 5),
  claims,
  points: {
    at(point, { kind, actions }) {
      if (point === 'judged' && kind === 'transaction') {
        for (const action of actions) {
          if (!('invalid' in action)) claims.release(nameOfItem(action.rowKey))
        }
        return pause(5)
      }
      return undefined
    },
  },
})
