import { RememberingEngine } from '../../means/brokenEngines.mjs'
import { serve } from '../../means/brokenServer.mjs'

await serve({ engine: (engine) => new RememberingEngine(engine, 60) })
