import { ApiError, invalidParameterValues, modelledKind, validationException } from './apiError.ts'

/*
 * Texts about the policies of tables and streams (behaviour digest 5). That of a stream's revision
 * and that of a caller who takes his own access away were never seen, and are ours.
 */

const policyNotFoundKind = modelledKind('PolicyNotFoundException')

/** A document that is not taken, for a reason that the other functions here give. */
function policyDocumentInvalid(reason: string): ApiError {
  return invalidParameterValues(`Invalid policy document: ${reason}`)
}

export function policyTooLarge(limitBytes: number): ApiError {
  return invalidParameterValues(`Maximum policy size of ${limitBytes} bytes exceeded`)
}

export function policyNoJson(): ApiError {
  return policyDocumentInvalid('This policy contains invalid Json')
}

export function policyFieldMissing(field: string): ApiError {
  return policyDocumentInvalid(`Missing required field ${field}`)
}

export function policyWithoutStatements(): ApiError {
  return policyDocumentInvalid('Could not parse the policy: Statement is empty!')
}

/** Both from 1. */
export function policySyntaxError(line: number, column: number): ApiError {
  return policyDocumentInvalid(`Syntax error at position (${line},${column})`)
}

export function policySidsNotUnique(): ApiError {
  return policyDocumentInvalid('The Statement Ids in the policy are not unique')
}

export function policyActionsInvalid(actions: readonly string[]): ApiError {
  return policyDocumentInvalid(
    `The following action names are invalid: ${actions.map((action) => `"${action}"`).join(', ')}`,
  )
}

export function policyPrincipalInvalid(): ApiError {
  return validationException('Invalid principal in policy document.')
}

/** An Allow to everyone without a condition. */
export function policyUnbounded(): ApiError {
  return validationException(
    'Resource-based policy grants unbounded access in one or more elements. ' +
      'Please revise the policy to ensure least-privilege form of access',
  )
}

function policyNotFoundBecause(detail: string): ApiError {
  const message = `Resource-based policy not found for the provided ResourceArn: ${detail}`
  return new ApiError(policyNotFoundKind, message)
}

/** There is no policy to be read, or to have the revision that is expected. */
export function policyNotFound(resourceArn: string): ApiError {
  return policyNotFoundBecause(resourceArn)
}

/** Whose policy a change is about: `name` is that of a table, or the ARN of a stream. */
export interface PolicyOwnerName {
  readonly kind: 'table' | 'stream'
  readonly name: string
}

/** The policy has another revision than the one that is expected. */
export function policyRevisionDiffers(
  owner: PolicyOwnerName,
  expected: string,
  current: string,
): ApiError {
  return policyNotFoundBecause(
    `Requested update for policy with revision id ${expected}, but the policy associated to ` +
      `target ${owner.kind} ${owner.name} has revision id ${current}.`,
  )
}

/** There is a policy where none is expected. */
export function policyPresent(owner: PolicyOwnerName, current: string): ApiError {
  return policyNotFoundBecause(
    `Requested policy update expecting none to be present for ${owner.kind} ${owner.name}, but a ` +
      `policy exists with revision id ${current}.`,
  )
}

/** Whoever puts the policy could not change it again, and has not said that he wants that. */
export function policyLocksOut(principalArn: string): ApiError {
  return validationException(
    `The policy would not allow ${principalArn} to change it again. To put it all the same, set ` +
      'ConfirmRemoveSelfResourceAccess to true.',
  )
}

/** The ARN of a table or a stream elsewhere, or of something that has such a form and is none. */
export function policyArnInvalid(arn: string): ApiError {
  return invalidParameterValues(`Invalid resource Arn: ${arn}`)
}

/** The ARN of a resource of another account. */
export function policyOfOtherAccount(): ApiError {
  return validationException(
    'This action is only supported by accounts that match the resource owner’s account.',
  )
}
