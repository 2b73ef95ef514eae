import { maxPolicyTextLength } from '../../limits.ts'
import { parseConditions } from './parseConditions.ts'
import { parsePrincipals } from './parsePrincipals.ts'
import type {
  Effect,
  PatternElement,
  PolicyDocument,
  PolicyVersion,
  Statement,
} from './policyDocument.ts'
import {
  objectAt,
  oneOfTwo,
  refuseUnknownMembers,
  suggestion,
  textsAt,
  type Members,
} from './policyElements.ts'
import { PolicyFault, syntaxFault, type PolicyPath } from './policyFault.ts'
import { knowsVariables, textParts } from './policyText.ts'

/** Whose policy a document is: only that of a resource says whom it is about. */
export type PolicyOwner = 'identity' | 'resource'

const versions: readonly PolicyVersion[] = ['2012-10-17', '2008-10-17']
const documentMembers = ['Version', 'Id', 'Statement']
const statementMembers = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]
const sidPattern = /^[A-Za-z0-9]*$/
const serviceOfActionPattern = /^[A-Za-z0-9*?-]+$/
const nameOfActionPattern = /^[A-Za-z0-9*?]+$/

/**
 * Understands a policy (IAM user guide: grammar of the policy language). `document` is what
 * JSON.parse gives, or the like. Throws PolicyFault, and nothing else.
 */
export function parsePolicy(document: unknown, owner: PolicyOwner): PolicyDocument {
  const members = objectAt(document, [], 'A policy')
  refuseUnknownMembers(members, documentMembers, [])
  const version = parseVersion(members['Version'])
  const id = members['Id']
  if (id !== undefined && typeof id !== 'string') throw syntaxFault(['Id'], 'Id must be a text.')
  const statements = statementsOf(members).map(({ value, path }, i) =>
    parseStatement(value, { path, number: i + 1, version, owner }),
  )
  refuseSameSids(statements)
  return { version, ...(id !== undefined && { id }), statements }
}

function parseVersion(value: unknown): PolicyVersion {
  if (value === undefined) return '2008-10-17'
  const version = versions.find((each) => each === value)
  if (version !== undefined) return version
  throw syntaxFault(['Version'], `Version must be ${versions.join(' or ')}.`)
}

interface StatementValue {
  readonly value: unknown
  readonly path: PolicyPath
}

/** One statement may stand without a list round it. */
function statementsOf(members: Members): readonly StatementValue[] {
  const statement = members['Statement']
  const path = ['Statement']
  if (statement === undefined) {
    throw new PolicyFault('missing', [], 'A policy needs Statement.', 'Statement')
  }
  if (!Array.isArray(statement)) return [{ value: statement, path }]
  if (statement.length === 0) throw new PolicyFault('empty', path, 'Statement is empty.')
  return statement.map((value: unknown, i) => ({ value, path: [...path, i] }))
}

interface StatementPlace {
  readonly path: PolicyPath
  readonly number: number
  readonly version: PolicyVersion
  readonly owner: PolicyOwner
}

function parseStatement(value: unknown, place: StatementPlace): Statement {
  const { path, number, version, owner } = place
  const members = objectAt(value, path, 'A statement')
  refuseUnknownMembers(members, statementMembers, path)
  const sid = parseSid(members['Sid'], [...path, 'Sid'])
  const effect = parseEffect(members, place)
  const principals = owner === 'resource' ? parsePrincipals(members, path) : undefined
  if (owner === 'identity') refusePrincipals(members, path)
  const actions = parseActions(members, path)
  const resources = parseResources(members, place)
  const conditions = parseConditions(members['Condition'], [...path, 'Condition'], version)
  return {
    number,
    ...(sid !== undefined && { sid }),
    effect,
    ...(principals !== undefined && { principals }),
    actions,
    resources,
    conditions,
  }
}

function parseSid(value: unknown, path: PolicyPath): string | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string' && sidPattern.test(value)) return value
  throw syntaxFault(path, 'Sid must be a text of letters and digits.')
}

/** Policies of resources may spell it in any case, as DynamoDB takes them. */
function parseEffect(members: Members, { path, owner }: StatementPlace): Effect {
  const value = members['Effect']
  if (value === undefined) {
    throw new PolicyFault('missing', path, 'A statement needs Effect.', 'Effect')
  }
  const spelled = typeof value === 'string' && owner === 'resource' ? value.toLowerCase() : value
  if (spelled === 'Allow' || spelled === 'allow') {
    if (owner === 'resource' || spelled === 'Allow') return 'Allow'
  }
  if (spelled === 'Deny' || spelled === 'deny') {
    if (owner === 'resource' || spelled === 'Deny') return 'Deny'
  }
  const meant = typeof value === 'string' ? suggestion(value, ['Allow', 'Deny']) : ''
  throw syntaxFault([...path, 'Effect'], `Effect must be Allow or Deny.${meant}`)
}

function refusePrincipals(members: Members, path: PolicyPath): void {
  for (const name of ['Principal', 'NotPrincipal']) {
    if (!Object.hasOwn(members, name)) continue
    throw syntaxFault([...path, name], `A policy of an identity has no ${name}.`)
  }
}

function parseActions(members: Members, path: PolicyPath): PatternElement {
  const { name, negated } = oneOfTwo(members, ['Action', 'NotAction'], path)
  const at = [...path, name]
  const patterns = textsAt(members[name], at, name)
  for (const [i, pattern] of patterns.entries()) {
    if (isAction(pattern)) continue
    const where = Array.isArray(members[name]) ? [...at, i] : at
    const message = `"${pattern}" is no action: an action is * or has a form like dynamodb:GetItem.`
    throw new PolicyFault('action', where, message, pattern)
  }
  return { negated, patterns }
}

/** `*`, or the name of a service and that of an action. */
function isAction(pattern: string): boolean {
  if (pattern === '*') return true
  const colon = pattern.indexOf(':')
  if (colon < 0 || pattern.length > maxPolicyTextLength) return false
  return (
    serviceOfActionPattern.test(pattern.slice(0, colon)) &&
    nameOfActionPattern.test(pattern.slice(colon + 1))
  )
}

function parseResources(members: Members, { path, version }: StatementPlace): PatternElement {
  const { name, negated } = oneOfTwo(members, ['Resource', 'NotResource'], path)
  const at = [...path, name]
  const patterns = textsAt(members[name], at, name)
  for (const [i, pattern] of patterns.entries()) {
    const where = Array.isArray(members[name]) ? [...at, i] : at
    if (pattern.length > maxPolicyTextLength) {
      throw syntaxFault(where, `A resource has at most ${maxPolicyTextLength} characters.`)
    }
    if (pattern !== '*' && !pattern.startsWith('arn:')) {
      throw syntaxFault(where, `"${pattern}" is no resource: a resource is * or begins with arn:.`)
    }
    const meaning = { variables: knowsVariables(version), wildcards: true }
    if (textParts(pattern, meaning) === undefined) {
      throw syntaxFault(where, 'A variable is not closed, or is not like ${aws:username}.')
    }
  }
  return { negated, patterns }
}

function refuseSameSids(statements: readonly Statement[]): void {
  const sids = new Set<string>()
  for (const { sid, number } of statements) {
    if (sid === undefined || sid === '') continue
    if (sids.has(sid)) {
      const path = ['Statement', number - 1, 'Sid']
      throw new PolicyFault('duplicateSid', path, `Another statement has the Sid ${sid}.`, sid)
    }
    sids.add(sid)
  }
}
