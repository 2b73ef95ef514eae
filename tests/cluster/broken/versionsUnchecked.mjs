import { CarelessEngine } from '../../means/brokenEngines.mjs'
import { serve } from '../../means/brokenServer.mjs'

await serve({ engine: (engine) => new CarelessEngine(engine) })
