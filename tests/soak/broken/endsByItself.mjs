import { serve } from '../../means/brokenServer.mjs'

let writes = 0

await serve({
  points: {
    at(point, { actions }) {
      if (point === 'submitted') writes += actions.length
      if (writes >= 1500) process.exit(3)
      return undefined
    },
  },
})
