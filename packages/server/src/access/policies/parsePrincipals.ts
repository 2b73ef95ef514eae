import type { Principal, PrincipalElement } from './policyDocument.ts'
import { oneOfTwo, textsAt, type Members } from './policyElements.ts'
import { PolicyFault, type PolicyPath } from './policyFault.ts'

const accountPattern = /^\d{12}$/
const rootPattern = /^arn:[a-z-]+:iam::(\d{12}):root$/
const callerPattern =
  /^arn:[a-z-]+:(?:iam::\d{12}:(?:user|role)|sts::\d{12}:(?:assumed-role|federated-user))\/\S+$/
const types = ['AWS', 'Service', 'Federated', 'CanonicalUser']

/** Principal or NotPrincipal of a statement. Throws PolicyFault. */
export function parsePrincipals(members: Members, path: PolicyPath): PrincipalElement {
  const { name, negated } = oneOfTwo(members, ['Principal', 'NotPrincipal'], path)
  const value = members[name]
  const at = [...path, name]
  if (value === '*') return { negated, principals: [{ kind: 'everyone' }], isBareStar: true }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw principalFault(at, `${name} must be "*" or an object such as {"AWS": "123456789012"}.`)
  }
  const entries = Object.entries(value)
  if (entries.length === 0) throw principalFault(at, `${name} names nobody.`)
  const principals = entries.flatMap(([type, names]) => {
    if (!types.includes(type)) {
      throw principalFault([...at, type], `${type} is no kind of principal.`)
    }
    const here = [...at, type]
    return textsAt(names, here, type).map((each) => principalOf(type, each, here))
  })
  return { negated, principals, isBareStar: false }
}

function principalOf(type: string, name: string, path: PolicyPath): Principal {
  if (type !== 'AWS') return { kind: 'other', type, name }
  if (name === '*') return { kind: 'everyone' }
  if (accountPattern.test(name)) return { kind: 'account', accountId: name }
  const accountId = rootPattern.exec(name)?.[1]
  if (accountId !== undefined) return { kind: 'account', accountId }
  if (callerPattern.test(name) && !/[*?]/.test(name)) return { kind: 'arn', arn: name }
  const forms = 'an account, or the ARN of a user, a role or a session'
  throw principalFault(path, `"${name}" is no principal: it is ${forms}, without wildcards.`, name)
}

function principalFault(path: PolicyPath, message: string, subject?: string): PolicyFault {
  return new PolicyFault('principal', path, message, subject)
}
