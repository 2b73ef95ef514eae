import type { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import {
  ExpressionWriter,
  expressionKinds,
  metItem,
  type ExpressionKind,
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

type Asked = readonly [operation: string, request: object]

/** The operations that take an expression, by the parameter that it is. */
const askers: Readonly<Record<ExpressionKind, (shared: object, random: SeededRandom) => Asked>> = {
  ConditionExpression: (shared, random) => {
    const check = { ConditionCheck: { ...shared, TableName, Key } }
    const put = { ...shared, TableName, Item: metItem }
    return random.pick<Asked>([
      ['PutItem', put],
      ['UpdateItem', { ...shared, TableName, Key }],
      ['TransactWriteItems', { TransactItems: [check] }],
      ['TransactWriteItems', { TransactItems: [{ Put: put }] }],
    ])
  },
  FilterExpression: (shared) => ['Scan', { ...shared, TableName }],
  KeyConditionExpression: (shared) => ['Query', { ...shared, TableName }],
  ProjectionExpression: (shared, random) =>
    random.pick<Asked>([
      ['GetItem', { ...shared, TableName, Key }],
      ['Scan', { ...shared, TableName }],
      ['BatchGetItem', { RequestItems: { [TableName]: { ...shared, Keys: [Key] } } }],
    ]),
  UpdateExpression: (shared, random) => {
    const update = { ...shared, TableName, Key }
    const ReturnValues = random.pick(['NONE', 'UPDATED_NEW', 'ALL_OLD'])
    return random.pick<Asked>([
      ['UpdateItem', { ...update, ReturnValues }],
      ['TransactWriteItems', { TransactItems: [{ Update: update }] }],
    ])
  },
}

/** Requests without end, each with one expression, in turn of every kind. */
export function* expressionRequests(random: SeededRandom): Generator<ExpressionRequest> {
  const writer = new ExpressionWriter(random)
  for (let i = 0; ; i++) {
    const kind = expressionKinds[i % expressionKinds.length] as ExpressionKind
    const expression = writer.write(kind)
    const shared = { [kind]: expression.text, ...substitutions(expression) }
    const [operation, request] = askers[kind](shared, random)
    yield { operation, request, text: expression.text }
  }
}
