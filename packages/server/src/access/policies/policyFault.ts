/** Where something is in a policy document: names of members and positions from 0. */
export type PolicyPath = readonly (string | number)[]

/**
 * What a fault is about, for who answers it in words of their own: the syntax of an element, an
 * element that is not there, the document's size in statements, ids that are given twice, actions
 * that no service has, principals.
 */
export type PolicyFaultKind =
  | 'syntax'
  | 'missing'
  | 'empty'
  | 'duplicateSid'
  | 'action'
  | 'principal'

/** A document that is no policy. `message` is one clear sentence about what is at `path`. */
export class PolicyFault extends Error {
  override readonly name = 'PolicyFault'
  readonly kind: PolicyFaultKind
  readonly path: PolicyPath
  /** The element that is missing, the action or the principal that the fault is about. */
  readonly subject: string | undefined

  constructor(kind: PolicyFaultKind, path: PolicyPath, message: string, subject?: string) {
    super(message)
    this.kind = kind
    this.path = path
    this.subject = subject
  }
}

/** A fault of the syntax at `path`. */
export function syntaxFault(path: PolicyPath, message: string): PolicyFault {
  return new PolicyFault('syntax', path, message)
}

/** `path` as people write it, such as `Statement[0].Action[1]`; empty for the whole document. */
export function pathText(path: PolicyPath): string {
  return path
    .map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`))
    .join('')
}
