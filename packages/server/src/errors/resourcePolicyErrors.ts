import { invalidParameterValues, validationException, type ApiError } from './apiError.ts'

/*
 * Texts about the policies of tables and streams.
 */

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
  return policyDocumentInvalid(`The following action names are invalid: ${actions.join(', ')}`)
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
