import type { StreamLog } from '../schema/tableRecord.ts'

/** The id of a shard: when it was opened, as consumers read it, and what no other one has. */
export function shardIdOf(seed: string, shardNumber: number, openedMs: number): string {
  const time = String(openedMs).padStart(20, '0')
  // An odd factor makes other numbers of other shards, however many there are.
  const mixed = Math.imul(shardNumber, 0x9e3779b1) + Number.parseInt(seed.slice(0, 8), 16)
  return `shardId-${time}-${(mixed >>> 0).toString(16).padStart(8, '0')}`
}

const hashes = 2 ** 32

/** The number of the open shard that has the items whose partition key has this hash. */
export const shardOfHash = (
  { firstShard, shardCount }: Pick<StreamLog, 'firstShard' | 'shardCount'>,
  hash: number,
): number => firstShard + Math.floor((hash * shardCount) / hashes)

/** The first sequence number as clients see it is 10^20 more: so all have 21 digits. */
const leastShown = 10n ** 20n

/** A sequence number as clients see it: 21 digits, the first of which is not 0. */
export const shownSequence = (sequence: number): string => `1${String(sequence).padStart(20, '0')}`

/**
 * The sequence number that a client names, as the store has it: less than 0 or more than any for
 * one that was never given out. Undefined for what is no number.
 */
export function sequenceOf(text: string): number | undefined {
  if (!/^\d+$/.test(text)) return undefined
  return Number(BigInt(text) - leastShown)
}
