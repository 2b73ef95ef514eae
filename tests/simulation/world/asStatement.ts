import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Item } from '../../model/attributes.ts'
import type { Condition } from '../../model/conditions.ts'
import type { ServerCall } from '../checks/serverCall.ts'
import { capacityMember, requestOf, statementMembers } from '../../model/requests.ts'
import type { ItemStatement, WriteStatement } from '../../model/statements.ts'
import { unreachable } from '../../model/unreachable.ts'
import type { SetValue, Update, UpdateAction } from '../../model/updates.ts'
import type { Action, ReturnValues } from '../../model/writes.ts'
import type { Request } from './network.ts'
import type { Body, ServerAnswer } from './simulatedServer.ts'

/*
 * What a client asks for is said by a statement now and then, and the answer is told to the client
 * as that of the operation: so that all checks hold for statements as well.
 */

/** A request by statements, and its answer in the words of the operation that it stands for. */
export interface Restated {
  readonly request: Request
  readonly plainly: (answer: ServerAnswer) => ServerAnswer
}

/** One in so many operations is said by a statement. */
const oneIn = 3

/**
 * An operation as a statement, if it is one of those that are said so and PartiQL has one that does
 * the same. An operation that is sent again is said in the same way.
 */
export function asStatement(operation: ServerCall['operation']): Restated | undefined {
  if (operation === undefined) return undefined
  const hash = createHash('sha1').update(JSON.stringify(operation)).digest().readUInt32BE()
  return hash % oneIn === 0 ? restated(operation, hash >>> 8) : undefined
}

function restated(
  operation: NonNullable<ServerCall['operation']>,
  style: number,
): Restated | undefined {
  switch (operation.kind) {
    case 'GetItem': {
      const { table, key, consistent, capacity, projection } = operation
      if (projection !== undefined) return undefined
      const read = { kind: 'Select', table, key, consistent, style, showOld: false } as const
      const body = { ...statementMembers(read), ...capacityMember(capacity) }
      return { request: { name: 'ExecuteStatement', body }, plainly: firstAs('Item') }
    }
    case 'SingleWrite': {
      const { action, returnValues, capacity, metrics } = operation
      const statement = metrics ? undefined : writeOf(action, style, returnValues)
      if (statement === undefined || statement.kind === 'Exists') return undefined
      const request = requestOf({ kind: 'ExecuteStatement', statement, capacity })
      return { request, plainly: firstAs('Attributes') }
    }
    case 'TransactGetItems': {
      const { gets, capacity } = operation
      if (gets.some(({ projection }) => projection !== undefined)) return undefined
      const statements = gets.map(({ table, key }): ItemStatement => {
        return { kind: 'Select', table, key, consistent: false, style, showOld: false }
      })
      const request = requestOf({ kind: 'ExecuteTransaction', statements, capacity })
      return { request, plainly: (answer) => answer }
    }
    case 'TransactWriteItems': {
      // The tokens of statements are not those of other transactions.
      const { actions, token, capacity } = operation
      const statements = actions.flatMap((action) => writeOf(action, style, 'NONE') ?? [])
      if (token !== undefined || statements.length < actions.length) return undefined
      const request = requestOf({ kind: 'ExecuteTransaction', statements, capacity })
      return { request, plainly: withoutResponses }
    }
    case 'BatchGetItem':
    case 'BatchWriteItem':
    case 'Query':
    case 'Scan':
    case 'UpdateTimeToLive':
    case 'DescribeTimeToLive':
      return undefined
    default:
      return unreachable(operation)
  }
}

/** The statement that does what an action does, to any item and to none. */
function writeOf(
  action: Action,
  style: number,
  returnValues: ReturnValues,
): WriteStatement | Extract<ItemStatement, { kind: 'Exists' }> | undefined {
  const { table, showOld, condition } = action
  const always = { table, style, showOld }
  const returning = returnValues === 'NONE' ? {} : { returning: returnValues }
  switch (action.kind) {
    case 'Put':
      // The error of an INSERT does not show the item.
      return isAbsence(condition) && !showOld
        ? { ...always, kind: 'Insert', item: action.item }
        : undefined
    case 'Delete':
      if (condition !== undefined) return undefined
      return { ...always, kind: 'Delete', key: action.key, ...returning }
    case 'ConditionCheck':
      if (condition === undefined) return undefined
      return { ...always, kind: 'Exists', key: action.key, condition }
    case 'Update': {
      const { key } = action
      const update = updateOf(action.update, condition)
      if (update === undefined) return undefined
      const asked = isPresence(condition) ? {} : { condition: condition as Condition }
      return { ...always, kind: 'Update', key, update, ...asked, ...returning }
    }
    default:
      return unreachable(action)
  }
}

const partitionKey = { path: ['pk'] }
const isAbsence = (condition: Condition | undefined): boolean =>
  isDeepStrictEqual(condition, { kind: 'attribute_not_exists', ...partitionKey })
const isPresence = (condition: Condition | undefined): boolean =>
  isDeepStrictEqual(condition, { kind: 'attribute_exists', ...partitionKey })

/**
 * What an update of an item that is there comes to without defaults and without ADD of numbers.
 * Every item that is updated has a log; a number is known to be there where a condition compares it.
 */
function updateOf(update: Update, condition: Condition | undefined): Update | undefined {
  const compared =
    condition?.kind === 'compare' && condition.comparator !== '<>' && condition.left.kind === 'path'
      ? condition.left.path
      : undefined
  if (!isPresence(condition) && compared === undefined) return undefined
  const actions = update.map((action): UpdateAction | undefined => {
    if (action.clause === 'SET') return { ...action, value: withoutDefault(action.value) }
    if (action.clause !== 'ADD' || !('N' in action.value)) return action
    const { path, value } = action
    if (!isDeepStrictEqual(path, compared)) return undefined
    const [left, right] = [{ kind: 'path', path } as const, { kind: 'value', value } as const]
    return { clause: 'SET', path, value: { kind: '+', left, right } }
  })
  return actions.every((action) => action !== undefined) ? actions : undefined
}

function withoutDefault(value: SetValue): SetValue {
  if (value.kind === 'if_not_exists') return { kind: 'path', path: value.path }
  if (value.kind !== 'list_append') return value
  return { ...value, left: withoutDefault(value.left), right: withoutDefault(value.right) }
}

/** The only item, if there is one, as a member of its own. */
const firstAs =
  (member: 'Item' | 'Attributes') =>
  (answer: ServerAnswer): ServerAnswer => {
    if (answer.kind === 'failed') return answer
    if (answer.kind === 'error') return withoutDuplicates(answer)
    const { Items, ...body } = answer.body
    const [item] = Items as readonly Item[]
    return { kind: 'response', body: { ...body, ...(item !== undefined && { [member]: item }) } }
  }

function withoutResponses(answer: ServerAnswer): ServerAnswer {
  if (answer.kind === 'failed') return answer
  if (answer.kind === 'error') return withoutDuplicates(answer)
  const { Responses: _, ...body } = answer.body
  return { kind: 'response', body }
}

type ErrorAnswer = Extract<ServerAnswer, { kind: 'error' }>

/** An item that an INSERT finds is a condition that does not hold. */
function withoutDuplicates({ body }: ErrorAnswer): ServerAnswer {
  const text = JSON.stringify(body)
    .replaceAll('DuplicateItemException', 'ConditionalCheckFailedException')
    .replaceAll('"DuplicateItem"', '"ConditionalCheckFailed"')
    .replaceAll(/\bDuplicateItem\b/g, 'ConditionalCheckFailed')
    .replaceAll('Duplicate primary key exists in table', 'The conditional request failed')
  const plain = JSON.parse(text) as Body
  return { kind: 'error', type: plain['__type'] as string, body: plain }
}
