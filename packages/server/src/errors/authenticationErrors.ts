import { ApiError, protocolKind } from './apiError.ts'

/*
 * Errors of signatures, in the order in which a request is checked (behaviour digest 4.4). All are
 * answered with 400.
 */

const missingTokenKind = protocolKind('MissingAuthenticationTokenException')
const incompleteSignatureKind = protocolKind('IncompleteSignatureException')
const invalidSignatureKind = protocolKind('InvalidSignatureException')
const unrecognizedClientKind = protocolKind('UnrecognizedClientException')
const expiredTokenKind = protocolKind('ExpiredTokenException')

/** A header and a query string that both sign the request. */
export function signedTwice(): ApiError {
  return new ApiError(
    invalidSignatureKind,
    "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
  )
}

/** Neither a header nor a query string that signs the request. */
export function missingAuthenticationToken(): ApiError {
  return new ApiError(missingTokenKind, 'Request is missing Authentication Token')
}

/** A part of the Authorization header that is no `name=value`. */
export function malformedAuthorization(part: string, authorization: string): ApiError {
  return new ApiError(
    incompleteSignatureKind,
    `'${part}' not a valid key=value pair (missing equal-sign) in Authorization header: ` +
      `'${authorization}'.`,
  )
}

/** The parameters of the Authorization header, in the order in which missing ones are listed. */
export type SignatureHeaderParameter = 'Credential' | 'Signature' | 'SignedHeaders'

/** An Authorization header that lacks `missing`, or a request that is signed without a date. */
export function incompleteAuthorization(
  authorization: string,
  missing: readonly SignatureHeaderParameter[],
  dateMissing: boolean,
): ApiError {
  let message = ''
  for (const name of missing) message += `Authorization header requires '${name}' parameter. `
  if (dateMissing) {
    message +=
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
  }
  return new ApiError(incompleteSignatureKind, `${message}Authorization=${authorization}`)
}

/** A signed query string that lacks the parameters `missing`. */
export function incompleteQuerySignature(missing: readonly string[]): ApiError {
  let message = ''
  for (const name of missing) {
    message += `AWS query-string parameters must include '${name}'. `
  }
  return new ApiError(incompleteSignatureKind, `${message}Re-examine the query-string parameters.`)
}

/** A date that is none. */
export function malformedSignatureDate(date: string): ApiError {
  return new ApiError(
    incompleteSignatureKind,
    `Date must be in ISO-8601 'basic format'. Got '${date}'. ` +
      'See http://en.wikipedia.org/wiki/ISO_8601',
  )
}

/** What is wrong with the validity that a signed query string asks for. */
export type ExpiryFault = 'no number' | 'negative' | 'too long'

const expiryFaultTexts: Readonly<Record<ExpiryFault, string>> = {
  'no number': 'X-Amz-Expires should be a number',
  negative: 'X-Amz-Expires must be non-negative',
  'too long':
    'X-Amz-Expires must be less than a week (in seconds); ' +
    'that is, the given X-Amz-Expires must be less than 604800 seconds',
}

/** A validity that cannot be: texts of S3, the one service that documents them. */
export function malformedExpiry(fault: ExpiryFault): ApiError {
  return new ApiError(incompleteSignatureKind, expiryFaultTexts[fault])
}

/** When a request was signed, and the window that it is outside of. */
export interface SignatureTimes {
  /** All in the form `20130301T000000Z`. */
  readonly signed: string
  readonly bound: string
  readonly now: string
  /** How far `bound` is from `now`, such as `5 min.`. */
  readonly distance: string
}

/** A request that was signed too long ago. */
export function signatureExpired({ signed, bound, now, distance }: SignatureTimes): ApiError {
  return new ApiError(
    invalidSignatureKind,
    `Signature expired: ${signed} is now earlier than ${bound} (${now} - ${distance})`,
  )
}

/** A request that was signed in the future. */
export function signatureNotYetCurrent({ signed, bound, now, distance }: SignatureTimes): ApiError {
  return new ApiError(
    invalidSignatureKind,
    `Signature not yet current: ${signed} is still later than ${bound} (${now} + ${distance})`,
  )
}

/** A signature that does not cover the host. */
export function hostNotSigned(): ApiError {
  return new ApiError(
    invalidSignatureKind,
    "'Host' must be a 'SignedHeader' in the AWS Authorization.",
  )
}

/** A signature of another kind, SigV4a among them. The text ends with a blank. */
export function unsupportedAlgorithm(algorithm: string): ApiError {
  return new ApiError(
    incompleteSignatureKind,
    `Unsupported AWS 'algorithm': '${algorithm}' (only AWS4-HMAC-SHA256 for now). `,
  )
}

/** A credential that is not `key/date/region/service/aws4_request`. */
export function malformedCredential(credential: string): ApiError {
  return new ApiError(
    incompleteSignatureKind,
    'Credential must have exactly 5 slash-delimited elements, ' +
      `e.g. keyid/date/region/service/term, got '${credential}'`,
  )
}

/** What a credential is scoped to wrongly; what is right is absent. */
export interface WrongScope {
  /** As it was sent. */
  readonly region?: string
  /** The service that it should be for. */
  readonly rightService?: string
  /** As it was sent. */
  readonly terminator?: string
  /** As it was sent, and the date of the request in the form `20130301T000000Z`. */
  readonly date?: { readonly scoped: string; readonly signed: string }
}

/**
 * A credential for another Region, service, protocol or day: a sentence for each, with a blank
 * behind each but the last of all (captured of DynamoDB in 2021).
 */
export function wrongCredentialScope(scope: WrongScope): ApiError {
  const { region, rightService, terminator, date } = scope
  const faults: string[] = []
  if (region !== undefined) {
    faults.push(`Credential should be scoped to a valid region, not '${region}'. `)
  }
  if (rightService !== undefined) {
    faults.push(`Credential should be scoped to correct service: '${rightService}'. `)
  }
  if (terminator !== undefined) {
    faults.push(
      `Credential should be scoped with a valid terminator: 'aws4_request', not '${terminator}'. `,
    )
  }
  if (date !== undefined) {
    faults.push(
      'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ' +
        `'${date.scoped}' != '${date.signed.slice(0, 8)}', from '${date.signed}'.`,
    )
  }
  return new ApiError(invalidSignatureKind, faults.join(''))
}

/** An access key that nobody has, or one that needs a session token and has none. */
export function unknownAccessKey(): ApiError {
  return new ApiError(
    unrecognizedClientKind,
    'The security token included in the request is invalid.',
  )
}

/** A signature that is not the one of this request by this key. */
export function wrongSignature(): ApiError {
  return new ApiError(
    invalidSignatureKind,
    'The request signature we calculated does not match the signature you provided. ' +
      'Check your AWS Secret Access Key and signing method. ' +
      'Consult the service documentation for details.',
  )
}

/** A session token that is not that of the key. The text has no point at its end. */
export function wrongSessionToken(): ApiError {
  return new ApiError(
    unrecognizedClientKind,
    'The security token included in the request is invalid',
  )
}

/** A session that is over. */
export function expiredSessionToken(): ApiError {
  return new ApiError(expiredTokenKind, 'The security token included in the request is expired')
}
