import type { Flag } from '../flags.ts'
import { usageError } from '../operatorError.ts'
import { defaultAccountId, isAccountId } from '../settings.ts'

/** What `dynatom identities check` was asked for. */
export interface IdentitiesOptions {
  readonly fileName: string
  /** The account of those who name no other. */
  readonly accountId: string
  /** The decision to explain; undefined to look at the file alone. */
  readonly question: CheckedQuestion | undefined
}

/** Whether the owner of an access key may do something. */
export interface CheckedQuestion {
  readonly accessKeyId: string
  readonly action: string
  readonly resource: string
  /** A file with the policy of the resource, if it has one. */
  readonly resourcePolicy?: string
  /** Condition keys by their names in lower case, each with the values that were given. */
  readonly context: ReadonlyMap<string, readonly string[]>
}

/** Options while they are being read. */
export interface IdentitiesDraft {
  accountId: string
  accessKeyId?: string
  action?: string
  resource?: string
  resourcePolicy?: string
  context: Map<string, readonly string[]>
}

export const newIdentitiesDraft = (): IdentitiesDraft => ({
  accountId: defaultAccountId,
  context: new Map(),
})

/** Every flag of `dynatom identities check`, in the order of the help. */
export const identitiesFlags: readonly Flag<IdentitiesDraft>[] = [
  {
    names: ['--as'],
    placeholder: 'KEY',
    help: 'explain what the owner of this access key may do',
    apply: (draft, value) => {
      draft.accessKeyId = value
    },
  },
  {
    names: ['--action'],
    placeholder: 'ACTION',
    help: 'the action, such as dynamodb:DeleteItem',
    apply: (draft, value) => {
      if (!/^[a-z0-9-]+:[A-Za-z0-9]+$/.test(value)) {
        throw usageError(`"${value}" is not an action, such as dynamodb:DeleteItem.`)
      }
      draft.action = value
    },
  },
  {
    names: ['--resource'],
    placeholder: 'ARN',
    help: 'the resource; * for what is about none in particular (*)',
    apply: (draft, value) => {
      if (value !== '*' && !value.startsWith('arn:')) {
        throw usageError(`"${value}" is not a resource: it begins with arn:, or is *.`)
      }
      draft.resource = value
    },
  },
  {
    names: ['--resource-policy'],
    placeholder: 'FILE',
    help: 'the policy of the resource, as JSON',
    apply: (draft, value) => {
      draft.resourcePolicy = value
    },
  },
  {
    names: ['--context'],
    placeholder: 'KEY=VALUE',
    help: 'a condition key of the request; again for more, and for more values',
    apply: (draft, value) => {
      const equals = value.indexOf('=')
      if (equals < 1)
        throw usageError(`"${value}" is not a condition key and its value, KEY=VALUE.`)
      const key = value.slice(0, equals).toLowerCase()
      draft.context.set(key, [...(draft.context.get(key) ?? []), value.slice(equals + 1)])
    },
  },
  {
    names: ['--account-id'],
    placeholder: 'ID',
    help: `account of those who name no other (${defaultAccountId})`,
    apply: (draft, value) => {
      if (!isAccountId(value)) throw usageError(`"${value}" is not an account: it has 12 digits.`)
      draft.accountId = value
    },
  },
]

/** Throws OperatorError for operands or flags that do not go together. */
export function identitiesOptions(
  draft: IdentitiesDraft,
  operands: readonly string[],
): IdentitiesOptions {
  const [command, fileName, ...others] = operands
  if (command !== 'check') throw usageError('identities has one command: identities check FILE.')
  if (fileName === undefined) throw usageError('identities check needs the name of a file.')
  if (others.length > 0) throw usageError('identities check takes one file.')
  return { fileName, accountId: draft.accountId, question: questionOf(draft) }
}

function questionOf(draft: IdentitiesDraft): CheckedQuestion | undefined {
  const { accessKeyId, action, resource, resourcePolicy, context } = draft
  const isAsked = [action, resource, resourcePolicy].some((each) => each !== undefined)
  if (accessKeyId === undefined) {
    if (!isAsked && context.size === 0) return undefined
    throw usageError('A question needs --as, the access key of who asks.')
  }
  if (action === undefined) throw usageError('--as needs --action.')
  return {
    accessKeyId,
    action,
    resource: resource ?? '*',
    ...(resourcePolicy !== undefined && { resourcePolicy }),
    context,
  }
}
