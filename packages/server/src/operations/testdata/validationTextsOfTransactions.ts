import {
  cancelled,
  cancelledFor,
  constraint,
  constraints,
  enveloped,
  invalidValues,
  nested,
  noResource,
  notValidValues,
  serialization,
  validation,
  type ExpectedError,
  type PreparingCall,
  type ValidationText,
} from './validationTextRow.ts'

const Key = { pk: { S: 'a' } }
const TableName = 'Simple'

function put(pk: object, more: object = {}): object {
  return { Put: { TableName, Item: { pk }, ...more } }
}
function update(UpdateExpression: string, more: object = {}): object {
  return { Update: { TableName, Key, UpdateExpression, ...more } }
}
function get(more: object): object {
  return { Get: { TableName, Key, ...more } }
}
const other = put({ S: 'other' })
const large = { S: 'x'.repeat(409_600) }
const value = (content: object): object => ({ ExpressionAttributeValues: { ':v': content } })

/** A row about one list of actions; `step` is that of section 1.6. */
function refused(
  step: string,
  actions: readonly object[],
  expected: ExpectedError,
  quote: string = mainText(expected),
): ValidationText {
  const operation = 'Get' in (actions[0] ?? {}) ? 'TransactGetItems' : 'TransactWriteItems'
  return {
    source: `1.6 (${step})`,
    quote,
    operation,
    request: { TransactItems: actions },
    expected,
  }
}

function mainText({ message, Message, CancellationReasons }: ExpectedError): string {
  const reasons = (CancellationReasons ?? []) as readonly { readonly Message?: string }[]
  const reason = reasons.find((entry) => entry.Message !== undefined)
  return String(reason?.Message ?? message ?? Message)
}

const minLength = 'Member must have length greater than or equal to 1'
const capacities = 'Member must satisfy enum value set: [INDEXES, TOTAL, NONE]'
const metrics = 'Member must satisfy enum value set: [SIZE, NONE]'
const longToken = 't'.repeat(37)

/** Step 1: member constraints. */
function constrained(
  operation: string,
  request: object,
  expected: ExpectedError,
  quote: string = mainText(expected),
): ValidationText {
  return { source: '1.6 (1)', quote, operation, request, expected }
}

const dumpOf = (action: string): string =>
  `'[${Array.from({ length: 101 }, () => action).join(', ')}]'`

const memberConstraints: ValidationText[] = [
  ...['TransactWriteItems', 'TransactGetItems'].map((operation) =>
    constrained(operation, { TransactItems: [] }, constraint("'[]'", 'transactItems', minLength)),
  ),
  constrained(
    'TransactWriteItems',
    { TransactItems: Array.from({ length: 101 }, () => other) },
    constraint(
      dumpOf('TransactWriteItem(put=Put(tableName=Simple, item={pk=AttributeValue(s=other)}))'),
      'transactItems',
      'Member must have length less than or equal to 100',
    ),
    "…Value '[…]' at 'transactItems'… Member must have length less than or equal to 100",
  ),
  constrained(
    'TransactGetItems',
    { TransactItems: Array.from({ length: 101 }, () => get({})) },
    constraint(
      dumpOf('TransactGetItem(get=Get(tableName=Simple, key={pk=AttributeValue(s=a)}))'),
      'transactItems',
      'Member must have length less than or equal to 100',
    ),
    "…Value '[…]' at 'transactItems'… Member must have length less than or equal to 100",
  ),
  constrained(
    'TransactWriteItems',
    { TransactItems: [other], ReturnConsumedCapacity: 'BOGUS' },
    constraint("'BOGUS'", 'returnConsumedCapacity', capacities),
  ),
  constrained(
    'TransactWriteItems',
    { TransactItems: [other], ReturnItemCollectionMetrics: 'BOGUS' },
    constraint("'BOGUS'", 'returnItemCollectionMetrics', metrics),
    '…[SIZE, NONE]',
  ),
  constrained(
    'TransactWriteItems',
    { TransactItems: [other], ClientRequestToken: longToken },
    constraint(
      `'${longToken}'`,
      'clientRequestToken',
      'Member must have length less than or equal to 36',
    ),
    "Value '…' at 'clientRequestToken' failed to satisfy constraint: Member must have length less " +
      'than or equal to 36',
  ),
  constrained(
    'TransactWriteItems',
    {
      TransactItems: [],
      ReturnItemCollectionMetrics: 'y',
      ReturnConsumedCapacity: 'x',
      ClientRequestToken: longToken,
    },
    constraints([
      [`'${longToken}'`, 'clientRequestToken', 'Member must have length less than or equal to 36'],
      ["'x'", 'returnConsumedCapacity', capacities],
      ["'y'", 'returnItemCollectionMetrics', metrics],
      ["'[]'", 'transactItems', minLength],
    ]),
    '… clientRequestToken… returnConsumedCapacity… returnItemCollectionMetrics…',
  ),
  constrained(
    'TransactWriteItems',
    { TransactItems: [update('a x b')], ReturnConsumedCapacity: 'x' },
    constraint("'x'", 'returnConsumedCapacity', capacities),
    "Value '…' at 'returnConsumedCapacity'…",
  ),
  constrained(
    'TransactWriteItems',
    { TransactItems: [other, put({ S: 1 })], ReturnConsumedCapacity: 'x' },
    serialization('NUMBER_VALUE cannot be converted to String'),
    'SerializationException',
  ),
]

const syntaxFault = update('a x b')
const syntaxText = 'Syntax error; token: "a", near: "a x"'
const duplicates = 'Transaction request cannot include multiple operations on one item'
const oneAction = 'TransactItems can only contain one of Check, Put, Update or Delete'
const nestingText =
  'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels ' +
  'beyond supported limit'
const bogus = { ReturnValuesOnConditionCheckFailure: 'BOGUS' }
const bogusText = (path: string): ExpectedError =>
  constraint(
    "'BOGUS'",
    `transactItems.${path}.returnValuesOnConditionCheckFailure`,
    'Member must satisfy enum value set: [ALL_OLD, NONE]',
  )

/** Faults of one action, with their texts: step 2. */
const actionFaults: readonly (readonly [object, string])[] = [
  [{ Put: { TableName, Item: Key }, Delete: { TableName, Key } }, oneAction],
  [syntaxFault, `Invalid UpdateExpression: ${syntaxText}`],
  [
    put({ S: 'a' }, { ConditionExpression: 'x'.repeat(4097) }),
    'Invalid ConditionExpression: Expression size has exceeded the maximum allowed size; ' +
      'expression size: 4097',
  ],
  [
    update('SET a = :v'),
    'Invalid UpdateExpression: An expression attribute value used in expression is not defined; ' +
      'attribute value: :v',
  ],
  [
    { Delete: { TableName, Key, ConditionExpression: '#n = a' } },
    'Invalid ConditionExpression: An expression attribute name used in the document path is not ' +
      'defined; attribute name: #n',
  ],
  [
    update('REMOVE a', { ExpressionAttributeNames: { '#a': 'a' } }),
    'Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}',
  ],
  [
    {
      ConditionCheck: {
        TableName,
        Key,
        ConditionExpression: 'attribute_exists(pk)',
        ...value({ N: '1' }),
      },
    },
    'Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}',
  ],
  // Without an expression its names are not looked at, but its values are.
  [
    put({ S: 'a' }, value({ N: '1' })),
    'Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}',
  ],
  [
    { Delete: { TableName, Key, ...value({ L: [{}] }) } },
    'ExpressionAttributeValues contains invalid value: Supplied AttributeValue is empty, must ' +
      'contain exactly one of the supported datatypes for key :v',
  ],
  [
    put({ S: 'a' }, { ExpressionAttributeValues: {} }),
    'ExpressionAttributeValues must not be empty',
  ],
  [put({ N: 'abc' }), 'The parameter cannot be converted to a numeric value: abc'],
  [
    update('SET a = :v', value({ N: 'abc' })),
    'ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a ' +
      'numeric value: abc for key :v',
  ],
  [
    { Put: { TableName, Item: { ...Key, v: { SS: [] } } } },
    `${invalidValues}An string set  may not be empty`,
  ],
  [{ Put: { TableName, Item: { ...Key, v: nested(33) } } }, nestingText],
]

/** Actions of which the first that is bad has no member at all. */
function noActionRow(actions: readonly object[]): ValidationText {
  const older =
    'Invalid Request: TransactWriteRequest should contain Delete or Put or Update request'
  return enveloped(
    {
      source: 'validation-2026 B13',
      quote: older,
      operation: 'TransactWriteItems',
      request: { TransactItems: actions },
      expected: validation(older),
    },
    "Value '' at 'transactItems' failed to satisfy constraint: " +
      'TransactWriteRequest should contain Delete or Put or Update or ConditionCheck',
  )
}

const perAction: ValidationText[] = [
  ...actionFaults.map(([action, message]) => refused('2', [other, action], validation(message))),
  ...[[{}], [other, {}], [{}, syntaxFault]].map((actions) => noActionRow(actions)),
  // The first bad action wins, whatever its fault.
  ...actionFaults.flatMap(([earlier, message], i) =>
    actionFaults
      .slice(i + 1, i + 2)
      .map(([later]) => refused('2', [earlier, later], validation(message))),
  ),
  // Before any table is looked up, and before items are compared.
  refused(
    '2',
    [{ Delete: { TableName: 'Nothing', Key } }, syntaxFault],
    validation(`Invalid UpdateExpression: ${syntaxText}`),
  ),
  refused('2', [other, other, syntaxFault], validation(`Invalid UpdateExpression: ${syntaxText}`)),
  refused('2', [other, put({ S: 'a' }, bogus)], bogusText('2.member.put'), 'BOGUS'),
  refused(
    '2',
    [syntaxFault, put({ S: 'a' }, bogus)],
    validation(`Invalid UpdateExpression: ${syntaxText}`),
  ),
  refused(
    '2',
    [{ Update: { TableName, Key, UpdateExpression: 'REMOVE a', ...bogus } }, syntaxFault],
    bogusText('1.member.update'),
    'BOGUS',
  ),
  refused(
    '2',
    [syntaxFault, put({ S: 1 })],
    serialization('NUMBER_VALUE cannot be converted to String'),
    'SerializationException',
  ),
  refused(
    '2',
    [get({}), get({ ProjectionExpression: 'a x b' })],
    validation('Invalid ProjectionExpression: Syntax error; token: "x", near: "a x b"'),
  ),
  refused(
    '2',
    [get({ ProjectionExpression: 'a', ExpressionAttributeNames: { '#a': 'a' } })],
    validation('Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}'),
  ),
]

const nowhere = { Delete: { TableName: 'Nothing', Key } }
const emptyKey = `${notValidValues}The AttributeValue for a key attribute cannot contain an empty `
const indexKey = { TableName: 'Indexed', Key: { ...Key, sk: { N: '1' } } }
const emptyIndexPut = {
  Put: { TableName: 'Indexed', Item: { ...Key, sk: { N: '1' }, g: { S: '' } } },
}
const emptyIndexUpdate = {
  Update: { ...indexKey, UpdateExpression: 'SET g = :v', ...value({ S: '' }) },
}
const wrongKey = { Delete: { TableName, Key: { pk: { N: '1' } } } }
const tooLarge = { Put: { TableName, Item: { ...Key, large } } }
const tooLargeText = 'Item size has exceeded the maximum allowed size'
const schemaText = 'The provided key element does not match the schema'

/** Steps 3 and 4: faults that refuse the request, each beside a fault of a later step. */
const topLevel: ValidationText[] = [
  refused('3', [other, nowhere], noResource),
  refused('3', [get({ TableName: 'Nothing' })], noResource),
  refused('3', [other, other], validation(duplicates)),
  refused(
    '3',
    [
      put({ S: 'a' }),
      { ConditionCheck: { TableName, Key, ConditionExpression: 'attribute_exists(pk)' } },
    ],
    validation(duplicates),
  ),
  refused('3', [get({}), get({ ProjectionExpression: 'a' })], validation(duplicates)),
  ...[tooLarge, put({ S: '' }), emptyIndexPut, wrongKey].flatMap((later) => [
    refused('3', [later, nowhere], noResource),
    refused('3', [later, other, other], validation(duplicates)),
  ]),
  refused('3', [get({ Key: { pk: { S: '' } } }), get({}), get({})], validation(duplicates)),
  refused('4', [put({ S: '' })], validation(`${emptyKey}string value. Key: pk`)),
  refused(
    '4',
    [{ Delete: { TableName: 'Binary', Key: { pk: { B: '' } } } }],
    validation(`${emptyKey}binary value. Key: pk`),
  ),
  refused('4', [get({ Key: { pk: { S: '' } } })], validation(`${emptyKey}string value. Key: pk`)),
  ...[
    [put({ S: '' }), `${emptyKey}string value. Key: pk`],
    [tooLarge, tooLargeText],
    [
      emptyIndexPut,
      `${notValidValues}A value specified for a secondary index key is not supported. ` +
        'The AttributeValue for a key attribute cannot contain an empty string value. ' +
        'IndexName: byG, IndexKey: g',
    ],
    [
      emptyIndexUpdate,
      `${notValidValues}The update expression attempted to update a secondary index key to a ` +
        'value that is not supported. The AttributeValue for a key attribute cannot contain an ' +
        'empty string value.',
    ],
  ].map(([action, message]) =>
    refused('4', [wrongKey, action as object], validation(message as string)),
  ),
  refused(
    '4',
    Array.from({ length: 12 }, (_, i) => ({
      Put: { TableName, Item: { pk: { S: `${i}` }, v: { S: 'x'.repeat(350 * 1024) } } },
    })),
    validation('Transaction payload size cannot exceed 4 MB'),
    'size cannot exceed',
  ),
]

const failed = { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' }
const none = { Code: 'None' }
const falseCheck = {
  ConditionCheck: {
    TableName,
    Key: { pk: { S: 'checked' } },
    ConditionExpression: 'attribute_exists(pk)',
  },
}
const stored: readonly PreparingCall[] = [
  ['PutItem', { TableName, Item: { ...Key, n: { N: '1' }, s: { S: 'x' } } }],
]

/** A row about an update that fails on the stored item `{ pk, n: 1, s: 'x' }`. */
function cancelledUpdate(expression: string, values: object, message: string): ValidationText {
  const action = update(expression, values)
  return { ...refused('5', [falseCheck, action], cancelled(2, 1, message)), setup: stored }
}

/** Step 5: faults that cancel the transaction, each beside a condition that is false. */
const cancelling: ValidationText[] = [
  refused(
    '5',
    [falseCheck, put({ N: '1' })],
    cancelled(2, 1, `${invalidValues}Type mismatch for key pk expected: S actual: N`),
  ),
  refused(
    '5',
    [put({ M: {} }), falseCheck],
    cancelled(2, 0, `${invalidValues}Type mismatch for key pk expected: S actual: M`),
    'Type mismatch for key pk expected: S actual: …',
  ),
  ...[{ pk: { N: '1' } }, { other: { S: 'a' } }, { ...Key, extra: { S: 'a' } }].flatMap((wrong) => [
    refused('5', [falseCheck, { Delete: { TableName, Key: wrong } }], cancelled(2, 1, schemaText)),
    refused(
      '5',
      [falseCheck, { Update: { TableName, Key: wrong, UpdateExpression: 'REMOVE a' } }],
      cancelled(2, 1, schemaText),
    ),
    refused(
      '5',
      [
        falseCheck,
        { ConditionCheck: { TableName, Key: wrong, ConditionExpression: 'attribute_exists(pk)' } },
      ],
      cancelled(2, 1, schemaText),
    ),
    refused('5', [get({}), get({ Key: wrong })], cancelled(2, 1, schemaText)),
  ]),
  refused(
    '5',
    [
      falseCheck,
      { Put: { TableName: 'Indexed', Item: { ...Key, sk: { N: '1' }, g: { N: '1' } } } },
    ],
    cancelled(
      2,
      1,
      `${invalidValues}Type mismatch for Index Key g Expected: S Actual: N IndexName: byG`,
    ),
    'ValidationError',
  ),
  refused(
    '5',
    [falseCheck, update('SET l = :v', value(large))],
    cancelled(2, 1, 'Item size to update has exceeded the maximum allowed size'),
  ),
  cancelledUpdate(
    'SET n = s + :v',
    value({ N: '1' }),
    'An operand in the update expression has an incorrect data type',
  ),
  cancelledUpdate(
    'SET n = gone + :v',
    value({ N: '1' }),
    'The provided expression refers to an attribute that does not exist in the item',
  ),
  cancelledUpdate(
    'SET gone.x = :v',
    value({ N: '1' }),
    'The document path provided in the update expression is invalid for update',
  ),
  cancelledUpdate(
    'SET deep = :v',
    value(nested(33)),
    'Nesting Levels have exceeded supported limits',
  ),
  refused('5', [wrongKey, put({ N: '1' }), falseCheck], cancelled(3, 0, schemaText)),
]

/** Step 6: conditions, all of which are evaluated. */
const conditions: ValidationText[] = [
  refused('6', [falseCheck, other], cancelledFor([failed, none]), 'The conditional request failed'),
  refused(
    '6',
    [
      falseCheck,
      other,
      update('SET a = :v', { ConditionExpression: 'attribute_exists(pk)', ...value({ N: '1' }) }),
    ],
    cancelledFor([failed, none, failed]),
    'Transaction cancelled, please refer cancellation reasons for specific reasons […]',
  ),
]

/** Section 1.6: the order of validation of transactions, and sections 1.1 and 1.5 for the texts. */
export const validationTextsOfTransactions: readonly ValidationText[] = [
  ...memberConstraints,
  ...perAction,
  ...topLevel,
  ...cancelling,
  ...conditions,
]
