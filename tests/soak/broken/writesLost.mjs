import { isRow, LosingEngine } from '../../means/brokenEngines.mjs'
import { serve } from '../../means/brokenServer.mjs'

let rows = 0

await serve({
  engine: (engine) => new LosingEngine(engine, ({ key }) => isRow(key) && ++rows % 100 === 0),
})
