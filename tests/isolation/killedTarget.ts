import { setTimeout as delay } from 'node:timers/promises'
import type { Target } from './epoch.ts'
import type { ServerUnderTest } from './serverUnderTest.ts'

const leastMsBetweenKills = 1500
const mostMsBetweenKills = 4500
/** Probability that the server is asked to stop instead. */
const stopChance = 0.2

/** One server that all clients ask, killed every few seconds. */
export const killedTarget = (server: ServerUnderTest): Target => ({
  serverOf: () => server,
  get kills() {
    return server.kills
  },
  async harm(random, over) {
    while (!over.aborted) {
      const pauseMs = random.between(leastMsBetweenKills, mostMsBetweenKills)
      await delay(pauseMs, undefined, { signal: over }).catch(() => {})
      const signal = random.chance(stopChance) ? 'SIGTERM' : 'SIGKILL'
      if (!over.aborted) await server.restart(signal)
    }
  },
})
