import type { AccessKeys, Principal } from '../access/accessKeys.ts'
import { isNamespaceName, namespaceNameText, namespacePrefix } from '../access/namespaceName.ts'
import { claimOf } from '../access/signatures/signatureClaim.ts'
import { SignatureVerifier } from '../access/signatures/verifyRequest.ts'
import type { Clock } from '../clock.ts'
import { ApiError } from '../errors/apiError.ts'
import { malformedCredential } from '../errors/authenticationErrors.ts'
import { notANamespace } from '../errors/namespaceErrors.ts'
import type { RawRequest } from './rawMessage.ts'

/** Who a request is from. */
export interface Caller {
  readonly accessKeyId: string
  /** Undefined where nobody has to prove who he is. */
  readonly principal: Principal | undefined
}

/** Decides whether a signed request is let in. */
export interface Authenticator {
  /** Whether what needs no signature in AWS, such as a preflight of CORS, needs none here. */
  readonly letsStrangersAsk: boolean
  /**
   * Whose request it is, by its signature for `service`, such as `dynamodb`. Throws an ApiError
   * unless that is good.
   */
  callerOf(request: RawRequest, service: string): Caller
}

/** Lets in whatever carries a complete signature, by any key. */
export const acceptAnyKey: Authenticator = {
  letsStrangersAsk: true,
  callerOf(request) {
    const claim = claimOf(request, 'lenient')
    if (claim instanceof ApiError) throw claim
    const parts = claim.credential.split('/', 6)
    if (parts.length !== 5) throw malformedCredential(claim.credential)
    const accessKeyId = parts[0] as string
    refuseStrangeNamespace(accessKeyId)
    return { accessKeyId, principal: undefined }
  },
}

/** A slip in the name of a namespace must not lead to the main database. */
function refuseStrangeNamespace(accessKeyId: string): void {
  if (!accessKeyId.startsWith(namespacePrefix)) return
  if (isNamespaceName(accessKeyId.slice(namespacePrefix.length))) return
  throw notANamespace(accessKeyId, namespaceNameText)
}

/** Lets in what was signed by one of `accessKeys`, for `region`, a few minutes ago at most. */
export function requireSignature(
  accessKeys: AccessKeys,
  region: string,
  clock: Clock,
): Authenticator {
  const verifier = new SignatureVerifier(accessKeys)
  return {
    letsStrangersAsk: false,
    callerOf(request, service) {
      const key = verifier.verify(request, { region, service, nowMs: clock.nowMs() })
      if (key instanceof ApiError) throw key
      return key
    },
  }
}
