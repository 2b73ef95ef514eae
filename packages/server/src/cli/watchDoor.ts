import { mayDoEverything } from '../access/refusalOfRequest.ts'
import type { ToldDecision } from '../access/refusalOfRequest.ts'
import { ApiError } from '../errors/apiError.ts'
import { auditRecordOf } from '../http/auditRecord.ts'
import { ControlDoor, type ControlDoorOptions, type ControlSurface } from '../http/controlDoor.ts'
import { senderOf } from '../http/operationExchange.ts'
import { headerOf, type RawRequest } from '../http/rawMessage.ts'
import type { Authenticator, Caller } from '../http/signature.ts'
import type { Lookout } from '../lab/looks/lookout.ts'
import type { Asker } from '../lab/looks/sight.ts'
import type { RequestContext } from '../wire/dispatcher.ts'
import type { DatabaseOptions } from './databaseOptions.ts'
import { defaultRegion } from './settings.ts'

/** What may be looked at of one database; its code is loaded when somebody looks. */
export function watchOf(lookout: Lookout): ControlSurface {
  return async (request) => {
    const { watchSurface } = await import('../lab/looks/watchSurface.ts')
    return watchSurface(lookout, { ...request, asker: askerOf(request.signer) })
  }
}

function askerOf(context: RequestContext | undefined): Asker | undefined {
  if (context === undefined) return undefined
  const { principal } = context
  return { context, seesOthers: principal !== undefined && mayDoEverything(principal) }
}

export type WatchDoorOptions = Pick<ControlDoorOptions, 'hosts' | 'maxBodyBytes' | 'onFault'> & {
  readonly surface: ControlSurface
  readonly store: { readonly authenticate: Authenticator }
}

/**
 * The door to what may be looked at, where the console is shown: its checks are those of all of
 * `/_dynatom`;
 * where signatures are verified, a good one stands for the token, and policies say what is seen.
 */
export function watchDoor(
  { auth, controlToken, region = defaultRegion, onAudit }: DatabaseOptions,
  { surface, store, ...options }: WatchDoorOptions,
): ControlDoor {
  if (auth === undefined) {
    return new ControlDoor({ ...options, surface, token: controlToken, needsToken: false })
  }
  const signers = new SignersByContext(store, { region, onAudit })
  return new ControlDoor({
    ...options,
    surface: signers.audited(surface),
    token: undefined,
    needsToken: true,
    signerOf: (request, requestId) => signers.contextOf(request, requestId),
  })
}

interface Signed {
  readonly request: RawRequest
  readonly caller: Caller
  readonly decisions: ToldDecision[]
}

interface SignersOptions {
  readonly region: string
  readonly onAudit: DatabaseOptions['onAudit'] | undefined
}

/** Who has signed what; whoever is refused is written down as with the operations themselves. */
class SignersByContext {
  readonly #store: { readonly authenticate: Authenticator }
  readonly #options: SignersOptions
  readonly #signed = new WeakMap<RequestContext, Signed>()

  constructor(store: { readonly authenticate: Authenticator }, options: SignersOptions) {
    this.#store = store
    this.#options = options
  }

  /** Throws an ApiError unless the signature is good. */
  contextOf(request: RawRequest, requestId: string): RequestContext {
    const decisions: ToldDecision[] = []
    try {
      const caller = this.#store.authenticate.callerOf(request, 'dynamodb')
      const { accessKeyId, principal } = caller
      const context: RequestContext = {
        requestId,
        region: this.#options.region,
        accessKeyId,
        principal,
        sender: senderOf(request),
        onDecision: (told) => void decisions.push(told),
        host: headerOf(request, 'host'),
      }
      this.#signed.set(context, { request, caller, decisions })
      return context
    } catch (error) {
      this.#audit(requestId, error, { request, caller: undefined, decisions })
      throw error
    }
  }

  audited(surface: ControlSurface): ControlSurface {
    return async (asked) => {
      try {
        return await surface(asked)
      } catch (error) {
        const { signer } = asked
        const signed = signer && this.#signed.get(signer)
        if (signer !== undefined && signed !== undefined) {
          this.#audit(signer.requestId, error, signed)
        }
        throw error
      }
    }
  }

  #audit(
    requestId: string,
    error: unknown,
    { caller, ...about }: Omit<Signed, 'caller'> & { readonly caller: Caller | undefined },
  ): void {
    const { onAudit } = this.#options
    if (onAudit === undefined || !(error instanceof ApiError)) return
    const record = auditRecordOf({
      ...about,
      caller,
      requestId,
      operation: operationBehind(about.request),
      trace: undefined,
      errorName: error.kind.name,
      isUnsigned: caller === undefined,
    })
    if (record !== undefined) onAudit(record)
  }
}

/** The operation whose permissions are asked for. */
const operationBehind = ({ url }: RawRequest): { name: string; access: 'read' | 'write' } =>
  url.includes('/dry-run')
    ? { name: 'TransactWriteItems', access: 'write' }
    : { name: 'GetItem', access: 'read' }
