import { maxStreamShards } from '../limits.ts'
import type { NumberRange } from './flagValue.ts'

export const shardCountRange: NumberRange = { least: 1, most: maxStreamShards, isWhole: true }
export const shardAgeRange: NumberRange = { least: 0.001, most: 8760, isWhole: false }

/** Whether a new stream may have so many open shards. */
export const isShardCount = (count: number): boolean =>
  Number.isInteger(count) && count >= shardCountRange.least && count <= shardCountRange.most

/** What {@link isShardCount} takes, as the end of a sentence. */
export const shardCountText: string = `a whole number from 1 to ${maxStreamShards}`

/** Whether an open shard may become so old. */
export const isShardAge = (hours: number): boolean =>
  hours >= shardAgeRange.least && hours <= shardAgeRange.most

/** What {@link isShardAge} takes, as the end of a sentence. */
export const shardAgeText: string = `a number from ${shardAgeRange.least} to ${shardAgeRange.most}`
