import { maxStreamShards } from '../limits.ts'

const leastHours = 0.001
const mostHours = 8760

/** Whether a new stream may have so many open shards. */
export const isShardCount = (count: number): boolean =>
  Number.isInteger(count) && count >= 1 && count <= maxStreamShards

/** What {@link isShardCount} takes, as the end of a sentence. */
export const shardCountText: string = `a whole number from 1 to ${maxStreamShards}`

/** Whether an open shard may become so old. */
export const isShardAge = (hours: number): boolean => hours >= leastHours && hours <= mostHours

/** What {@link isShardAge} takes, as the end of a sentence. */
export const shardAgeText: string = `a number from ${leastHours} to ${mostHours}`
