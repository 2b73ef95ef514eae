import {
  BatchExecuteStatementCommand,
  ExecuteStatementCommand,
  ExecuteTransactionCommand,
  type AttributeValue,
  type BatchStatementError,
  type CancellationReason,
  type ConsumedCapacity,
} from '@aws-sdk/client-dynamodb'
import type { Connection } from '../database/connection.ts'
import { noteAttributes } from '../database/seenAttributes.ts'
import { fromDynamodbJson, type Item } from '../values/dynamodbJson.ts'
import { isList, JsonFault, parseExactJson } from '../values/exactJson.ts'
import { splitStatements, type Statement } from './splitStatements.ts'

export type Way = 'one' | 'batch' | 'transaction'

/** What can be done with statements, with what each is called. */
export const ways: readonly (readonly [Way, string])[] = [
  ['one', 'One statement'],
  ['batch', 'Batch, each by itself'],
  ['transaction', 'Transaction, all or none'],
]

/** What is typed in. */
export interface StatementDraft {
  readonly way: Way
  readonly text: string
  /** A list in DynamoDB JSON; empty for none. */
  readonly parameters: string
  readonly isConsistent: boolean
  /** How many items a page looks at; empty for as many as go into one. */
  readonly limit: string
}

export interface StatementPage {
  readonly items: readonly Item[]
  readonly capacityUnits: number
  /** Where the next page begins; undefined on the last one. */
  readonly next: string | undefined
  /** What each statement of several came to, in their order. */
  readonly outcomes: readonly string[]
}

/** Performs what is typed in, one page of it. Rejects with the error of the database. */
export async function runStatements(
  { client }: Connection,
  draft: StatementDraft,
  start: string | undefined,
  abortSignal: AbortSignal,
): Promise<StatementPage> {
  const statements = splitStatements(draft.text)
  const parameters = shared(statements, parametersOf(draft.parameters))
  const asked = statements.map(({ text: Statement }, i) => ({
    Statement,
    ...(parameters[i]?.length !== 0 && { Parameters: parameters[i] }),
  }))
  const [first] = asked
  const options = { abortSignal }
  if (first === undefined) throw new JsonFault('There is no statement.')
  if (draft.way === 'one') {
    if (asked.length > 1)
      throw new JsonFault('These are several statements: run them as a batch or a transaction.')
    const command = new ExecuteStatementCommand({
      ...first,
      ...(draft.isConsistent && { ConsistentRead: true }),
      ...(draft.limit !== '' && { Limit: Number(draft.limit) }),
      ...(start !== undefined && { NextToken: start }),
      ReturnConsumedCapacity: 'TOTAL',
    })
    const { Items = [], NextToken, ConsumedCapacity } = await client.send(command, options)
    note(statements, Items)
    return { items: Items, capacityUnits: units(ConsumedCapacity), next: NextToken, outcomes: [] }
  }
  if (draft.way === 'batch') {
    const each = draft.isConsistent ? asked.map((one) => ({ ...one, ConsistentRead: true })) : asked
    const command = new BatchExecuteStatementCommand({
      Statements: each,
      ReturnConsumedCapacity: 'TOTAL',
    })
    const { Responses = [], ConsumedCapacity = [] } = await client.send(command, options)
    return several(
      Responses.map(({ Item }) => Item),
      ConsumedCapacity,
      Responses.map(({ Error: failed, Item }) => outcome(failed, Item)),
    )
  }
  const command = new ExecuteTransactionCommand({
    TransactStatements: asked,
    ReturnConsumedCapacity: 'TOTAL',
  })
  const { Responses = [], ConsumedCapacity = [] } = await client.send(command, options)
  return several(
    Responses.map(({ Item }) => Item),
    ConsumedCapacity,
    asked.map((_, i) => outcome(undefined, Responses[i]?.Item)),
  )
}

const several = (
  found: readonly (Item | undefined)[],
  capacity: readonly ConsumedCapacity[],
  outcomes: readonly string[],
): StatementPage => ({
  items: found.filter((item) => item !== undefined),
  capacityUnits: capacity.reduce((sum, each) => sum + units(each), 0),
  next: undefined,
  outcomes,
})

function outcome(failed: BatchStatementError | undefined, item: Item | undefined): string {
  if (failed !== undefined) return `${failed.Code}: ${failed.Message}`
  return item === undefined ? 'Done' : 'Done, with an item'
}

/** Why each statement of a cancelled transaction was refused, in their order. */
export function reasonsOf(error: unknown): readonly string[] {
  if (!(error instanceof Error) || !('CancellationReasons' in error)) return []
  return (error.CancellationReasons as readonly CancellationReason[]).map(({ Code, Message }) => {
    if (Code === 'None') return 'Nothing stood against it'
    return Message === undefined ? String(Code) : `${Code}: ${Message}`
  })
}

const units = (capacity: ConsumedCapacity | undefined): number => capacity?.CapacityUnits ?? 0

function note(statements: readonly Statement[], items: readonly Item[]): void {
  const [, tableName] =
    /\b(?:from|update)\s+"?([\w.-]+?)"?(?=[\s.;]|$)/i.exec(statements[0]?.text ?? '') ?? []
  if (tableName !== undefined) noteAttributes(tableName, items)
}

function parametersOf(text: string): readonly AttributeValue[] {
  if (text.trim() === '') return []
  const json = parseExactJson(text)
  if (!isList(json)) throw new JsonFault('Parameters are a list: [{ "S": "…" }].')
  return json.map((value, i) => fromDynamodbJson(value, `parameter ${i + 1}`))
}

/** The parameters of each statement: as many as it has question marks, one after the other. */
function shared(
  statements: readonly Statement[],
  parameters: readonly AttributeValue[],
): readonly AttributeValue[][] {
  let at = 0
  const shares = statements.map(({ parameterCount }) => {
    const share = parameters.slice(at, at + parameterCount)
    at += parameterCount
    return share
  })
  // What is too much goes with the last one, so that the database says so.
  shares.at(-1)?.push(...parameters.slice(at))
  return shares
}
