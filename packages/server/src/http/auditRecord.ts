import type { ToldDecision } from '../access/refusalOfRequest.ts'
import { claimOf } from '../access/signatures/signatureClaim.ts'
import { ApiError } from '../errors/apiError.ts'
import type { RequestTrace, ServedOperation } from '../wire/dispatcher.ts'
import { headerOf, type RawRequest } from './rawMessage.ts'
import type { Caller } from './signature.ts'

/** What an auditor wants to know: a request that was refused, or that has changed tables. */
export interface AuditRecord {
  readonly outcome: 'refused' | 'changed'
  readonly requestId: string
  /** As in the service model. */
  readonly operation: string
  /** One table, or several joined by commas, as the request names them. */
  readonly tableName?: string
  /** The ARN of who asked; absent for one whose signature was refused. */
  readonly principalArn?: string
  /** The key that signed, or that a refused signature says it is by. */
  readonly accessKeyId?: string
  /** Absent within the process. */
  readonly sourceIp?: string
  readonly userAgent?: string
  /** What a refused request was told, without its namespace. */
  readonly errorName?: string
  /** Each permission that was asked for, and what gave it or did not. */
  readonly decisions: readonly ToldDecision[]
}

/** What is known of a request when it has been answered. */
export interface AuditedRequest {
  readonly request: RawRequest
  readonly requestId: string
  readonly operation: Pick<ServedOperation, 'name' | 'access'> | undefined
  readonly trace: RequestTrace | undefined
  readonly caller: Caller | undefined
  readonly decisions: readonly ToldDecision[]
  /** Undefined for one that did what it was to do. */
  readonly errorName: string | undefined
  /** Whether it was its signature that was refused. */
  readonly isUnsigned: boolean
}

/** The record of a request that is worth one. */
export function auditRecordOf(audited: AuditedRequest): AuditRecord | undefined {
  const { operation, errorName, isUnsigned, decisions } = audited
  if (operation === undefined) return undefined
  const isRefused = isUnsigned || errorName === 'AccessDeniedException'
  if (!isRefused && (errorName !== undefined || operation.access !== 'control')) return undefined
  const { request, requestId, trace, caller } = audited
  const userAgent = cut(headerOf(request, 'user-agent'))
  const accessKeyId = cut(caller?.accessKeyId ?? claimedKey(request))
  const sourceIp = request.peer?.remoteAddress
  return {
    outcome: isRefused ? 'refused' : 'changed',
    requestId,
    operation: operation.name,
    ...(trace?.tableName !== undefined && { tableName: trace.tableName.slice(0, maxTables) }),
    ...(caller?.principal !== undefined && { principalArn: caller.principal.arn }),
    ...(accessKeyId !== undefined && { accessKeyId }),
    ...(sourceIp !== undefined && { sourceIp }),
    ...(userAgent !== undefined && { userAgent }),
    ...(errorName !== undefined && { errorName }),
    decisions,
  }
}

/** Most characters of a list of tables, and of another text that a client chose. */
const maxTables = 2000
const maxText = 256

const cut = (text: string | undefined): string | undefined => text?.slice(0, maxText)

/** The key that a signature says it is by. */
function claimedKey(request: RawRequest): string | undefined {
  const claim = claimOf(request.asSent ?? request, 'lenient')
  return claim instanceof ApiError ? undefined : claim.credential.split('/', 1)[0]
}
