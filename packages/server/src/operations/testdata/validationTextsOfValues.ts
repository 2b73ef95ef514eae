import {
  cancelled,
  enveloped,
  invalidValues,
  nested,
  notValidValues,
  serialization,
  validation,
  type ValidationText,
} from './validationTextRow.ts'

const Key = { pk: { S: 'a' } }
const TableName = 'Simple'

/** A put of an item with the attribute `v`. */
function put(source: string, quote: string, v: object, message: string): ValidationText {
  const request = { TableName, Item: { ...Key, v } }
  return { source, quote, operation: 'PutItem', request, expected: validation(message) }
}

/** The same for a fault to which the newer layer gives its envelope. */
function refused(...fault: Parameters<typeof put>): ValidationText {
  return enveloped(put(...fault))
}

/** A request of any operation with a `Key` or `Item`. */
function on(
  [operation, table]: readonly [string, string],
  attributes: object,
  quote: string,
  message: string,
): ValidationText {
  const map = operation === 'PutItem' ? { Item: attributes } : { Key: attributes }
  const expected = validation(message)
  return { source: '2.2', quote, operation, request: { TableName: table, ...map }, expected }
}

const large = 'x'.repeat(409_600)
const long = 'x'.repeat(2049)
const quotes = {
  size: 'Item size has exceeded the maximum allowed size',
  updatedSize: 'Item size to update has exceeded the maximum allowed size',
  hashkey: '… Size of hashkey has exceeded the maximum size limit of2048 bytes',
  rangeKeys: '…Aggregated size of all range keys has exceeded the size limit of 1024 bytes',
  schema: 'The provided key element does not match the schema',
  notNumeric: 'The parameter cannot be converted to a numeric value: …',
  overflow:
    'Number overflow. Attempting to store a number with magnitude larger than supported range',
  underflow:
    'Number underflow. Attempting to store a number with magnitude smaller than supported range',
  digits: 'Attempting to store more than 38 significant digits in a Number',
  emptyDatatype:
    'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes',
  severalDatatypes:
    'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the ' +
    'supported datatypes',
  isNull: 'Null attribute value types must have the value of true',
  nesting:
    'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels ' +
    'beyond supported limit',
}
const hashkeyText = `${invalidValues}Size of hashkey has exceeded the maximum size limit of2048 bytes`
const rangeKeysText = `${invalidValues}${quotes.rangeKeys.slice(1)}`
const emptyKeyText = `${notValidValues}The AttributeValue for a key attribute cannot contain an empty`

const itemSizes: ValidationText[] = [
  put('2.1', quotes.size, { S: large }, quotes.size),
  {
    source: '2.1',
    quote: quotes.size,
    operation: 'BatchWriteItem',
    request: { RequestItems: { Simple: [{ PutRequest: { Item: { ...Key, v: { S: large } } } }] } },
    expected: validation(quotes.size),
  },
  {
    source: '2.1',
    quote: quotes.updatedSize,
    operation: 'UpdateItem',
    request: {
      TableName,
      Key,
      UpdateExpression: 'SET v = :v',
      ExpressionAttributeValues: { ':v': { S: large } },
    },
    expected: validation(quotes.updatedSize),
  },
]

const keys: ValidationText[] = [
  on(['PutItem', 'Simple'], { pk: { S: long } }, quotes.hashkey, hashkeyText),
  on(['GetItem', 'Simple'], { pk: { S: long } }, quotes.hashkey, hashkeyText),
  on(['UpdateItem', 'Simple'], { pk: { S: long } }, quotes.hashkey, hashkeyText),
  on(['DeleteItem', 'Simple'], { pk: { S: long } }, quotes.hashkey, hashkeyText),
  on(
    ['PutItem', 'Ranged'],
    { pk: { S: 'a' }, sk: { S: 'x'.repeat(1025) } },
    quotes.rangeKeys,
    rangeKeysText,
  ),
  on(
    ['GetItem', 'Ranged'],
    { pk: { S: 'a' }, sk: { S: 'x'.repeat(1025) } },
    quotes.rangeKeys,
    rangeKeysText,
  ),
  on(
    ['PutItem', 'Indexed'],
    { pk: { S: 'a' }, sk: { N: '1' }, g: { S: long } },
    quotes.hashkey,
    hashkeyText,
  ),
  on(
    ['PutItem', 'Indexed'],
    { pk: { S: 'a' }, sk: { N: '1' }, l: { S: 'x'.repeat(1025) } },
    quotes.rangeKeys,
    rangeKeysText,
  ),
  on(
    ['PutItem', 'Simple'],
    { v: { S: 'a' } },
    '… Missing the key pk in the item',
    `${invalidValues}Missing the key pk in the item`,
  ),
  on(
    ['PutItem', 'Ranged'],
    { pk: { N: '1' }, v: { S: 'a' } },
    '…Type mismatch for key pk expected: S actual: N',
    `${invalidValues}Type mismatch for key pk expected: S actual: N`,
  ),
  on(
    ['PutItem', 'Ranged'],
    { pk: { S: 'a' }, sk: { M: {} } },
    '…Type mismatch for key … expected: S actual: …',
    `${invalidValues}Type mismatch for key sk expected: S actual: M`,
  ),
  ...['GetItem', 'UpdateItem', 'DeleteItem'].flatMap((operation) => [
    on([operation, 'Ranged'], { pk: { S: 'a' } }, quotes.schema, quotes.schema),
    on([operation, 'Simple'], { pk: { N: '1' } }, quotes.schema, quotes.schema),
    on([operation, 'Simple'], { pk: { S: 'a' }, v: { S: 'b' } }, quotes.schema, quotes.schema),
  ]),
  ...[
    { PutRequest: { Item: { pk: { N: '1' } } } },
    { PutRequest: { Item: { v: { S: 'a' } } } },
    { DeleteRequest: { Key: { pk: { N: '1' } } } },
  ].map((write) => ({
    source: '2.2',
    quote: quotes.schema,
    operation: 'BatchWriteItem',
    request: { RequestItems: { Simple: [write] } },
    expected: validation(quotes.schema),
  })),
  {
    source: '2.2',
    quote: quotes.schema,
    operation: 'BatchGetItem',
    request: { RequestItems: { Simple: { Keys: [{ pk: { N: '1' } }] } } },
    expected: validation(quotes.schema),
  },
  on(
    ['PutItem', 'Indexed'],
    { pk: { S: 'a' }, sk: { N: '1' }, g: { N: '1' } },
    '…Type mismatch for Index Key … Expected: S Actual: N IndexName: …',
    `${invalidValues}Type mismatch for Index Key g Expected: S Actual: N IndexName: byG`,
  ),
  on(
    ['PutItem', 'Simple'],
    { pk: { S: '' } },
    `${emptyKeyText} string value. Key: pk`,
    `${emptyKeyText} string value. Key: pk`,
  ),
  on(
    ['GetItem', 'Binary'],
    { pk: { B: '' } },
    '… The AttributeValue for a key attribute cannot contain an empty … value. Key: pk',
    `${emptyKeyText} binary value. Key: pk`,
  ),
]

/** Those that 1.6 prints: rows of single-item operations for section 2.2, which refers to it. */
const emptyIndexKeys: ValidationText[] = [
  {
    source: '1.6 (4)',
    quote:
      '…A value specified for a secondary index key is not supported. The AttributeValue for a ' +
      'key attribute cannot contain an empty string value. IndexName: …, IndexKey: …',
    operation: 'PutItem',
    request: { TableName: 'Indexed', Item: { ...Key, sk: { N: '1' }, g: { S: '' } } },
    expected: validation(
      `${notValidValues}A value specified for a secondary index key is not supported. The ` +
        'AttributeValue for a key attribute cannot contain an empty string value. ' +
        'IndexName: byG, IndexKey: g',
    ),
  },
  {
    source: '1.6 (4)',
    quote:
      '…The update expression attempted to update a secondary index key to a value that is not ' +
      'supported. The AttributeValue for a key attribute cannot contain an empty … value.',
    operation: 'UpdateItem',
    request: {
      TableName: 'Indexed',
      Key: { ...Key, sk: { N: '1' } },
      UpdateExpression: 'SET h = :empty',
      ExpressionAttributeValues: { ':empty': { B: '' } },
    },
    expected: validation(
      `${notValidValues}The update expression attempted to update a secondary index key to a ` +
        'value that is not supported. The AttributeValue for a key attribute cannot contain an ' +
        'empty binary value.',
    ),
  },
]

const numbers: ValidationText[] = [
  ...['1e', ' 1', '1 ', '0x1', 'NaN', 'Infinity', '1_000', '--1', '.', '1e+'].map((text) =>
    refused('2.3', quotes.notNumeric, { N: text }, quotes.notNumeric.replace('…', text)),
  ),
  refused('2.3', quotes.notNumeric, { NS: ['1', 'b'] }, quotes.notNumeric.replace('…', 'b')),
  refused('2.3', quotes.overflow, { N: '1E126' }, quotes.overflow),
  refused('2.3', quotes.overflow, { N: '-1E126' }, quotes.overflow),
  refused('2.3', quotes.overflow, { N: '0e126' }, quotes.overflow),
  refused('2.3', quotes.underflow, { N: '1E-131' }, quotes.underflow),
  refused('2.3', quotes.underflow, { N: '-1E-131' }, quotes.underflow),
  refused('2.3', quotes.digits, { N: '123456789012345678901234567890123456789' }, quotes.digits),
  refused('2.3', quotes.digits, { L: [{ N: `1.${'0'.repeat(37)}1` }] }, quotes.digits),
  {
    source: '2.3',
    quote: quotes.overflow,
    operation: 'UpdateItem',
    setup: [['PutItem', { TableName, Item: { ...Key, n: { N: '1E125' } } }]],
    request: {
      TableName,
      Key,
      UpdateExpression: 'SET n = n + :v',
      ExpressionAttributeValues: { ':v': { N: '1' } },
    },
    expected: validation(quotes.overflow),
  },
  {
    source: '2.3',
    quote: 'SerializationException',
    operation: 'PutItem',
    request: { TableName, Item: { ...Key, n: { N: 1 } } },
    expected: serialization('NUMBER_VALUE cannot be converted to String'),
  },
]

const setsAndNesting: ValidationText[] = [
  refused(
    '2.4',
    'One or more parameter values were invalid: An string set  may not be empty',
    { SS: [] },
    `${invalidValues}An string set  may not be empty`,
  ),
  refused(
    '2.4',
    'An number set  may not be empty',
    { NS: [] },
    `${invalidValues}An number set  may not be empty`,
  ),
  refused(
    '2.4',
    'Binary sets should not be empty',
    { BS: [] },
    `${invalidValues}Binary sets should not be empty`,
  ),
  enveloped(
    put(
      '2.4',
      '…Input collection [a, a] contains duplicates.',
      { SS: ['a', 'a'] },
      `${invalidValues}Input collection [a, a] contains duplicates.`,
    ),
    `${invalidValues}Input collection ["a", "a"] contains duplicates.`,
  ),
  enveloped(
    put(
      '2.4',
      '…Input collection [Yg==, Yg==]of type BS contains duplicates.',
      { BS: ['Yg==', 'Yg=='] },
      `${invalidValues}Input collection [Yg==, Yg==]of type BS contains duplicates.`,
    ),
    `${invalidValues}Input collection ["Yg==","Yg=="]of type BS contains duplicates.`,
  ),
  enveloped(
    put(
      '2.4',
      'Input collection contains duplicates',
      { NS: ['1', '1.0'] },
      'Input collection contains duplicates',
    ),
    `${invalidValues}Input collection contains duplicates.`,
  ),
  refused(
    '2.4',
    'One or more parameter values were invalid: Null attribute value types must have the value of true',
    { NULL: false },
    `${invalidValues}${quotes.isNull}`,
  ),
  put('2.4', quotes.emptyDatatype, {}, quotes.emptyDatatype),
  put('2.4', quotes.emptyDatatype, { M: { a: { L: [{}] } } }, quotes.emptyDatatype),
  put('2.4', quotes.severalDatatypes, { S: 'a', N: '1' }, quotes.severalDatatypes),
  refused('2.4', quotes.nesting, nested(33), quotes.nesting),
  {
    source: '2.4',
    quote: quotes.nesting,
    operation: 'BatchWriteItem',
    request: { RequestItems: { Simple: [{ PutRequest: { Item: { ...Key, v: nested(33) } } }] } },
    expected: validation(quotes.nesting),
  },
  enveloped(
    {
      source: '2.4',
      quote: quotes.nesting,
      operation: 'UpdateItem',
      request: {
        TableName,
        Key,
        UpdateExpression: 'SET v = :v',
        ExpressionAttributeValues: { ':v': nested(33) },
      },
      expected: validation(
        `ExpressionAttributeValues contains invalid value: ${quotes.nesting} for key :v`,
      ),
    },
    quotes.nesting,
  ),
  ...['GetItem', 'UpdateItem', 'DeleteItem'].map((operation) => ({
    source: '2.4',
    quote: quotes.emptyDatatype,
    operation,
    request: { TableName, Key: { pk: {} } },
    expected: validation(quotes.emptyDatatype),
  })),
  {
    source: '2.4',
    quote: quotes.severalDatatypes,
    operation: 'BatchGetItem',
    request: { RequestItems: { Simple: { Keys: [{ pk: { S: 'a', N: '1' } }] } } },
    expected: validation(quotes.severalDatatypes),
  },
  {
    source: '2.4',
    quote: quotes.emptyDatatype,
    operation: 'PutItem',
    request: { TableName, Item: Key, Expected: { v: { Value: {} } } },
    expected: validation(quotes.emptyDatatype),
  },
  {
    source: '2.4',
    quote: quotes.emptyDatatype,
    operation: 'UpdateItem',
    request: { TableName, Key, AttributeUpdates: { v: { Value: {} } } },
    expected: validation(quotes.emptyDatatype),
  },
]

/** The same faults inside a transaction: where they refuse it, and where they cancel it. */
const inTransactions: ValidationText[] = [
  {
    source: '1.6 (4)',
    quote: quotes.size,
    operation: 'TransactWriteItems',
    request: { TransactItems: [{ Put: { TableName, Item: { ...Key, v: { S: large } } } }] },
    expected: validation(quotes.size),
  },
  {
    source: '1.6 (5)',
    quote: quotes.updatedSize,
    operation: 'TransactWriteItems',
    request: {
      TransactItems: [
        {
          Update: {
            TableName,
            Key,
            UpdateExpression: 'SET v = :v',
            ExpressionAttributeValues: { ':v': { S: large } },
          },
        },
      ],
    },
    expected: cancelled(1, 0, quotes.updatedSize),
  },
]

/** Sections 2.1 to 2.4, and what 1.6 says of the same texts. */
export const validationTextsOfValues: readonly ValidationText[] = [
  ...itemSizes,
  ...keys,
  ...emptyIndexKeys,
  ...numbers,
  ...setsAndNesting,
  ...inTransactions,
]
