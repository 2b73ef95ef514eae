import { RememberingEngine } from '../../means/brokenEngines.mjs'
import { serve } from '../../means/brokenServer.mjs'

// Longer than a request takes on a machine that does much else.
await serve({ engine: (engine) => new RememberingEngine(engine, 500) })
