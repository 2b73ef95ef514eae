import type { Clock } from '../clock.ts'
import type { RequestLog } from '../http/respond.ts'
import type { TlsEvent } from '../http/watchedTls.ts'
import { StorageFailure } from '../storage/engine.ts'
import type { WorkListener } from '../upkeep/workFailures.ts'
import type { IdentitiesChange } from './identities/identitiesChange.ts'
import { WorkLines } from './workLines.ts'

export type LogFormat = 'text' | 'json' | 'silent'
export const logFormats: readonly LogFormat[] = ['text', 'json', 'silent']

/** Writes the log of a server. */
export interface RequestLogger {
  /** Absent when nothing is logged, so that nothing is measured for it either. */
  readonly onRequest?: (log: RequestLog) => void
  /** A fault of the server's own, under the request id that the client was given. */
  readonly onInternalError: (requestId: string, error: unknown) => void
  /** Work in the background that has failed, or goes on again. */
  readonly onBackgroundWork: WorkListener
  /** A new certificate is in force, or was refused. */
  readonly onTlsEvent: (event: TlsEvent) => void
  /** That the file of the audit cannot be written, or can again: a sentence. */
  readonly onAuditFile: (message: string) => void
  /** Why a request was refused: a line, and all that is known of it. */
  readonly onExplanation: (line: string, explanation: object) => void
  /** What has become of the file of identities. */
  readonly onIdentities: (change: IdentitiesChange) => void
  /** Something that the operator should know: a sentence. */
  readonly onNotice: (message: string) => void
  /** Writes what is still waiting. */
  flush(): void
}

/**
 * One line for each request: time, operation, table, milliseconds, units and error. Lines gather
 * until the events that are waiting have been handled and are written at once. Faults are
 * logged in every format, silence too.
 */
export function createRequestLogger(
  format: LogFormat,
  clock: Clock,
  write: (text: string) => void,
): RequestLogger {
  let waiting = ''
  const flush = (): void => {
    if (waiting === '') return
    const text = waiting
    waiting = ''
    write(text)
  }
  const add = (line: string): void => {
    if (waiting === '') clock.defer(flush)
    waiting += `${line}\n`
  }
  const now = (): string => new Date(clock.nowMs()).toISOString()
  const onInternalError = (requestId: string, error: unknown): void => {
    add(
      format === 'json'
        ? JSON.stringify({ time: now(), requestId, internalError: textOfFault(error) })
        : `${now()} internal error in request ${requestId}: ${textOfFault(error)}`,
    )
  }
  const workLines = new WorkLines(clock)
  const onBackgroundWork: WorkListener = (event) => {
    const line = workLines.lineOf(event)
    if (line !== undefined) add(format === 'json' ? line.asJson(now()) : line.asText(now()))
  }
  const onTlsEvent = (event: TlsEvent): void => {
    const message = event.kind === 'loaded' ? `from ${event.certFile}` : event.message
    add(
      format === 'json'
        ? JSON.stringify({ time: now(), certificate: event.kind, message })
        : `${now()} certificate ${event.kind}: ${message}`,
    )
  }
  const onIdentities = (change: IdentitiesChange): void => {
    add(format === 'json' ? jsonOfIdentities(now(), change) : textOfIdentities(now(), change))
  }
  const onAuditFile = (message: string): void => {
    const text = shown(message, maxMessageLength)
    add(format === 'json' ? JSON.stringify({ time: now(), audit: text }) : `${now()} ${text}`)
  }
  const onNotice = (message: string): void => {
    add(
      format === 'json' ? JSON.stringify({ time: now(), notice: message }) : `${now()} ${message}`,
    )
  }
  const onExplanation = (line: string, explanation: object): void => {
    add(
      format === 'json'
        ? JSON.stringify({ time: now(), explanation })
        : `${now()} explanation: ${shown(line, maxExplanationLength)}`,
    )
  }
  const always = {
    onExplanation,
    onNotice,
    onInternalError,
    onBackgroundWork,
    onTlsEvent,
    onIdentities,
    onAuditFile,
    flush,
  }
  if (format === 'silent') return always
  const lineOf = format === 'json' ? jsonLine : textLine
  return { onRequest: (log) => add(lineOf(now(), log)), ...always }
}

const fates: Readonly<Record<IdentitiesChange['kind'], string>> = {
  loaded: 'in force',
  refused: 'refused, the former stay in force',
}

const textOfIdentities = (time: string, { kind, message }: IdentitiesChange): string =>
  `${time} identities ${fates[kind]}: ${shown(message, maxMessageLength)}`

const jsonOfIdentities = (time: string, { kind, message }: IdentitiesChange): string =>
  JSON.stringify({ time, identities: kind, message: shown(message, maxMessageLength) })

const maxMessageLength = 1000
const maxExplanationLength = 8000
/** Most characters of a target, of a list of tables, and of an access key id in a line. */
const maxOperationLength = 200
const maxTablesLength = 2000
const maxKeyIdLength = 128

/** A text that a client chose, fit for a line: no control characters, and not too long. */
function shown(text: string, maxLength: number): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}...` : text
  return cut.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
}

function textLine(time: string, log: RequestLog): string {
  const operation = log.operation === '' ? '-' : shown(log.operation, maxOperationLength)
  const tables = log.tableName === undefined ? '-' : shown(log.tableName, maxTablesLength)
  let line = `${time} ${operation} ${tables} ${log.durationMs.toFixed(1)}ms`
  if (log.consumedUnits !== undefined) line += ` ${log.consumedUnits} units`
  if (log.accessKeyId !== undefined) line += ` by ${shown(log.accessKeyId, maxKeyIdLength)}`
  if (log.errorName !== undefined) line += ` ${log.statusCode} ${log.errorName}`
  return line
}

function jsonLine(time: string, log: RequestLog): string {
  return JSON.stringify({
    time,
    operation: shown(log.operation, maxOperationLength),
    table: log.tableName === undefined ? undefined : shown(log.tableName, maxTablesLength),
    milliseconds: Math.round(log.durationMs * 1000) / 1000,
    units: log.consumedUnits,
    accessKeyId: log.accessKeyId === undefined ? undefined : shown(log.accessKeyId, maxKeyIdLength),
    status: log.statusCode,
    error: log.errorName,
    requestId: log.requestId,
  })
}

/** What the store refuses is no bug, and where in the code it was met tells nobody anything. */
function textOfFault(error: unknown): string {
  if (error instanceof StorageFailure) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
