import { validationException, type ApiError } from './apiError.ts'

/*
 * Texts about time to live (behaviour digest 5).
 */

export function timeToLiveAlready(state: 'enabled' | 'disabled'): ApiError {
  return validationException(`TimeToLive is already ${state}`)
}

/** Time to live is enabled, and a request names another attribute than the one that it has. */
export function timeToLiveOnOtherAttribute(attributeName: string): ApiError {
  return validationException(
    'TimeToLive is active on a different AttributeName: current AttributeName is ' + attributeName,
  )
}

/** The last change of time to live was a short while ago. */
export function timeToLiveChangedLately(): ApiError {
  return validationException(
    'Time to live has been modified multiple times within a fixed interval',
  )
}

/** The table is being created or deleted. */
export function timeToLiveNotDescribed(tableStatus: string): ApiError {
  return validationException(
    `Cannot describe time to live while table is in ${tableStatus} state: ` +
      `Current table state is ${tableStatus}`,
  )
}
