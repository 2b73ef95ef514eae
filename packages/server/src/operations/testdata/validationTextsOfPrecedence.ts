import { enveloped, noResource, validation, type ValidationText } from './validationTextRow.ts'

const Key = { pk: { S: 'a' } }
const TableName = 'Simple'

/** A fault as a part of an expression, and its text; the list is in the order of precedence. */
type Fault = readonly [fragment: string, detail: string]

const reserved = 'Attribute name is a reserved keyword; reserved keyword: name'
const undefinedName =
  'An expression attribute name used in the document path is not defined; attribute name: #n'
const undefinedValue =
  'An expression attribute value used in expression is not defined; attribute value: :u'
const overlap =
  'Two document paths overlap with each other; must remove or rewrite one of these paths; ' +
  'path one: [o, x], path two: [o]'
const conflict =
  'Two document paths conflict with each other; must remove or rewrite one of these paths; ' +
  'path one: [p, [0]], path two: [p, x]'
const misused = 'The function is not allowed to be used this way in an expression; function: '
const wrongType = 'Incorrect operand type for operator or function; operator or function: '

const conditionFaults: readonly Fault[] = [
  ['a x b', 'Syntax error; token: "x", near: "a x b"'],
  ['((a = b))', 'The expression has redundant parentheses;'],
  ['f(a)', 'Invalid function name; function: f'],
  ['size(a)', `${misused}size`],
  ['name = b', reserved],
  ['#n = b', undefinedName],
  ['a < :flag', `${wrongType}<, operand type: BOOL`],
  [
    'a = a',
    'The first operand must be distinct from the remaining operands for this operator or ' +
      'function; operator: =, first operand: [a]',
  ],
]

const updateFaults: readonly Fault[] = [
  ['a x b', 'Syntax error; token: "x", near: "a x b"'],
  ['name = :ok', reserved],
  ['a = f(b)', 'Invalid function name; function: f'],
  ['c = :ok SET d = :ok', 'The "SET" section can only be used once in an update expression;'],
  ['#n = :ok', undefinedName],
  ['e = :u', undefinedValue],
  ['o.x = :ok, o = :ok', overlap],
  ['p[0] = :ok, p.x = :ok', conflict],
  ['q = r + :flag', `${wrongType}+, operand type: BOOL`],
  ['s = if_not_exists(t, list_append(t, t))', `${misused}list_append`],
]

const projectionFaults: readonly Fault[] = [
  ['a x b', 'Syntax error; token: "x", near: "a x b"'],
  ['name', reserved],
  ['#n', undefinedName],
  ['o.x, o', overlap],
  ['p[0], p.x', conflict],
]

const values = { ':flag': { BOOL: true }, ':ok': { N: '1' } }

/** Each fault beside the next one, in both orders: the earlier one in precedence is reported. */
function neighbours(
  faults: readonly Fault[],
  row: (fragments: readonly string[], detail: string) => ValidationText,
): ValidationText[] {
  return faults.flatMap(([stronger, detail], i) =>
    faults
      .slice(i + 1, i + 2)
      .flatMap(([weaker]) => [row([stronger, weaker], detail), row([weaker, stronger], detail)]),
  )
}

/** Every fault at once, the strongest last. */
function together(
  faults: readonly Fault[],
  row: (fragments: readonly string[], detail: string) => ValidationText,
): ValidationText[] {
  const fragments = faults.map(([fragment]) => fragment).reverse()
  return faults.slice(0, 1).map(([, detail]) => row(fragments, detail))
}

function refused(kind: string, operation: string, request: object, detail: string): ValidationText {
  const expected = validation(`Invalid ${kind}: ${detail}`)
  return { source: '3.5 (precedence)', quote: detail, operation, request, expected }
}

function condition(fragments: readonly string[], detail: string): ValidationText {
  const ConditionExpression = fragments.join(' AND ')
  const request = { TableName, Item: Key, ConditionExpression, ExpressionAttributeValues: values }
  return enveloped(refused('ConditionExpression', 'PutItem', request, detail))
}

function filter(fragments: readonly string[], detail: string): ValidationText {
  const FilterExpression = fragments.join(' OR ')
  const request = { TableName, FilterExpression, ExpressionAttributeValues: values }
  return refused('FilterExpression', 'Scan', request, detail)
}

function update(fragments: readonly string[], detail: string): ValidationText {
  // A second SET can only follow the actions of the first.
  const actions = [...fragments].sort(
    (a, b) => Number(a.includes(' SET ')) - Number(b.includes(' SET ')),
  )
  const UpdateExpression = `SET ${actions.join(', ')}`
  const request = { TableName, Key, UpdateExpression, ExpressionAttributeValues: values }
  return enveloped(refused('UpdateExpression', 'UpdateItem', request, detail))
}

function projection(fragments: readonly string[], detail: string): ValidationText {
  const ProjectionExpression = fragments.join(', ')
  return refused(
    'ProjectionExpression',
    'GetItem',
    { TableName, Key, ProjectionExpression },
    detail,
  )
}

const inExpressions: readonly ValidationText[] = [
  ...neighbours(conditionFaults, condition),
  ...together(conditionFaults, condition),
  condition(['a = :u', 'a < :flag'], undefinedValue),
  ...neighbours(conditionFaults, filter),
  ...neighbours(updateFaults, update),
  ...together(updateFaults, update),
  ...neighbours(projectionFaults, projection),
]

const constraintText =
  "1 validation error detected: Value 'x' at 'returnConsumedCapacity' failed to satisfy " +
  'constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]'
const large = { S: 'x'.repeat(409_600) }
const broken = { ConditionExpression: 'a x b' }
const brokenText = 'Invalid ConditionExpression: Syntax error; token: "x", near: "a x b"'

/** A request with faults of two stages, and what it is answered. */
type Stages = readonly [string, object, ValidationText['expected']]

/** Section 4.1: the order inside one operation. */
const stages: readonly Stages[] = [
  [
    'PutItem',
    { TableName, Item: { pk: { S: 1 } }, ReturnConsumedCapacity: 'x' },
    { __type: 'SerializationException', Message: 'NUMBER_VALUE cannot be converted to String' },
  ],
  [
    'PutItem',
    { TableName, Item: Key, ReturnConsumedCapacity: 'x', ...broken },
    validation(constraintText),
  ],
  ['PutItem', { TableName: 'Nothing', Item: { pk: { S: '' }, large } }, noResource],
  ['UpdateItem', { TableName: 'Nothing', Key: { other: { S: 'a' } } }, noResource],
  [
    'PutItem',
    { TableName, Item: { pk: { N: '1' } }, ConditionExpression: 'attribute_exists(a)' },
    validation(
      'One or more parameter values were invalid: Type mismatch for key pk expected: S actual: N',
    ),
  ],
  [
    'UpdateItem',
    {
      TableName,
      Key,
      UpdateExpression: 'REMOVE pk',
      ConditionExpression: 'attribute_exists(a)',
    },
    validation(
      'One or more parameter values were invalid: Cannot update attribute pk. ' +
        'This attribute is part of the key',
    ),
  ],
  [
    'UpdateItem',
    {
      TableName: 'Indexed',
      Key: { ...Key, sk: { N: '1' } },
      UpdateExpression: 'SET g = :empty',
      ConditionExpression: 'attribute_exists(a)',
      ExpressionAttributeValues: { ':empty': { S: '' } },
    },
    validation(
      'One or more parameter values are not valid. The update expression attempted to update a ' +
        'secondary index key to a value that is not supported. The AttributeValue for a key ' +
        'attribute cannot contain an empty string value.',
    ),
  ],
  [
    'PutItem',
    { TableName, Item: { ...Key, large }, ConditionExpression: 'attribute_exists(a)' },
    {
      __type: 'ConditionalCheckFailedException',
      message: 'The conditional request failed',
    },
  ],
]

/** Those to which the newer layer gives its envelope. */
const envelopedStages: readonly Stages[] = [
  ['PutItem', { TableName: 'Nothing', Item: Key, ...broken }, validation(brokenText)],
  [
    'PutItem',
    { TableName: 'Nothing', Item: { v: { NULL: false } } },
    validation(
      'One or more parameter values were invalid: Null attribute value types must have the value ' +
        'of true',
    ),
  ],
  [
    'PutItem',
    { TableName: 'Nothing', Item: Key, ReturnValues: 'ALL_NEW' },
    validation('ReturnValues can only be ALL_OLD or NONE'),
  ],
]

function stageRow([operation, request, expected]: Stages): ValidationText {
  return {
    source: '4.1 (order inside one operation)',
    quote: String(expected['message'] ?? expected['Message']),
    operation,
    request,
    expected,
  }
}

/** Sections 3.5 and 4.1: which of two faults is reported. */
export const validationTextsOfPrecedence: readonly ValidationText[] = [
  ...inExpressions,
  ...stages.map(stageRow),
  ...envelopedStages.map(stageRow).map((text) => enveloped(text)),
]
