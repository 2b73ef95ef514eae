import { isToken, LosingEngine } from '../../means/brokenEngines.mjs'
import { serve } from '../../means/brokenServer.mjs'

await serve({ engine: (engine) => new LosingEngine(engine, ({ key }) => isToken(key)) })
