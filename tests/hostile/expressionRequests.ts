import { unreachable } from '../model/unreachable.ts'
import type { SeededRandom } from '../isolation/seededRandom.ts'
import {
  ExpressionWriter,
  expressionKinds,
  metItem,
  type WrittenExpression,
} from './expressionWriter.ts'

export const expressionTable = {
  TableName: 'Met',
  AttributeDefinitions: [
    { AttributeName: 'id', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'N' },
  ],
  KeySchema: [
    { AttributeName: 'id', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  BillingMode: 'PAY_PER_REQUEST',
}

const { TableName } = expressionTable
const Key = { id: metItem['id'], sk: metItem['sk'] }

/** Puts the item that the expressions are about back to what it was. */
export const resetRequest = { TableName, Item: metItem }

export interface ExpressionRequest {
  readonly operation: string
  readonly request: object
  readonly text: string
}

function substitutions({ names, values }: WrittenExpression): object {
  return {
    ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  }
}

/** An operation and the request in which it takes the expression as parameter `kind`. */
function requestFor(
  random: SeededRandom,
  kind: (typeof expressionKinds)[number],
  expression: WrittenExpression,
): readonly [operation: string, request: object] {
  const tableless = { [kind]: expression.text, ...substitutions(expression) }
  const shared = { TableName, ...tableless }
  const byKey = { ...shared, Key }
  switch (kind) {
    case 'ConditionExpression':
      return random.pick([
        ['PutItem', { ...shared, Item: metItem }],
        ['UpdateItem', byKey],
        ['TransactWriteItems', { TransactItems: [{ ConditionCheck: byKey }] }],
        ['TransactWriteItems', { TransactItems: [{ Put: { ...shared, Item: metItem } }] }],
      ])
    case 'FilterExpression':
      return ['Scan', shared]
    case 'KeyConditionExpression':
      return ['Query', shared]
    case 'ProjectionExpression':
      return random.pick([
        ['GetItem', byKey],
        ['Scan', shared],
        ['BatchGetItem', { RequestItems: { [TableName]: { Keys: [Key], ...tableless } } }],
      ])
    case 'UpdateExpression':
      return random.pick([
        ['UpdateItem', { ...byKey, ReturnValues: random.pick(['NONE', 'UPDATED_NEW', 'ALL_OLD']) }],
        ['TransactWriteItems', { TransactItems: [{ Update: byKey }] }],
      ])
    default:
      return unreachable(kind)
  }
}

/** Requests without end, each with one expression, in turn of every kind. */
export function* expressionRequests(random: SeededRandom): Generator<ExpressionRequest> {
  const writer = new ExpressionWriter(random)
  for (let i = 0; ; i++) {
    const kind = expressionKinds[i % expressionKinds.length] as (typeof expressionKinds)[number]
    const expression = writer.write(kind)
    const [operation, request] = requestFor(random, kind, expression)
    yield { operation, request, text: expression.text }
  }
}
