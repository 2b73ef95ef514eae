import { enveloped, invalidValues, validation, type ValidationText } from './validationTextRow.ts'

const Key = { pk: { S: 'a' } }
const TableName = 'Simple'

interface Substitutions {
  readonly names?: Readonly<Record<string, string>>
  readonly values?: Readonly<Record<string, object>>
}

function substitutions({ names, values }: Substitutions): object {
  return {
    ...(names !== undefined && { ExpressionAttributeNames: names }),
    ...(values !== undefined && { ExpressionAttributeValues: values }),
  }
}

/**
 * A row whose expression is refused with `detail` behind `Invalid <kind>: `; the quote is `detail`.
 */
type RowOfExpression = (
  expression: string,
  detail: string,
  given?: Substitutions & { readonly source?: string; readonly quote?: string },
) => ValidationText

function rowOf(kind: string, operation: string, table: string, keyed: object): RowOfExpression {
  return (expression, detail, { source = '3.5', quote = detail, ...given } = {}) => ({
    source,
    quote,
    operation,
    request: { TableName: table, ...keyed, [kind]: expression, ...substitutions(given) },
    expected: validation(`Invalid ${kind}: ${detail}`),
  })
}

/** The same where the newer layer gives its envelope. */
function envelopedRowOf(kind: string, operation: string, keyed: object): RowOfExpression {
  const row = rowOf(kind, operation, TableName, keyed)
  return (...fault) => enveloped(row(...fault))
}

const condition = envelopedRowOf('ConditionExpression', 'PutItem', { Item: Key })
const deletion = envelopedRowOf('ConditionExpression', 'DeleteItem', { Key })
const update = envelopedRowOf('UpdateExpression', 'UpdateItem', { Key })
const projection = rowOf('ProjectionExpression', 'GetItem', TableName, { Key })
const filter = rowOf('FilterExpression', 'Scan', TableName, {})
const keyCondition = rowOf('KeyConditionExpression', 'Query', TableName, {})

const number = { N: '1' }
const text = { S: 'x' }
const values = (...placeholders: string[]): Substitutions => ({
  values: Object.fromEntries(placeholders.map((placeholder) => [placeholder, number])),
})
const syntax = (token: string, near: string): string =>
  `Syntax error; token: "${token}", near: "${near}"`
const syntaxQuote = { quote: 'Syntax error; token: "…", near: "…"' }
const sizeText = 'Expression size has exceeded the maximum allowed size; expression size: '
const sizeQuote = { source: '3.1', quote: `${sizeText}…` }
const many = (count: number, separator: string): string =>
  Array.from({ length: count }, () => 'a = b').join(separator)
const deepPath = Array.from({ length: 33 }, () => 'a').join('.')

/** Section 3.1: limits. */
const limits: ValidationText[] = [
  condition('('.repeat(4097), `${sizeText}4097`, sizeQuote),
  filter('('.repeat(4097), `${sizeText}4097`, sizeQuote),
  keyCondition('é'.repeat(2049), `${sizeText}4098`, sizeQuote),
  projection('('.repeat(4097), `${sizeText}4097`, sizeQuote),
  update('('.repeat(5000), `${sizeText}5000`, sizeQuote),
  condition(many(151, ' AND '), 'The expression contains too many operators; operator count: 301', {
    source: '3.1',
  }),
  filter(
    `NOT ${many(150, ' OR ')} AND NOT a = b`,
    'The expression contains too many operators; operator count: 303',
    { source: '3.1', quote: 'The expression contains too many operators; operator count: …' },
  ),
  condition(
    `attribute_exists(${deepPath})`,
    'The document path has too many nesting levels; nesting levels: 33',
    { source: '3.1' },
  ),
  projection(deepPath, 'The document path has too many nesting levels; nesting levels: 33', {
    source: '3.1',
  }),
  update(
    `REMOVE ${deepPath}`,
    'The document path has too many nesting levels; nesting levels: 33',
    {
      source: '3.1',
    },
  ),
  projection('a[2147483648]', 'List index is not within the allowable range; index: [2147483648]', {
    source: '3.1',
    quote: 'List index is not within the allowable range; index: […]',
  }),
  filter(
    `a IN (${Array.from({ length: 101 }, () => ':v').join(', ')})`,
    'Incorrect number of operands for operator or function; operator or function: IN, ' +
      'number of operands: 101',
    { source: '3.1', quote: '… IN … 10…', ...values(':v') },
  ),
]

/** Sections 3.2 and 3.3: what is no expression. */
const syntaxErrors: ValidationText[] = [
  ...[condition, deletion].map((row) =>
    row('', 'The expression can not be empty;', { source: '3.5, validation-2026 A1' }),
  ),
  ...[update, projection, filter, keyCondition].map((row) =>
    row('', 'The expression can not be empty;'),
  ),
  filter(' \t', 'The expression can not be empty;'),
  condition('a x b', syntax('x', 'a x b')),
  condition('a =', syntax('<EOF>', '='), { quote: '… <EOF>' }),
  condition('_a = b', syntax('_a', '_a ='), { source: '3.2', ...syntaxQuote }),
  projection('1a', syntax('1a', '1a'), { source: '3.2', ...syntaxQuote }),
  condition('a = 1', syntax('1', '= 1'), { source: '3.2', ...syntaxQuote }),
  projection('a[b]', syntax('b', '[b]'), { source: '3.2', ...syntaxQuote }),
  projection('a[-1]', syntax('-', '[-1'), { source: '3.2', ...syntaxQuote }),
  update('SET a = :a + :b + :c', syntax('+', ':b + :c'), {
    source: '3.3',
    ...syntaxQuote,
    ...values(':a', ':b', ':c'),
  }),
  update('SET a = if_not_exists(b + :b, :a)', syntax('+', 'b + :b'), {
    source: '3.3',
    ...syntaxQuote,
    ...values(':a', ':b'),
  }),
  update('a = :a', syntax('a', 'a ='), { source: '3.3', ...syntaxQuote, ...values(':a') }),
  update('ADD a b', syntax('b', 'a b'), { source: '3.3', ...syntaxQuote }),
  condition('a', syntax('<EOF>', 'a'), { source: '3.3', ...syntaxQuote }),
]

const functionUse = 'The function is not allowed to be used this way in an expression; function: '
const operandType = 'Incorrect operand type for operator or function; operator or function: '
const pathRequired = 'Operator or function requires a document path; operator or function: '

/** Section 3.5: what an expression alone, with its substitutions, gets wrong. */
const faults: ValidationText[] = [
  ...[condition, filter].flatMap((row) => [
    row('name = b', 'Attribute name is a reserved keyword; reserved keyword: name', {
      quote: 'Attribute name is a reserved keyword; reserved keyword: …',
    }),
    row(
      '#n = b',
      'An expression attribute name used in the document path is not defined; attribute name: #n',
    ),
    row(
      'a = :v',
      'An expression attribute value used in expression is not defined; attribute value: :v',
    ),
    row('f(a)', 'Invalid function name; function: f'),
    row('Size(a) = b', 'Invalid function name; function: Size', {
      source: '3.2',
      quote: 'Invalid function name; function: …',
    }),
    row('((a = b))', 'The expression has redundant parentheses;'),
  ]),
  projection('a, Table', 'Attribute name is a reserved keyword; reserved keyword: Table', {
    quote: 'Attribute name is a reserved keyword; reserved keyword: …',
  }),
  projection(
    'a.#n',
    'An expression attribute name used in the document path is not defined; attribute name: #n',
  ),
  update('SET a = f(b)', 'Invalid function name; function: f'),
  update('REMOVE a.size', 'Attribute name is a reserved keyword; reserved keyword: size', {
    quote: 'Attribute name is a reserved keyword; reserved keyword: …',
  }),
  update(
    'SET #n = a',
    'An expression attribute name used in the document path is not defined; attribute name: #n',
  ),
  update(
    'ADD a :v',
    'An expression attribute value used in expression is not defined; attribute value: :v',
  ),
  keyCondition(
    'pk = :v',
    'An expression attribute value used in expression is not defined; attribute value: :v',
  ),
  keyCondition('((pk = :v))', 'The expression has redundant parentheses;', values(':v')),
  condition('size(a)', `${functionUse}size`, { quote: `${functionUse}…` }),
  condition('attribute_exists(a) = b', `${functionUse}attribute_exists`, {
    quote: `${functionUse}…`,
  }),
  update('SET a = if_not_exists(b, list_append(c, d))', `${functionUse}list_append`, {
    source: '3.3',
  }),
  condition(
    'attribute_exists(a, b)',
    'Incorrect number of operands for operator or function; operator or function: ' +
      'attribute_exists, number of operands: 2',
    {
      quote:
        'Incorrect number of operands for operator or function; operator or function: …, ' +
        'number of operands: …',
    },
  ),
  update(
    'SET a = list_append(b)',
    'Incorrect number of operands for operator or function; operator or function: ' +
      'list_append, number of operands: 1',
    {
      quote:
        'Incorrect number of operands for operator or function; operator or function: …, ' +
        'number of operands: …',
    },
  ),
  condition('begins_with(a, :v)', `${operandType}begins_with, operand type: N`, {
    quote: `${operandType}…, operand type: …`,
    ...values(':v'),
  }),
  condition('a < :v', `${operandType}<, operand type: BOOL`, {
    source: '3.4, 3.5',
    quote: `${operandType}…, operand type: …`,
    values: { ':v': { BOOL: true } },
  }),
  condition('size(:v) = a', `${operandType}size, operand type: N`, {
    source: '3.4, 3.5',
    quote: `${operandType}…, operand type: …`,
    ...values(':v'),
  }),
  update('SET a = b + :v', `${operandType}+, operand type: S`, {
    quote: `${operandType}…, operand type: …`,
    values: { ':v': text },
  }),
  update('SET a = list_append(b, :v)', `${operandType}list_append, operand type: S`, {
    quote: `${operandType}…, operand type: …`,
    values: { ':v': text },
  }),
  update(
    'ADD a :v',
    'Incorrect operand type for operator or function; operator: ADD, operand type: STRING',
    {
      quote: 'Incorrect operand type … ; operator: ADD, operand type: STRING',
      values: { ':v': text },
    },
  ),
  update(
    'DELETE a :v',
    'Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER',
    { quote: '; operator: …, operand type: …', ...values(':v') },
  ),
  condition('attribute_exists(:v)', `${pathRequired}attribute_exists`, {
    quote: `${pathRequired}…`,
    ...values(':v'),
  }),
  update('SET a = if_not_exists(:v, :v)', `${pathRequired}if_not_exists`, {
    quote: `${pathRequired}…`,
    ...values(':v'),
  }),
  condition(
    'attribute_type(a, :v)',
    'Invalid attribute type name found; type: X, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}',
    { values: { ':v': { S: 'X' } } },
  ),
  condition(
    'contains(a, a)',
    'The first operand must be distinct from the remaining operands for this operator or ' +
      'function; operator: contains, first operand: [a]',
  ),
  condition(
    'a[0].b = a[0].b',
    'The first operand must be distinct from the remaining operands for this operator or ' +
      'function; operator: =, first operand: [a, [0], b]',
    {
      quote:
        'The first operand must be distinct from the remaining operands for this operator or ' +
        'function; operator: …, first operand: …',
    },
  ),
  condition(
    'a BETWEEN :a AND :b',
    'The BETWEEN operator requires same data type for lower and upper bounds; ' +
      'lower bound operand: AttributeValue: {N:1}, upper bound operand: AttributeValue: {S:x}',
    { values: { ':a': number, ':b': text } },
  ),
  condition(
    'a BETWEEN :a AND :b',
    'The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ' +
      'lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}',
    {
      quote:
        'The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ' +
        'lower bound operand: …, upper bound operand: …',
      values: { ':a': { N: '2' }, ':b': number },
    },
  ),
  update('SET a = b SET c = d', 'The "SET" section can only be used once in an update expression;'),
  update('REMOVE a.b[0], a', overlap()),
  projection('a.b[0], a', overlap()),
  projection('b, #b', overlap('[b]', '[b]'), {
    quote:
      'Two document paths overlap with each other; must remove or rewrite one of these paths;…',
    names: { '#b': 'b' },
  }),
  update('REMOVE a[0], a.b', conflict()),
  projection('a[0], a.b', conflict()),
]

function overlap(one = '[a, b, [0]]', two = '[a]'): string {
  return (
    'Two document paths overlap with each other; must remove or rewrite one of these paths; ' +
    `path one: ${one}, path two: ${two}`
  )
}

function conflict(): string {
  return (
    'Two document paths conflict with each other; must remove or rewrite one of these paths; ' +
    'path one: [a, [0]], path two: [a, b]'
  )
}

/** Section 3.5, "Without prefix". */
function bare(
  operation: string,
  request: object,
  message: string,
  quote: string = message,
): ValidationText {
  return {
    source: '3.5',
    quote,
    operation,
    request: { TableName, ...request },
    expected: validation(message),
  }
}

const onlyWith = 'ExpressionAttributeValues can only be specified when using expressions'
const ConditionExpression = 'attribute_exists(a)'
const given = { ':v': number }
const noAttribute = { ExpressionAttributeNames: { '#a': 'a' } }

const noDatatype =
  'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'
const newerDuplicates = `${invalidValues}Input collection contains duplicates.`

/** A put with the value of an expression that is refused as `message`. */
function ofValue(value: object, message: string): ValidationText {
  return bare(
    'PutItem',
    { Item: Key, ConditionExpression: 'a = :k', ExpressionAttributeValues: { ':k': value } },
    `ExpressionAttributeValues contains invalid value: ${message} for key :k`,
    'ExpressionAttributeValues contains invalid value: … for key :k',
  )
}

const isWrite = (operation: string): boolean =>
  operation.endsWith('Item') && operation !== 'GetItem'

const substitutionFaults: ValidationText[] = [
  enveloped(
    bare(
      'PutItem',
      { Item: Key, ConditionExpression, ...noAttribute },
      'Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}',
    ),
  ),
  enveloped(
    bare(
      'DeleteItem',
      { Key, ConditionExpression, ExpressionAttributeValues: { ':a': number } },
      'Value provided in ExpressionAttributeValues unused in expressions: keys: {:a}',
      'ExpressionAttributeValues … {:a}',
    ),
  ),
  bare(
    'GetItem',
    { Key, ProjectionExpression: 'a', ...noAttribute },
    'Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}',
  ),
  ...[{}, { ConditionExpression: 'a x b' }].map((more) =>
    enveloped(
      bare(
        'PutItem',
        { Item: Key, ConditionExpression, ...more, ExpressionAttributeNames: {} },
        'ExpressionAttributeNames must not be empty',
      ),
    ),
  ),
  enveloped(
    bare(
      'PutItem',
      { Item: Key, ConditionExpression, ExpressionAttributeValues: {} },
      'ExpressionAttributeValues must not be empty',
    ),
  ),
  bare(
    'PutItem',
    { Item: Key, ConditionExpression, ExpressionAttributeNames: { x: 'a' } },
    'ExpressionAttributeNames contains invalid key: Syntax error; key: "x"',
  ),
  bare(
    'PutItem',
    { Item: Key, ConditionExpression, ExpressionAttributeValues: { x: number } },
    'ExpressionAttributeValues contains invalid key: Syntax error; key: "x"',
  ),
  bare(
    'PutItem',
    { Item: Key, ConditionExpression, ExpressionAttributeNames: { '#é': 'a' } },
    'ExpressionAttributeNames contains invalid key: Syntax error; key: "#é"',
    'ExpressionAttributeNames contains invalid key: Syntax error; key: "…"',
  ),
  ofValue({}, noDatatype),
  ...[
    [{ N: 'abc' }, 'The parameter cannot be converted to a numeric value: abc'],
    [{ NS: ['1', '1'] }, 'Input collection contains duplicates', newerDuplicates],
  ].map(([value, message, newer = message]) =>
    enveloped(ofValue(value as object, message as string), newer as string),
  ),
  ...[
    [{ SS: [] }, `${invalidValues}An string set  may not be empty`],
    [{ NULL: false }, `${invalidValues}Null attribute value types must have the value of true`],
  ].map(([value, message]) => enveloped(ofValue(value as object, message as string))),
  ...(
    [
      ['PutItem', { Item: Key }],
      ['DeleteItem', { Key }],
      ['UpdateItem', { Key }],
      ['GetItem', { Key }],
      ['Scan', {}],
      ['Query', {}],
    ] as const
  ).map(([operation, request]) => {
    const row = bare(
      operation,
      { ...request, ...noAttribute },
      'ExpressionAttributeNames can only be specified when using expressions',
    )
    return isWrite(operation) ? enveloped({ ...row, source: '3.5, validation-2026 A1' }) : row
  }),
  ...(
    [
      ['PutItem', { Item: Key }, 'ConditionExpression is null'],
      ['DeleteItem', { Key }, 'ConditionExpression is null'],
      ['UpdateItem', { Key }, 'UpdateExpression and ConditionExpression are null'],
      ['Scan', {}, 'FilterExpression is null'],
      ['Scan', { ProjectionExpression: 'a' }, 'FilterExpression is null'],
      ['Query', {}, 'FilterExpression and KeyConditionExpression are null'],
    ] as const
  ).map(([operation, request, absent]) => {
    const row = bare(
      operation,
      { ...request, ExpressionAttributeValues: given },
      `${onlyWith}: ${absent}`,
      operation === 'PutItem' ? `${onlyWith}: ${absent}` : absent,
    )
    return isWrite(operation) ? enveloped(row, onlyWith) : row
  }),
  enveloped(
    bare(
      'PutItem',
      { Item: Key, Expected: {}, ConditionExpression },
      'Can not use both expression and non-expression parameters in the same request: ' +
        'Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}',
    ),
  ),
  enveloped(
    bare(
      'UpdateItem',
      {
        Key,
        AttributeUpdates: {},
        Expected: {},
        ConditionExpression,
        UpdateExpression: 'REMOVE a',
      },
      'Can not use both expression and non-expression parameters in the same request: ' +
        'Non-expression parameters: {AttributeUpdates, Expected} ' +
        'Expression parameters: {UpdateExpression, ConditionExpression}',
      'Can not use both expression and non-expression parameters in the same request: ' +
        'Non-expression parameters: {…} Expression parameters: {…}',
    ),
  ),
  bare(
    'GetItem',
    { Key, AttributesToGet: ['a'], ProjectionExpression: 'a' },
    'Can not use both expression and non-expression parameters in the same request: ' +
      'Non-expression parameters: {AttributesToGet} Expression parameters: {ProjectionExpression}',
    'Can not use both expression and non-expression parameters in the same request: ' +
      'Non-expression parameters: {…} Expression parameters: {…}',
  ),
]

/** Sections 3.1 to 3.5, as far as an expression and its substitutions alone decide. */
export const validationTextsOfExpressions: readonly ValidationText[] = [
  ...limits,
  ...syntaxErrors,
  ...faults,
  ...substitutionFaults,
]
