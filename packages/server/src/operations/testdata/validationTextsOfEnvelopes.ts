import { envelopedWrites, inBoth, inEach, Key, TableName, writes } from './bothLayers.ts'
import { envelope, invalidValues, nested, type ValidationText } from './validationTextRow.ts'

/*
 * The envelope of PutItem, UpdateItem and DeleteItem, and the one of Query, as far as the rows of
 * the digest do not have it.
 */

const line = 'validation-2026 A1'
const all = ['PutItem', 'UpdateItem', 'DeleteItem']
const names = { ExpressionAttributeNames: { '#a': 'a' } }
const values = { ExpressionAttributeValues: { ':v': { S: 'x' } } }
const exists = { ConditionExpression: 'attribute_exists(a)' }
const valuesAlone = 'ExpressionAttributeValues can only be specified when using expressions'
const nesting =
  'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels ' +
  'beyond supported limit'
/** A value of so many lists round a scalar. */
const wrapped = (lists: number): object => nested(lists + 1)

const ofSubstitutions: ValidationText[] = [
  ...Object.entries({
    PutItem: 'ConditionExpression is null',
    DeleteItem: 'ConditionExpression is null',
    UpdateItem: 'UpdateExpression and ConditionExpression are null',
  }).map(([operation, reason]) =>
    inEach(
      line,
      [operation, { ...writes[operation], ...values }],
      `${valuesAlone}: ${reason}`,
      `${envelope}${valuesAlone}`,
    ),
  ),
  // Of Query nothing is known but the older form.
  inBoth(
    line,
    'Query',
    {
      TableName,
      KeyConditions: { pk: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'a' }] } },
      ...values,
    },
    `${valuesAlone}: FilterExpression and KeyConditionExpression are null`,
  ),
  ...envelopedWrites(
    line,
    ['DeleteItem'],
    { ...names, Expected: { a: { Exists: false } } },
    'ExpressionAttributeNames can only be specified when using expressions',
  ),
  ...['ExpressionAttributeValues', 'ExpressionAttributeNames'].flatMap((parameter) =>
    envelopedWrites(
      line,
      ['UpdateItem', 'DeleteItem'],
      { ...exists, [parameter]: {} },
      `${parameter} must not be empty`,
    ),
  ),
  ...envelopedWrites(
    line,
    all,
    { ...exists, ...values },
    'Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}',
  ),
]

const undefinedValue =
  'An expression attribute value used in expression is not defined; attribute value: :v'

const ofExpressions: ValidationText[] = [
  ...envelopedWrites(
    line,
    ['UpdateItem'],
    { ConditionExpression: '' },
    'Invalid ConditionExpression: The expression can not be empty;',
  ),
  ...envelopedWrites(
    line,
    ['UpdateItem'],
    {
      UpdateExpression: 'SET b = :w',
      ConditionExpression: 'a = :v',
      ExpressionAttributeValues: { ':w': { S: 'x' } },
    },
    `Invalid ConditionExpression: ${undefinedValue}`,
  ),
  ...envelopedWrites(
    line,
    all,
    { ConditionExpression: 'a = = b' },
    'Invalid ConditionExpression: Syntax error; token: "=", near: "= = b"',
  ),
  ...envelopedWrites(
    line,
    all,
    { ...exists, Expected: { a: { Exists: false } } },
    'Can not use both expression and non-expression parameters in the same request: ' +
      'Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}',
  ),
]

const list = [{ S: 'x' }]
const ofExpected: ValidationText[] = (
  [
    [{ Exists: true }, 'Value must be provided when Exists is true for Attribute: a'],
    [
      { Exists: false, Value: list[0] },
      'Value cannot be used when Exists is false for Attribute: a',
    ],
    [
      { Value: list[0], ComparisonOperator: 'EQ', AttributeValueList: list },
      'Value and AttributeValueList cannot be used together for Attribute: a',
    ],
    [
      { ComparisonOperator: 'EQ' },
      'Value or AttributeValueList must be used with ComparisonOperator: EQ for Attribute: a',
    ],
    [
      { ComparisonOperator: 'BETWEEN', AttributeValueList: list },
      'Invalid number of argument(s) for the BETWEEN ComparisonOperator',
    ],
  ] as const
).flatMap(([a, text]) => envelopedWrites(line, all, { Expected: { a } }, invalidValues + text))

const selected =
  'Must specify the AttributesToGet or ProjectionExpression when choosing to get ' +
  'SPECIFIC_ATTRIBUTES'
const select = { TableName, Select: 'SPECIFIC_ATTRIBUTES' }

const ofOthers: ValidationText[] = [
  ...[32, 61].flatMap((lists) =>
    envelopedWrites(line, ['PutItem'], { Item: { ...Key, d: wrapped(lists) } }, nesting),
  ),
  inBoth(line, 'PutItem', { TableName, Item: { ...Key, d: wrapped(63) } }, nesting),
  inEach(
    line,
    ['Query', { ...select, KeyConditionExpression: 'pk = :v', ...values }],
    selected,
    `${envelope}${selected}`,
  ),
  inEach(line, ['Scan', select], selected, `${envelope}${selected}`),
  // What only the table or the item can refuse is the same in both layers.
  inBoth(
    line,
    'PutItem',
    { TableName, Item: { pk: { N: '1' } } },
    `${invalidValues}Type mismatch for key pk expected: S actual: N`,
  ),
  inBoth(
    line,
    'UpdateItem',
    {
      TableName,
      Key,
      UpdateExpression: 'SET a.b = :v',
      ...values,
    },
    'The document path provided in the update expression is invalid for update',
  ),
]

export const validationTextsOfEnvelopes: readonly ValidationText[] = [
  ...ofSubstitutions,
  ...ofExpressions,
  ...ofExpected,
  ...ofOthers,
]
