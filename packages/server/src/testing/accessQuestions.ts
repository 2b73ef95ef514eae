import type {
  AccessQuestion,
  ConditionKeys,
  ConditionValue,
} from '../access/policies/accessQuestion.ts'
import { CompiledPolicy } from '../access/policies/compilePolicy.ts'
import { parsePolicy, type PolicyOwner } from '../access/policies/parsePolicy.ts'

export const exampleAccount = '123456789012'
export const exampleUser = `arn:aws:iam::${exampleAccount}:user/app`
export const exampleTable = `arn:aws:dynamodb:us-east-1:${exampleAccount}:table/Orders`

/** Keys by their names, in any case. */
export function keysOf(values: Readonly<Record<string, ConditionValue>>): ConditionKeys {
  const byName = new Map(Object.entries(values).map(([key, each]) => [key.toLowerCase(), each]))
  return { valueOf: (key) => byName.get(key) }
}

/** What is not given is a user's GetItem on a table of the same account. */
export function questionOf(
  given: Partial<Omit<AccessQuestion, 'keys'>> & {
    readonly keys?: Readonly<Record<string, ConditionValue>>
  } = {},
): AccessQuestion {
  return {
    caller: { arn: exampleUser, accountId: exampleAccount, roleArn: undefined },
    action: 'dynamodb:GetItem',
    resource: exampleTable,
    resourceAccountId: exampleAccount,
    ...given,
    keys: keysOf(given.keys ?? {}),
  }
}

/** A policy of `statements`, each of which allows everything unless it says otherwise. */
export function policyOf(
  statements: readonly object[],
  options: { readonly owner?: PolicyOwner; readonly name?: string; readonly version?: string } = {},
): CompiledPolicy {
  const { owner = 'identity', name = 'p', version = '2012-10-17' } = options
  const document = parsePolicy(
    { Version: version, Statement: statements.map(completeStatement) },
    owner,
  )
  return new CompiledPolicy(document, name)
}

function completeStatement(statement: object): object {
  return {
    Effect: 'Allow',
    ...(!('NotAction' in statement) && { Action: '*' }),
    ...(!('NotResource' in statement) && { Resource: '*' }),
    ...statement,
  }
}
