import {
  enveloped,
  invalidValues,
  noResource,
  notValidValues,
  validation,
  type ExpectedError,
  type ValidationText,
} from './validationTextRow.ts'

const text = (S: string): object => ({ S })
const number = (N: number): object => ({ N: `${N}` })
const a = { ':a': text('a') }

function read(
  operation: 'Query' | 'Scan',
  request: object,
  expected: ExpectedError | string,
  quote?: string,
): ValidationText {
  const error = typeof expected === 'string' ? validation(expected) : expected
  return {
    source: '3.5',
    quote: quote ?? String(error['message']),
    operation,
    request: { TableName: 'Ranged', ...request },
    expected: error,
  }
}

/** A query by the expression `condition`. */
function queryBy(
  condition: string,
  message: string,
  more: object = { ExpressionAttributeValues: a },
  quote: string = message,
): ValidationText {
  return read('Query', { KeyConditionExpression: condition, ...more }, message, quote)
}

/** A query of the partition `a` that is right but for `more`. */
function query(more: object, message: string, quote: string = message): ValidationText {
  return queryBy('pk = :a', message, { ExpressionAttributeValues: a, ...more }, quote)
}

const eq = (value: object): object => ({ ComparisonOperator: 'EQ', AttributeValueList: [value] })
const two = { ExpressionAttributeValues: { ':a': text('a'), ':b': text('b') } }
const invalidKeys = 'Invalid KeyConditionExpression: '
const conditionFault = `${invalidKeys}Invalid condition in KeyConditionExpression: `
const notSupported = 'Query key condition not supported'
const oneOrTwo = 'Conditions can be of length 1 or 2 only'
const wrongType = `${invalidValues}Condition parameter type does not match schema type`

const keyConditions: ValidationText[] = [
  read(
    'Query',
    {},
    'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
  ),
  queryBy('sk = :a', 'Query condition missed key schema element: pk'),
  read(
    'Query',
    { KeyConditions: { sk: eq(text('a')) } },
    'Query condition missed key schema element: pk',
  ),
  queryBy('pk > :a', notSupported),
  queryBy('begins_with(pk, :a)', notSupported),
  queryBy('pk BETWEEN :a AND :a', notSupported),
  read('Query', { KeyConditions: {} }, oneOrTwo),
  read(
    'Query',
    { KeyConditions: { pk: eq(text('a')), sk: eq(text('a')), v: eq(text('a')) } },
    oneOrTwo,
  ),
  queryBy('pk = :a AND sk = :a AND v = :a', oneOrTwo),
  queryBy(
    'pk = :a AND sk > :a AND sk < :a',
    `${invalidKeys}KeyConditionExpressions must only contain one condition per key`,
  ),
  queryBy(
    'pk = :a AND size(sk) > :a',
    `${invalidKeys}KeyConditionExpressions cannot contain nested operations`,
  ),
  queryBy(
    'pk = :a AND sk.x = :a',
    `${invalidKeys}KeyConditionExpressions cannot have conditions on nested attributes`,
  ),
  queryBy(
    'pk = :a OR sk = :a',
    `${invalidKeys}Invalid operator used in KeyConditionExpression: OR`,
  ),
  ...(
    [
      ['NOT pk = :a', 'NOT'],
      ['pk IN (:a)', 'IN'],
      ['pk <> :a', '<>'],
      ['attribute_exists(pk)', 'attribute_exists'],
      ['contains(pk, :a)', 'contains'],
    ] as const
  ).map(([condition, operator]) =>
    queryBy(
      condition,
      `${invalidKeys}Invalid operator used in KeyConditionExpression: ${operator}`,
      condition.includes(':a') ? { ExpressionAttributeValues: a } : {},
      'Invalid KeyConditionExpression: …Invalid operator used in KeyConditionExpression: …',
    ),
  ),
  queryBy('pk = :a AND sk = v', `${conditionFault}Multiple attribute names used in one condition`),
  queryBy('pk = :a AND :b = :a', `${conditionFault}No key attribute specified`, two),
  queryBy(
    'pk = :a AND :b BETWEEN sk AND :a',
    `${conditionFault}BETWEEN operator must have the key attribute as its first operand`,
    two,
  ),
  queryBy('pk = :a', wrongType, { ExpressionAttributeValues: { ':a': number(1) } }),
  queryBy('pk = :a AND sk > :b', wrongType, {
    ExpressionAttributeValues: { ':a': text('a'), ':b': { B: 'YQ==' } },
  }),
  queryBy(
    'pk = :a',
    `${notValidValues}The AttributeValue for a key attribute cannot contain an empty string value. ` +
      'Key: pk',
    { ExpressionAttributeValues: { ':a': text('') } },
  ),
]

const scalarKeys =
  "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: "
const ofIndexed = { TableName: 'Indexed' }
const byG = {
  ...ofIndexed,
  IndexName: 'byG',
  KeyConditionExpression: 'g = :a',
  ExpressionAttributeValues: a,
}

const filtersAndIndexes: ValidationText[] = [
  query(
    { FilterExpression: 'v = :a AND pk = :a' },
    'Filter Expression can only contain non-primary key attributes: Primary key attribute: pk',
  ),
  read(
    'Query',
    { ...byG, FilterExpression: 'g = :a' },
    'Filter Expression can only contain non-primary key attributes: Primary key attribute: g',
    'Filter Expression can only contain non-primary key attributes: Primary key attribute: …',
  ),
  query({ ProjectionExpression: 'pk.x' }, `${scalarKeys}Key: pk`),
  read('Scan', { ProjectionExpression: 'v, pk[0]' }, `${scalarKeys}Key: pk`),
  read(
    'Scan',
    { ...ofIndexed, IndexName: 'byG', ProjectionExpression: 'g.x' },
    `${scalarKeys}IndexKey: g`,
    `${scalarKeys}IndexKey: …`,
  ),
  query(
    { IndexName: 'Xyz' },
    'The table does not have the specified index: Xyz',
    'The table does not have the specified index: X',
  ),
  read(
    'Scan',
    { IndexName: 'Xyz' },
    'The table does not have the specified index: Xyz',
    'The table does not have the specified index: X',
  ),
  read(
    'Query',
    { ...byG, ConsistentRead: true },
    'Consistent reads are not supported on global secondary indexes',
  ),
  read(
    'Scan',
    { ...ofIndexed, IndexName: 'byG', ConsistentRead: true },
    'Consistent reads are not supported on global secondary indexes',
  ),
  read(
    'Query',
    { ...byG, Select: 'ALL_ATTRIBUTES' },
    `${invalidValues}Select type ALL_ATTRIBUTES is not supported for global secondary index byG ` +
      'because its projection type is not ALL',
    `${invalidValues}Select type ALL_ATTRIBUTES is not supported for global secondary index … ` +
      'because its projection type is not ALL',
  ),
  query(
    { Select: 'ALL_ATTRIBUTES', ProjectionExpression: 'v' },
    'Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES',
    'Cannot specify the ProjectionExpression when choosing to get …',
  ),
  query(
    { Select: 'COUNT', ProjectionExpression: 'v' },
    'Cannot specify the ProjectionExpression when choosing to get only the Count',
    'Cannot specify the ProjectionExpression when choosing to get …',
  ),
  read(
    'Scan',
    { Select: 'COUNT', AttributesToGet: ['v'] },
    'Cannot specify the AttributesToGet when choosing to get only the Count',
  ),
  read(
    'Scan',
    {
      ...ofIndexed,
      IndexName: 'byG',
      Select: 'ALL_PROJECTED_ATTRIBUTES',
      ProjectionExpression: 'g',
    },
    'Cannot specify the ProjectionExpression when choosing to get ALL_PROJECTED_ATTRIBUTES',
    'Cannot specify the ProjectionExpression when choosing to get …',
  ),
  ...(['Query', 'Scan'] as const).flatMap((operation) => {
    const keyed = operation === 'Query' ? { KeyConditions: { pk: eq(text('a')) } } : {}
    return [
      enveloped(
        read(
          operation,
          { ...keyed, Select: 'SPECIFIC_ATTRIBUTES' },
          'Must specify the AttributesToGet or ProjectionExpression when choosing to get ' +
            'SPECIFIC_ATTRIBUTES',
        ),
      ),
      read(
        operation,
        { ...keyed, Select: 'ALL_PROJECTED_ATTRIBUTES' },
        'ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName',
      ),
    ]
  }),
]

const startingKey = 'The provided starting key is invalid'
const schemaFault = `${startingKey}: The provided key element does not match the schema`
const start = (pk: string, sk: string): object => ({
  ExclusiveStartKey: { pk: text(pk), sk: text(sk) },
})

const startingKeys: ValidationText[] = [
  read('Query', { ...byG, ExclusiveStartKey: { g: text('a') } }, startingKey),
  query({ ExclusiveStartKey: { pk: text('a') } }, startingKey),
  query(
    { ExclusiveStartKey: { pk: text('a'), sk: number(1) } },
    'The provided key element does not match the schema',
  ),
  read('Scan', { ExclusiveStartKey: { pk: text('a') } }, schemaFault),
  read('Scan', { ExclusiveStartKey: { pk: text('a'), sk: number(1) } }, schemaFault),
  query(
    start('b', 'x'),
    'The provided starting key is outside query boundaries based on provided conditions',
  ),
  queryBy(
    'pk = :a AND sk > :b',
    'The provided starting key does not match the range key predicate',
    { ...two, ...start('a', 'a') },
  ),
  queryBy('pk = :a AND sk = :b', 'The query can return at most one row and cannot be restarted', {
    ...two,
    ...start('a', 'b'),
  }),
]

const segments: ValidationText[] = [
  read(
    'Scan',
    { TableName: 'Simple', Segment: 0, TotalSegments: 2, ExclusiveStartKey: { pk: text('b') } },
    `${startingKey}: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. ` +
      'TotalSegments: 2 Segment: 0',
    '…Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. ' +
      'TotalSegments: 2 Segment: 0',
  ),
  read(
    'Scan',
    { Segment: 0 },
    'The TotalSegments parameter is required but was not present in the request when Segment ' +
      'parameter is present',
  ),
  read(
    'Scan',
    { TotalSegments: 2 },
    'The Segment parameter is required but was not present in the request when parameter ' +
      'TotalSegments is present',
  ),
  read(
    'Scan',
    { Segment: 5, TotalSegments: 5 },
    'The Segment parameter is zero-based and must be less than parameter TotalSegments: ' +
      'Segment: 5 is not less than TotalSegments: 5',
  ),
]

/** A query or scan is refused for the earlier of two faults. */
const precedence: ValidationText[] = [
  read(
    'Query',
    { TableName: 'Nothing' },
    'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
  ),
  read(
    'Query',
    {
      TableName: 'Nothing',
      IndexName: 'Xyz',
      KeyConditionExpression: 'pk = :a',
      ExpressionAttributeValues: a,
    },
    noResource,
  ),
  read(
    'Scan',
    { TableName: 'Nothing', Segment: 0 },
    'The TotalSegments parameter is required but was not present in the request when Segment ' +
      'parameter is present',
  ),
]

const stored = [
  ['PutItem', { TableName: 'Simple', Item: { pk: text('a'), n: number(1), s: text('x') } }],
] as const

function executed(more: object, message: string): ValidationText {
  return {
    source: '3.5 (execution time)',
    quote: message,
    operation: 'UpdateItem',
    setup: stored,
    request: { TableName: 'Simple', Key: { pk: text('a') }, ...more },
    expected: validation(message),
  }
}

const huge = { N: `9${'0'.repeat(125)}` }
const one = { ExpressionAttributeValues: { ':v': number(1) } }
const invalidPath = 'The document path provided in the update expression is invalid for update'
const missing = 'The provided expression refers to an attribute that does not exist in the item'
const dataType = 'An operand in the update expression has an incorrect data type'
const mismatch = 'Type mismatch for attribute to update'

const updates: ValidationText[] = [
  ...['SET x.y = :v', 'SET n[0] = :v', 'ADD x.y :v', 'SET s.y = :v'].map((UpdateExpression) =>
    executed({ UpdateExpression, ...one }, invalidPath),
  ),
  executed({ UpdateExpression: 'REMOVE x.y' }, invalidPath),
  executed({ UpdateExpression: 'SET b = x' }, missing),
  executed({ UpdateExpression: 'SET b = x + :v', ...one }, missing),
  executed({ UpdateExpression: 'SET b = list_append(x, x)' }, missing),
  executed({ UpdateExpression: 'SET b = s + :v', ...one }, dataType),
  // Of a sum the item decides, not the request: no layer has it otherwise.
  {
    ...executed(
      { UpdateExpression: 'SET n = n + :n', ExpressionAttributeValues: { ':n': huge } },
      'Number overflow. Attempting to store a number with magnitude larger than supported range',
    ),
    setup: [['PutItem', { TableName: 'Simple', Item: { pk: text('a'), n: huge } }]],
  },
  executed({ UpdateExpression: 'SET b = list_append(n, n)' }, dataType),
  executed({ UpdateExpression: 'ADD s :v', ...one }, dataType),
  executed({ AttributeUpdates: { s: { Action: 'ADD', Value: number(1) } } }, mismatch),
  executed({ AttributeUpdates: { s: { Action: 'DELETE', Value: { SS: ['a'] } } } }, mismatch),
  ...[
    { UpdateExpression: 'SET pk = :v', ...one },
    { UpdateExpression: 'REMOVE pk' },
    { AttributeUpdates: { pk: { Value: number(1) } } },
  ].map((update) =>
    executed(
      update,
      `${invalidValues}Cannot update attribute pk. This attribute is part of the key`,
    ),
  ),
  ...(['ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW'] as const).flatMap((ReturnValues) =>
    [
      { operation: 'PutItem', request: { Item: { pk: text('a') } } },
      { operation: 'DeleteItem', request: { Key: { pk: text('a') } } },
    ].map(({ operation, request }) =>
      enveloped({
        source: '3.4, validation-2026 A1',
        quote: 'ReturnValues can only be ALL_OLD or NONE',
        operation,
        request: { TableName: 'Simple', ...request, ReturnValues },
        expected: validation('ReturnValues can only be ALL_OLD or NONE'),
      }),
    ),
  ),
]

const batchKey = (pk: number): object => ({ pk: text(`${pk}`) })
const puts = (count: number): object[] =>
  Array.from({ length: count }, (_, i) => ({ PutRequest: { Item: batchKey(i) } }))
const gets = (count: number): object[] => Array.from({ length: count }, (_, i) => batchKey(i))

function batch(
  operation: 'BatchGetItem' | 'BatchWriteItem',
  RequestItems: object | undefined,
  message: string,
  quote: string = message,
): ValidationText {
  const request = RequestItems === undefined ? {} : { RequestItems }
  return { source: '3.5 (batch)', quote, operation, request, expected: validation(message) }
}

const duplicates = 'Provided list of item keys contains duplicates'
const putText = (i: number): string => `PutRequest(item={pk=AttributeValue(s=${i})})`
const dump = Array.from({ length: 26 }, (_, i) => `WriteRequest(putRequest=${putText(i)})`).join(
  ', ',
)

const batches: ValidationText[] = [
  batch('BatchGetItem', { Simple: { Keys: [batchKey(1), batchKey(1)] } }, duplicates),
  batch(
    'BatchWriteItem',
    { Simple: [...puts(1), { DeleteRequest: { Key: batchKey(0) } }] },
    duplicates,
  ),
  ...[undefined, {}].map((none) =>
    batch('BatchWriteItem', none, 'The requestItems parameter is required for BatchWriteItem'),
  ),
  batch(
    'BatchGetItem',
    { Simple: { Keys: gets(60) }, Ranged: { Keys: gets(41) } },
    'Too many items requested for the BatchGetItem call',
  ),
  batch(
    'BatchWriteItem',
    { Simple: puts(26) },
    `1 validation error detected: Value '{Simple=[${dump}]}' at 'requestItems' failed to satisfy ` +
      'constraint: Map value must satisfy constraint: [Member must have length less than or equal ' +
      'to 25, Member must have length greater than or equal to 1]',
    "1 validation error detected: Value '{…=[…]}' at 'requestItems' failed to satisfy constraint: " +
      'Map value must satisfy constraint: [Member must have length less than or equal to 25, ' +
      'Member must have length greater than or equal to 1]',
  ),
  batch(
    'BatchGetItem',
    { Simple: { Keys: gets(101) } },
    "1 validation error detected: Value at 'RequestItems.Simple.member.Keys' failed to satisfy " +
      'constraint: Member must have length less than or equal to 100',
    "1 validation error detected: Value at 'RequestItems.….member.Keys' failed to satisfy " +
      'constraint: Member must have length less than or equal to 100',
  ),
]

/** Sections 3.4 and 3.5: queries, scans, batches, and updates as they are carried out. */
export const validationTextsOfReads: readonly ValidationText[] = [
  ...keyConditions,
  ...filtersAndIndexes,
  ...startingKeys,
  ...segments,
  ...precedence,
  ...updates,
  ...batches,
]
