import type { ApiError } from '../../errors/apiError.ts'
import {
  policyActionsInvalid,
  policyFieldMissing,
  policyNoJson,
  policyPrincipalInvalid,
  policySidsNotUnique,
  policySyntaxError,
  policyTooLarge,
  policyUnbounded,
  policyWithoutStatements,
} from '../../errors/resourcePolicyErrors.ts'
import { maxResourcePolicyBytes } from '../../limits.ts'
import { canonicalPolicy, equivalentForm } from './canonicalPolicy.ts'
import { CompiledPolicy } from './compilePolicy.ts'
import { jsonPosition } from './jsonPosition.ts'
import { parsePolicy } from './parsePolicy.ts'
import type { PolicyDocument, Statement } from './policyDocument.ts'
import { PolicyFault } from './policyFault.ts'

/** The policy of a table or a stream. */
export interface ResourcePolicy {
  readonly policy: CompiledPolicy
  /** What GetResourcePolicy gives. */
  readonly canonicalText: string
  /** Whether the document has a Version; `canonicalText` has one either way. */
  readonly namesVersion: boolean
  /** The same for a policy that changes nothing, which keeps its revision. */
  readonly equivalentForm: string
}

/**
 * Understands what PutResourcePolicy and CreateTable are given. `isAction` tells whether a pattern
 * such as `dynamodb:Get*` names any action. Throws ValidationException with AWS's texts.
 */
export function readResourcePolicy(
  text: string,
  isAction: (pattern: string) => boolean,
): ResourcePolicy {
  if (Buffer.byteLength(text) > maxResourcePolicyBytes) throw policyTooLarge(maxResourcePolicyBytes)
  const value = parseJson(text)
  const document = parseDocument(value, text)
  const unknown = document.statements.flatMap(({ actions }) =>
    actions.patterns.filter((pattern) => !isAction(pattern)),
  )
  if (unknown.length > 0) throw policyActionsInvalid(unknown)
  if (document.statements.some(isUnbounded)) throw policyUnbounded()
  return resourcePolicyOf(document, Object.hasOwn(value as object, 'Version'))
}

/**
 * The policy that `canonicalText` and `namesVersion` of another are of. Throws for a text that was
 * not made of one.
 */
export function readStoredPolicy(canonicalText: string, namesVersion: boolean): ResourcePolicy {
  return resourcePolicyOf(parsePolicy(JSON.parse(canonicalText), 'resource'), namesVersion)
}

function resourcePolicyOf(document: PolicyDocument, namesVersion: boolean): ResourcePolicy {
  return {
    policy: new CompiledPolicy(document, 'of the resource'),
    canonicalText: canonicalPolicy(document),
    namesVersion,
    equivalentForm: equivalentForm(document, namesVersion),
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw policyNoJson()
  }
}

function parseDocument(value: unknown, text: string): PolicyDocument {
  try {
    return parsePolicy(value, 'resource')
  } catch (error) {
    if (error instanceof PolicyFault) throw errorOf(error, text)
    throw error
  }
}

function errorOf(fault: PolicyFault, text: string): ApiError {
  switch (fault.kind) {
    case 'missing':
      return policyFieldMissing(fault.subject ?? '')
    case 'empty':
      return policyWithoutStatements()
    case 'duplicateSid':
      return policySidsNotUnique()
    case 'action':
      return policyActionsInvalid([fault.subject ?? ''])
    case 'principal':
      return policyPrincipalInvalid()
    case 'syntax':
    default: {
      const { line, column } = jsonPosition(text, fault.path)
      return policySyntaxError(line, column)
    }
  }
}

/** An Allow to everyone whom no condition narrows. */
function isUnbounded({ effect, principals, conditions }: Statement): boolean {
  if (effect !== 'Allow' || conditions.length > 0 || principals === undefined) return false
  if (principals.negated) return true
  return principals.principals.some(({ kind }) => kind === 'everyone')
}
