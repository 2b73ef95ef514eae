import { nearestName } from '../../nearestName.ts'
import type { Principal } from '../../access/accessKeys.ts'
import type { Identities } from '../../access/identities/identities.ts'
import { IdentitiesFault } from '../../access/identities/identitiesFault.ts'
import { parseIdentities } from '../../access/identities/parseIdentities.ts'
import { readText, unreadableText } from '../../access/identities/watchedIdentities.ts'
import { accountOfResource } from '../../access/permissions/askedPermissions.ts'
import { knownActions, namesKnownAction } from '../../access/permissions/knownActions.ts'
import { mayHaveKey, RequestKeys } from '../../access/permissions/requestKeys.ts'
import { selectOf } from '../../access/permissions/accessContext.ts'
import type { AccessQuestion, ConditionKeys } from '../../access/policies/accessQuestion.ts'
import type { CompiledPolicy } from '../../access/policies/compilePolicy.ts'
import { decide } from '../../access/policies/decide.ts'
import { decisionText, statementName } from '../../access/policies/decisionText.ts'
import { explain } from '../../access/policies/explain.ts'
import { refusalOf } from '../../access/policies/refusal.ts'
import { readResourcePolicy } from '../../access/policies/resourcePolicy.ts'
import type { Clock } from '../../clock.ts'
import { ApiError } from '../../errors/apiError.ts'
import { OperatorError } from '../operatorError.ts'
import { countsText } from './countsText.ts'
import { findingLine } from './findingLines.ts'
import type { CheckedQuestion, IdentitiesOptions } from './identitiesOptions.ts'

/**
 * `dynatom identities check`: reads a file of identities, and explains a decision if it is asked
 * for one. Gives the exit code: 0 when the file is whole and the question allowed, 1 when the
 * question is refused. Throws OperatorError, with code 2, for a file that a server would refuse,
 * and for an access key that is not in it.
 */
export async function checkIdentities(
  options: IdentitiesOptions,
  clock: Clock,
  write: (text: string) => void,
): Promise<number> {
  const identities = await readIdentities(options)
  if (options.question !== undefined) return explainTo(identities, options.question, clock, write)
  write(`${options.fileName}: ${countsText(identities.counts)}\n`)
  for (const note of actionNotes(identities)) write(`note: ${note}\n`)
  return 0
}

async function readIdentities({ fileName, accountId }: IdentitiesOptions): Promise<Identities> {
  const text = await readOperatorsFile(fileName)
  try {
    return parseIdentities(text, accountId)
  } catch (error) {
    if (error instanceof IdentitiesFault) throw new OperatorError(error.in(fileName), 2)
    throw error
  }
}

async function readOperatorsFile(fileName: string): Promise<string> {
  return readText(fileName).catch((error: unknown) => {
    throw new OperatorError(unreadableText(fileName, error), 2)
  })
}

/** Takes what PutResourcePolicy takes for `resource`. */
async function readPolicyOfResource(fileName: string, resource: string): Promise<CompiledPolicy> {
  const text = await readOperatorsFile(fileName)
  const owner = resource.includes('/stream/') ? 'stream' : 'table'
  try {
    return readResourcePolicy(text, (pattern) => namesKnownAction(pattern, owner)).policy
  } catch (error) {
    if (error instanceof ApiError) throw new OperatorError(`${fileName}: ${error.message}`, 2)
    throw error
  }
}

/** Names of actions that DynamoDB does not have: such a name is taken, and never matches. */
function actionNotes({ policies }: Identities): string[] {
  return policies.flatMap((policy) =>
    policy.statements.flatMap(({ statement }) =>
      statement.actions.patterns.flatMap((pattern) => {
        const name = /^dynamodb:([a-z0-9]+)$/i.exec(pattern)?.[1]
        if (name === undefined || namesKnownAction(pattern)) return []
        const nearest = nearestName(name, knownActions)
        const meant = nearest === undefined ? '' : ` Did you mean dynamodb:${nearest}?`
        const place = `${policy.name}, ${statementName(statement)}`
        return [`${place}: ${pattern} is no action of DynamoDB.${meant}`]
      }),
    ),
  )
}

async function explainTo(
  identities: Identities,
  checked: CheckedQuestion,
  clock: Clock,
  write: (text: string) => void,
): Promise<number> {
  const { accessKeyId, action, resource, context } = checked
  const principal = identities.find(accessKeyId)?.principal
  if (principal === undefined) {
    throw new OperatorError(`The access key ${accessKeyId} is not in the file.`, 2)
  }
  for (const key of context.keys()) {
    if (!mayHaveKey(action, key)) write(`note: requests for ${action} have no ${key}\n`)
  }
  const question: AccessQuestion = {
    caller: principal,
    action,
    resource,
    resourceAccountId: accountOfResource(resource, principal.accountId),
    keys: keysOf(principal, checked, clock),
  }
  const file = checked.resourcePolicy
  const policies = {
    ...principal.policies,
    resource: file === undefined ? undefined : await readPolicyOfResource(file, resource),
  }
  for (const finding of explain(policies, question)) {
    write(`${findingLine(finding, question)}\n`)
  }
  const decision = decide(policies, question)
  if (decision.allowed) {
    const by = decisionText(decision)
    write(`allowed: ${principal.arn} may do ${action} on ${resource}, by ${by}\n`)
    return 0
  }
  write(`refused: ${refusalOf(decision, question)?.message}\n`)
  return 1
}

/** What was given comes over what is known without a request; its reads name no attributes. */
function keysOf(principal: Principal, checked: CheckedQuestion, clock: Clock): ConditionKeys {
  const { action, resource, context } = checked
  const isOfIndex = resource.includes('/index/')
  const connection = {
    sourceIp: undefined,
    secureTransport: false,
    userAgent: undefined,
    nowMs: clock.nowMs(),
    region: resource.split(':', 4)[3] ?? '',
  }
  const known = new RequestKeys({ principal, connection, asked: { action, resource } }, () => ({
    select: selectOf({ hasProjection: false, isOfIndex }),
  }))
  return {
    valueOf: (key) => {
      const given = context.get(key)
      if (given === undefined || !mayHaveKey(action, key)) return known.valueOf(key)
      return given.length === 1 && !isList(key) ? given[0] : given
    },
  }
}

/** Keys that have a list of values even if it is a list of one. */
const isList = (key: string): boolean =>
  /^(?:dynamodb:(?:leadingkeys|attributes|.*partitionkeyvalues)|aws:tagkeys)$/.test(key)
