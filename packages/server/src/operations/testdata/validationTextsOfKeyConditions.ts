import { inBoth } from './bothLayers.ts'
import type { PreparingCall, ValidationText } from './validationTextRow.ts'

/* Key conditions: of indexes whose keys have several attributes, and the order of their clauses. */

const names = ['h', 'a', 'b', 'c', 'd']
const many: PreparingCall = [
  'CreateTable',
  {
    TableName: 'Many',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['pk', ...names].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S',
    })),
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'byMany',
        KeySchema: names.map((AttributeName, i) => ({
          AttributeName,
          KeyType: i === 0 ? 'HASH' : 'RANGE',
        })),
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  },
]

const ofManyAttributes: ValidationText[] = (
  [
    ['h = :h AND a = :a AND c = :c', 'b', 'c'],
    ['h = :h AND a = :a AND b > :b AND c = :c', 'b', 'c'],
    ['h = :h AND b = :b', 'a', 'b'],
  ] as const
).map(([KeyConditionExpression, unequal, last]) => {
  const placeholders = KeyConditionExpression.match(/:\w/g) as string[]
  const values = Object.fromEntries(placeholders.map((each) => [each, { S: 'x' }]))
  const text =
    `RANGE key attributes ${unequal} must have equality conditions specified in the query ` +
    `because a condition is present on key attribute ${last}`
  return {
    ...inBoth(
      'validation-2026 B8',
      'Query',
      {
        TableName: 'Many',
        IndexName: 'byMany',
        KeyConditionExpression,
        ExpressionAttributeValues: values,
      },
      text,
    ),
    quote: text,
    setup: [many],
  }
})

const inWrittenOrder: ValidationText[] = [
  'begins_with(sk, :n) AND pk = :missing',
  'pk = :n AND begins_with(sk, :n) AND sk = :missing',
].map((KeyConditionExpression) =>
  inBoth(
    'validation-2026 B10',
    'Query',
    {
      TableName: 'Ranged',
      KeyConditionExpression,
      ExpressionAttributeValues: { ':n': { N: '1' } },
    },
    'Invalid KeyConditionExpression: Incorrect operand type for operator or function; ' +
      'operator or function: begins_with, operand type: N',
  ),
)

export const validationTextsOfKeyConditions: readonly ValidationText[] = [
  ...ofManyAttributes,
  ...inWrittenOrder,
]
