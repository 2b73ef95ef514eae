import { StorageFailure } from '../engine.ts'
import { waitingCode } from './commitFunctions.ts'

/**
 * What a failed statement has come to.
 * - `unknown`: nobody has said whether it took effect; the connection is gone.
 * - `again`: it took no effect, and may succeed when it is tried again.
 * - `demoted`: it took no effect, and the node does not lead.
 * - `refused`: it took no effect, and will not.
 */
export type Fate = 'unknown' | 'again' | 'demoted' | 'refused'

/** An error of the server has a code (appendix A of PostgreSQL's manual) and a severity. */
export interface ServerError extends Error {
  readonly code: string
  readonly severity?: string
}

/** By the code; all others of the server are refusals. */
const fates: Readonly<Record<string, Fate>> = {
  // serialization_failure, deadlock_detected
  '40001': 'again',
  '40P01': 'again',
  // too_many_connections
  '53300': 'again',
  [waitingCode]: 'again',
  // read_only_sql_transaction
  '25006': 'demoted',
}

export const isServerError = (error: unknown): error is ServerError => {
  const { code, severity } = (error ?? {}) as Partial<ServerError>
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && severity !== undefined
}

export function fateOf(error: unknown): Fate {
  if (!isServerError(error)) return 'unknown'
  const fate = fates[error.code]
  if (fate !== undefined) return fate
  // A session that the server ends may have committed: it ends one that waits for a standby, too.
  if (error.code.startsWith('57P') || error.code.startsWith('08')) return 'unknown'
  return error.severity === 'FATAL' || error.severity === 'PANIC' ? 'unknown' : 'refused'
}

/** No node of the cluster takes writes. Nothing was applied. */
export class NoLeader extends StorageFailure {}

export const refusal = (error: unknown): StorageFailure =>
  new StorageFailure(`PostgreSQL refuses: ${(error as Error).message}`, { cause: error })

/** What was asked for is of a table that is not there (undefined_table). */
export const isWithoutTable = (error: unknown): boolean => {
  const { cause } = error as Error
  return isServerError(cause) && cause.code === '42P01'
}

/** Wrong password, not let in, no such database, no rights: whoever asks again is told the same. */
export const isFinalRefusal = ({ code }: ServerError): boolean =>
  ['28P01', '28000', '3D000', '42501'].includes(code)

/** A node has shown a certificate that is not trusted, or not of its host, or over. */
export const isCertificateFault = (error: Error): boolean =>
  /CERT|VERIFY_LEAF|ALTNAME/.test(String((error as NodeJS.ErrnoException).code))

/** A node asks for a password where there is none: as if it had refused an empty one. */
export const passwordMissing = (): ServerError =>
  Object.assign(new Error('a password is asked for'), { code: '28P01', severity: 'FATAL' })
