import type {
  Condition,
  PatternElement,
  PolicyDocument,
  PrincipalElement,
  Principal,
  Statement,
} from './policyDocument.ts'

/**
 * A policy as DynamoDB gives it back: minified, its members in one order, a list of one as the text
 * in it, an account as its root's ARN, a version always (digest of resource policies).
 */
export function canonicalPolicy(document: PolicyDocument): string {
  return JSON.stringify({
    Version: document.version,
    ...(document.id !== undefined && { Id: document.id }),
    Statement: document.statements.map((each) => canonicalStatement(each, conditionMembers)),
  })
}

/**
 * A text that two policies share when the second one changes nothing: {@link canonicalPolicy}
 * whatever the order of conditions. A policy without a version is not one that names 2008-10-17.
 */
export function equivalentForm(document: PolicyDocument, namesVersion: boolean): string {
  return JSON.stringify([
    namesVersion ? document.version : '',
    document.id ?? '',
    document.statements.map((each) => canonicalStatement(each, sortedConditions)),
  ])
}

function canonicalStatement(
  statement: Statement,
  conditionsOf: (conditions: readonly Condition[]) => unknown,
): object {
  const { sid, effect, principals, actions, resources, conditions } = statement
  return {
    ...(sid !== undefined && { Sid: sid }),
    Effect: effect,
    ...(principals !== undefined && {
      [principals.negated ? 'NotPrincipal' : 'Principal']: principalMember(principals),
    }),
    [actions.negated ? 'NotAction' : 'Action']: patternMember(actions),
    [resources.negated ? 'NotResource' : 'Resource']: patternMember(resources),
    ...(conditions.length > 0 && { Condition: conditionsOf(conditions) }),
  }
}

function textOrTexts(texts: readonly string[]): string | readonly string[] {
  return texts.length === 1 ? (texts[0] as string) : texts
}

const patternMember = ({ patterns }: PatternElement): string | readonly string[] =>
  textOrTexts(patterns)

function principalMember({ principals, isBareStar }: PrincipalElement): unknown {
  if (isBareStar) return '*'
  const byType = new Map<string, string[]>()
  for (const principal of principals) {
    const [type, name] = principalText(principal)
    byType.set(type, [...(byType.get(type) ?? []), name])
  }
  return Object.fromEntries([...byType].map(([type, names]) => [type, textOrTexts(names)]))
}

function principalText(principal: Principal): readonly [type: string, name: string] {
  switch (principal.kind) {
    case 'everyone':
      return ['AWS', '*']
    case 'account':
      return ['AWS', `arn:aws:iam::${principal.accountId}:root`]
    case 'arn':
      return ['AWS', principal.arn]
    case 'other':
    default:
      return [principal.type, principal.name]
  }
}

function conditionMembers(conditions: readonly Condition[]): object {
  const byName = new Map<string, [string, string | readonly string[]][]>()
  for (const { name, key, values } of conditions) {
    byName.set(name, [...(byName.get(name) ?? []), [key, textOrTexts(values)]])
  }
  return Object.fromEntries([...byName].map(([name, keys]) => [name, Object.fromEntries(keys)]))
}

function sortedConditions(conditions: readonly Condition[]): readonly string[] {
  return conditions.map(({ name, key, values }) => JSON.stringify([name, key, values])).sort()
}
