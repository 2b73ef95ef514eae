import { ApiError, protocolKind } from './apiError.ts'

/*
 * Refusals of what a caller may not do (IAM user guide: access denied error messages).
 */

const accessDeniedKind = protocolKind('AccessDeniedException', 400, 'Message')

/** The resource belongs to another account, or to another service. */
export function accessDenied(): ApiError {
  return new ApiError(accessDeniedKind, 'Access is denied')
}

/** A kind of policies as AWS's texts name it. */
export type PolicyKindText =
  | 'identity-based policy'
  | 'resource-based policy'
  | 'permissions boundary'
  | 'session policy'

/** What was asked for and refused. */
export interface RefusedAccess {
  readonly principalArn: string
  /** Such as `dynamodb:GetItem`. */
  readonly action: string
  /** An ARN, or `*`. */
  readonly resource: string
  readonly policyKind: PolicyKindText
}

const refusal = ({ principalArn, action, resource }: RefusedAccess): string =>
  `User: ${principalArn} is not authorized to perform: ${action} on resource: ${resource}`

/** Nothing in policies of this kind allows it. */
export function notAllowed(access: RefusedAccess): ApiError {
  const { policyKind, action } = access
  return new ApiError(
    accessDeniedKind,
    `${refusal(access)} because no ${policyKind} allows the ${action} action`,
  )
}

/** A statement with Deny; `policyArn` for a policy that has one. */
export function explicitlyDenied(access: RefusedAccess, policyArn: string | undefined): ApiError {
  const article = access.policyKind === 'identity-based policy' ? 'an' : 'a'
  const named = policyArn === undefined ? '' : `: ${policyArn}`
  return new ApiError(
    accessDeniedKind,
    `${refusal(access)} with an explicit deny in ${article} ${access.policyKind}${named}`,
  )
}
