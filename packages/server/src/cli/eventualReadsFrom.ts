/**
 * Where eventually consistent reads look: at the node that leads, so that they are up to date, or
 * at nodes that follow it.
 */
export const eventualReadsFrom = ['leader', 'replica'] as const

export type EventualReadsFrom = (typeof eventualReadsFrom)[number]
