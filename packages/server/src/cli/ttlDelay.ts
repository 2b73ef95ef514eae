import { maxTtlDelaySeconds } from '../limits.ts'

/** Whether expired items may be kept for so many seconds. */
export const isTtlDelay = (seconds: number): boolean =>
  Number.isInteger(seconds) && seconds >= 0 && seconds <= maxTtlDelaySeconds

/** The seconds for which they may, in words. */
export const ttlDelayText: string = `a whole number of seconds from 0 to ${maxTtlDelaySeconds}`
