import type { Arn, ArnTest } from './arnPattern.ts'
import { compilePattern, compileResourcePattern } from './arnPattern.ts'
import { compileCondition, type CompiledCondition } from './compileCondition.ts'
import type { AccessQuestion, Caller, ConditionKeys } from './accessQuestion.ts'
import type { PolicyDocument, PrincipalElement, Statement } from './policyDocument.ts'
import { knowsVariables, textParts, type TextPart } from './policyText.ts'
import { invariant } from '../../invariant.ts'

/** Why a statement does not apply: the element that does not match, or a condition. */
export type Mismatch = 'principal' | 'resource' | CompiledCondition

/** By what a policy of a resource means a caller; what gives the most comes first. */
export type PrincipalMatch = 'caller' | 'everyone' | 'role' | 'account'

/** A statement that can be held to questions. */
export interface CompiledStatement {
  readonly statement: Statement
  /** Whether Action or NotAction matches. */
  speaksOf(action: string): boolean
  /** Undefined when all else matches, too. `resource` is that of the question. */
  mismatch(question: AccessQuestion, resource: Arn): Mismatch | undefined
}

/** The statements of a policy that speak of an action. */
export interface StatementsOfAction {
  readonly allows: readonly CompiledStatement[]
  readonly denies: readonly CompiledStatement[]
}

/** Distinct actions whose statements a policy remembers: more than there are. */
const maxRememberedActions = 512

/** A policy that can be held to questions. */
export class CompiledPolicy {
  readonly name: string
  /** Undefined for one that is part of an identity or of a resource. */
  readonly arn: string | undefined
  readonly statements: readonly CompiledStatement[]
  readonly #byAction = new Map<string, StatementsOfAction>()

  constructor(document: PolicyDocument, name: string, arn?: string) {
    this.name = name
    this.arn = arn
    this.statements = document.statements.map((each) => compileStatement(each, document))
  }

  /** The statements whose Action or NotAction matches, in their order. */
  statementsOf(action: string): StatementsOfAction {
    const known = this.#byAction.get(action)
    if (known !== undefined) return known
    const speaking = this.statements.filter((each) => each.speaksOf(action))
    const found = {
      allows: speaking.filter(({ statement }) => statement.effect === 'Allow'),
      denies: speaking.filter(({ statement }) => statement.effect === 'Deny'),
    }
    if (this.#byAction.size < maxRememberedActions) this.#byAction.set(action, found)
    return found
  }
}

const noKeys: ConditionKeys = { valueOf: () => undefined }

/** Actions are compared without regard to case, and have no variables. */
function compileActions({ actions }: Statement): (action: string) => boolean {
  const { negated, patterns } = actions
  const tests = patterns.map((pattern) =>
    compilePattern(partsOf(pattern.toLowerCase(), { variables: false, wildcards: true })),
  )
  return (action) => {
    const lower = action.toLowerCase()
    return tests.some((test) => test(lower, noKeys)) !== negated
  }
}

function partsOf(text: string, meaning: { variables: boolean; wildcards: boolean }): TextPart[] {
  const parts = textParts(text, meaning)
  invariant(parts !== undefined, 'the texts of a parsed policy can be taken apart')
  return [...parts]
}

function compileStatement(statement: Statement, { version }: PolicyDocument): CompiledStatement {
  const variables = knowsVariables(version)
  const { principals, effect } = statement
  const tests = statement.resources.patterns.map((pattern) =>
    compileResourcePattern(partsOf(pattern, { variables, wildcards: true })),
  )
  const conditions = statement.conditions.map((each) => compileCondition(each, effect, version))
  return {
    statement,
    speaksOf: compileActions(statement),
    mismatch(question, resource) {
      const { caller, keys } = question
      if (principals !== undefined && principalMatch(principals, caller) === undefined) {
        return 'principal'
      }
      if (!matchesResource(tests, statement.resources.negated, resource, keys)) return 'resource'
      return conditions.find((condition) => !condition.holds(keys))
    },
  }
}

/** A variable that cannot be filled matches neither Resource nor NotResource. */
function matchesResource(
  tests: readonly ArnTest[],
  negated: boolean,
  resource: Arn,
  keys: ConditionKeys,
): boolean {
  for (const test of tests) {
    const matches = test(resource, keys)
    if (matches === true) return !negated
    if (matches === undefined && negated) return false
  }
  return negated
}

/**
 * By what `principals` mean `caller`; undefined when they do not. NotPrincipal means whoever it
 * does not name, as everyone.
 */
export function principalMatch(
  { negated, principals }: PrincipalElement,
  caller: Caller,
): PrincipalMatch | undefined {
  let best: PrincipalMatch | undefined
  for (const principal of principals) {
    const match = matchOf(principal, caller)
    if (match !== undefined && (best === undefined || givesMore(match, best))) best = match
  }
  if (negated) return best === undefined ? 'everyone' : undefined
  return best
}

const mostFirst: readonly PrincipalMatch[] = ['caller', 'everyone', 'role', 'account']

/** Whether who is meant by `a` may do more than who is meant by `b`. */
export function givesMore(a: PrincipalMatch, b: PrincipalMatch): boolean {
  return mostFirst.indexOf(a) < mostFirst.indexOf(b)
}

function matchOf(
  principal: PrincipalElement['principals'][number],
  caller: Caller,
): PrincipalMatch | undefined {
  switch (principal.kind) {
    case 'everyone':
      return 'everyone'
    case 'account':
      return principal.accountId === caller.accountId ? 'account' : undefined
    case 'arn':
      if (principal.arn === caller.arn) return 'caller'
      return principal.arn === caller.roleArn ? 'role' : undefined
    case 'other':
    default:
      return undefined
  }
}

/** Everything, for whoever may do everything. */
export const administratorPolicy: CompiledPolicy = new CompiledPolicy(
  {
    version: '2012-10-17',
    statements: [
      {
        number: 1,
        effect: 'Allow',
        actions: { negated: false, patterns: ['*'] },
        resources: { negated: false, patterns: ['*'] },
        conditions: [],
      },
    ],
  },
  'AdministratorAccess',
  'arn:aws:iam::aws:policy/AdministratorAccess',
)
