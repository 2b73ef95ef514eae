import { maxTtlDelaySeconds } from '../limits.ts'
import type { NumberRange } from './flagValue.ts'

export const ttlDelayRange: NumberRange = { least: 0, most: maxTtlDelaySeconds, isWhole: true }

/** Whether expired items may be kept for so many seconds. */
export const isTtlDelay = (seconds: number): boolean =>
  Number.isInteger(seconds) && seconds >= ttlDelayRange.least && seconds <= ttlDelayRange.most

/** The seconds for which they may, in words. */
export const ttlDelayText: string = `a whole number of seconds from 0 to ${maxTtlDelaySeconds}`
