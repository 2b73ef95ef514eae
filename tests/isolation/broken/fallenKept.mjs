import { CommitBuilder } from '../../../packages/server/dist/transactions/commitBuilder.js'
import { CarelessEngine, FailingEngine, SlowEngine } from '../../means/brokenEngines.mjs'
import { serve } from '../../means/brokenServer.mjs'

// Nobody knows what a commit was built on.
CommitBuilder.prototype.buildOn = () => undefined

await serve({
  engine: (engine) => new SlowEngine(new FailingEngine(new CarelessEngine(engine), 0.2), 5),
})
