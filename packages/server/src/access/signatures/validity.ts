import type { ApiError } from '../../errors/apiError.ts'
import {
  malformedExpiry,
  malformedSignatureDate,
  signatureExpired,
  signatureNotYetCurrent,
} from '../../errors/authenticationErrors.ts'
import { maxSignatureAgeSeconds, maxSignatureExpirySeconds } from '../../limits.ts'
import { isoOfTime, timeOfHttp, timeOfIso } from './requestTime.ts'
import type { SignatureClaim } from './signatureClaim.ts'

/**
 * When a request was signed, in the form `20130301T000000Z`; or why that is no time, or not one
 * that is near enough to `nowMs`.
 */
export function signingTimeOf(claim: SignatureClaim, nowMs: number): string | ApiError {
  const { date, isHttpDate } = claim
  const signedMs = timeOfIso(date) ?? (isHttpDate ? timeOfHttp(date) : undefined)
  if (signedMs === undefined) return malformedSignatureDate(date)
  const validSeconds = validSecondsOf(claim.expires)
  if (typeof validSeconds === 'object') return validSeconds
  const signed = isHttpDate ? isoOfTime(signedMs) : date
  // AWS's texts have whole seconds, and so has what it compares.
  const nowSeconds = Math.floor(nowMs / 1000)
  const signedSeconds = signedMs / 1000
  if (signedSeconds < nowSeconds - validSeconds) {
    const bound = isoOfTime((nowSeconds - validSeconds) * 1000)
    const distance = distanceOf(validSeconds)
    return signatureExpired({ signed, bound, now: isoOfTime(nowMs), distance })
  }
  if (signedSeconds > nowSeconds + maxSignatureAgeSeconds) {
    const bound = isoOfTime((nowSeconds + maxSignatureAgeSeconds) * 1000)
    const distance = distanceOf(maxSignatureAgeSeconds)
    return signatureNotYetCurrent({ signed, bound, now: isoOfTime(nowMs), distance })
  }
  return signed
}

/** For how many seconds a signature holds: the usual time, unless it says how long. */
function validSecondsOf(expires: string | undefined): number | ApiError {
  if (expires === undefined) return maxSignatureAgeSeconds
  if (!/^-?\d+$/.test(expires)) return malformedExpiry('no number')
  const seconds = Number(expires)
  if (seconds < 0) return malformedExpiry('negative')
  return seconds > maxSignatureExpirySeconds ? malformedExpiry('too long') : seconds
}

const distanceOf = (seconds: number): string =>
  seconds % 60 === 0 ? `${seconds / 60} min.` : `${seconds} sec.`
