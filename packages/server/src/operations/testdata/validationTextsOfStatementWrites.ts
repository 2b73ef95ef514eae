import {
  given,
  notNumeric,
  notWellFormed,
  overflow,
  prepared,
  statementRow as row,
  where,
} from './statementRow.ts'
import {
  cancelledFor,
  constraint,
  validation,
  type ExpectedError,
  type PreparingCall,
  type ValidationText,
} from './validationTextRow.ts'

/* The texts of statements that write, of batches and of transactions. */

const insert: PreparingCall = [
  'PutItem',
  { TableName: 'Simple', Item: { pk: { S: 'a' }, n: { N: '1' }, s: { S: 'x' } } },
]
const conditionFailed: ExpectedError = {
  __type: 'ConditionalCheckFailedException',
  message: 'The conditional request failed',
}
const incorrectType = 'An operand in the update expression has an incorrect data type'
const large = { S: 'x'.repeat(409_600) }

const ofWrites: readonly ValidationText[] = [
  prepared(
    row(4, "INSERT INTO Simple VALUE {'pk': 'a'}", {
      __type: 'DuplicateItemException',
      message: 'Duplicate primary key exists in table',
    }),
    insert,
  ),
  ...[
    "UPDATE Ranged SET a = 1 WHERE pk = 'a'",
    "DELETE FROM Ranged WHERE pk = 'a' AND sk > 'b'",
  ].map((statement) =>
    row(
      4,
      statement,
      validation('Where clause does not contain a mandatory equality on all key attributes'),
    ),
  ),
  row(
    4,
    'UPDATE Simple SET a = 1',
    validation('Where clause does not contain a mandatory equality on all key attributes'),
  ),
  row(4, "UPDATE Simple SET a = 1 WHERE pk = 'a'", conditionFailed),
  row(4, "UPDATE Simple SET a = 1 WHERE pk = 'a' AND attribute_not_exists(pk)", conditionFailed),
  prepared(
    row(
      4,
      "DELETE FROM Simple WHERE pk = 'a' AND n > 1",
      { ...conditionFailed, Item: { pk: { S: 'a' }, n: { N: '1' }, s: { S: 'x' } } },
      { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' },
    ),
    insert,
  ),
  prepared(row(4, "DELETE FROM Simple WHERE pk = 'a' AND n > 1", conditionFailed), insert),
  prepared(
    row(
      4,
      "UPDATE Simple SET n = 2 WHERE pk = 'a' AND n > 1",
      { ...conditionFailed, Item: { pk: { S: 'a' }, n: { N: '1' }, s: { S: 'x' } } },
      { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' },
    ),
    insert,
  ),
  row(
    4,
    "INSERT INTO Simple VALUE {'pk': 'a', 'b': ?}",
    validation('Item size has exceeded the maximum allowed size'),
    given(large),
  ),
  prepared(
    row(
      4,
      "UPDATE Simple SET b = ? WHERE pk = 'a'",
      validation('Item size to update has exceeded the maximum allowed size'),
      given(large),
    ),
    insert,
  ),
  prepared(
    row(
      4,
      "UPDATE Simple SET m.a.b = 1 WHERE pk = 'a'",
      validation('The document path provided in the update expression is invalid for update'),
    ),
    insert,
  ),
  row(
    4,
    "UPDATE Simple SET s = set_add(t, <<'x'>>) WHERE pk = 'a'",
    validation('The first argument to SET_ADD must equal the assignment value at 1:23:7'),
  ),
  row(
    4,
    "UPDATE Simple SET s = SET_DELETE('t', <<'x'>>) WHERE pk = 'a'",
    validation('The first argument to SET_DELETE must equal the assignment value at 1:23:10'),
  ),
  row(
    4,
    "UPDATE Simple SET s = set_add(s, 'x') WHERE pk = 'a'",
    validation('The second argument to SET_ADD must be a value with type SET at 1:31:1'),
  ),
  row(
    4,
    "UPDATE Simple SET s = set_delete(s, ?) WHERE pk = 'a'",
    validation('The second argument to SET_DELETE must be a value with type SET at 1:34:1'),
    given({ L: [] }),
  ),
  row(
    4,
    "UPDATE Simple SET s = set_add(s) WHERE pk = 'a'",
    validation('SET_ADD must have exactly two arguments at 1:23:7'),
  ),
  ...['set_add', 'set_delete'].map((name) =>
    prepared(
      row(4, `UPDATE Simple SET s = ${name}(s, <<'x'>>) WHERE pk = 'a'`, validation(incorrectType)),
      insert,
    ),
  ),
  row(4, where("set_add(s, <<'x'>>)"), validation('Unrecognized function: set_add at 1:28:7')),
  row(
    4,
    "INSERT INTO Simple VALUE {'pk': 'a', 's': set_add(s, <<'x'>>)}",
    validation('Unsupported data type: set_add under key root at 1:43:7'),
  ),
  ...['MODIFIED OLD', 'ALL NEW', 'MODIFIED NEW'].map((which) =>
    row(
      4,
      `DELETE FROM Simple WHERE pk = 'a' RETURNING ${which} *`,
      validation(
        `Invalid returning clause: RETURNING ${which} *. ` +
          'Only RETURNING ALL OLD * is allowed in DELETE statements.',
      ),
    ),
  ),
  ...["attribute_exists('ss')", 'attribute_exists(?)'].map((condition) =>
    row(
      4,
      where(condition),
      validation(
        'Operator or function requires a document path; operator or function: attribute_exists',
      ),
      condition.includes('?') ? given({ S: 'ss' }) : {},
    ),
  ),
  ...(
    [
      ['attribute_exists()', 0],
      ['attribute_exists(a, b)', 2],
    ] as const
  ).map(([condition, count]) =>
    row(
      4,
      where(condition),
      validation(
        'Incorrect number of operands for operator or function; ' +
          `operator or function: attribute_exists, number of operands: ${count}`,
      ),
    ),
  ),
]

/** A row about a batch. */
function batched(statements: readonly object[], expected: ExpectedError): ValidationText {
  const quote = String(expected['message'])
  const request = { Statements: statements }
  return { source: 'partiql 6', quote, operation: 'BatchExecuteStatement', request, expected }
}

const read = (pk: string): object => ({ Statement: where(`pk = '${pk}'`) })
const removal = (pk: string): object => ({ Statement: `DELETE FROM Simple WHERE pk = '${pk}'` })

const deep = `${'['.repeat(32)}1${']'.repeat(32)}`
const nesting =
  'Nesting Levels have exceeded supported limits: ' +
  'Attributes in the item have nested levels beyond supported limit'

const ofBatches: readonly ValidationText[] = [
  batched(
    [],
    constraint("'[]'", 'statements', 'Member must have length greater than or equal to 1'),
  ),
  batched(
    [read('a'), { Statement: 'SELECT' }, removal('b')],
    validation('Read and write requests together in the same batch is not supported.'),
  ),
  ...[
    [read('a'), read('a')],
    [removal('a'), removal('b'), removal('a')],
  ].map((statements) =>
    batched(statements, validation('Provided list of item keys contains duplicates')),
  ),
]

const duplicateReason = { Code: 'DuplicateItem', Message: 'Duplicate primary key exists in table' }

/** A row about a transaction. */
function transacted(statements: readonly object[], expected: ExpectedError): ValidationText {
  const quote = String(expected['message'] ?? expected['Message'])
  const request = { TransactStatements: statements }
  return { source: 'partiql 7', quote, operation: 'ExecuteTransaction', request, expected }
}

const inStatement = (position: number, text: string): ExpectedError =>
  validation(`Validation failed in TransactStatements[${position}]: ${text}`)

const tokenRow = (token: string, text: string): ValidationText => {
  const expected = constraint(`'${token}'`, 'clientRequestToken', text)
  const without = transacted([removal('a')], expected)
  return { ...without, request: { ...without.request, ClientRequestToken: token } }
}

const ofTransactions: readonly ValidationText[] = [
  tokenRow('', 'Member must have length greater than or equal to 1'),
  tokenRow('x'.repeat(37), 'Member must have length less than or equal to 36'),
  transacted(
    [removal('a'), { Statement: 'SELECT' }],
    inStatement(1, `${notWellFormed}Unexpected term`),
  ),
  transacted(
    [{ Statement: "DELETE FROM Simple WHERE pk = 'a' RETURNING ALL OLD *" }],
    inStatement(0, 'RETURNING clause is not supported in ExecuteTransaction.'),
  ),
  transacted(
    [{ Statement: "SELECT * FROM Indexed.byG WHERE g = 'a'" }],
    inStatement(0, 'Reads on indices are not supported within transactions.'),
  ),
  ...["pk = 'a' AND b = 1", 'b = 1'].map((condition) =>
    transacted(
      [read('x'), { Statement: where(condition) }],
      inStatement(
        1,
        'Select statements within ExecuteTransaction must specify the primary key in the where ' +
          'clause.',
      ),
    ),
  ),
  ...["pk = 'a'", 'b = 1'].map((condition) =>
    transacted(
      [removal('x'), { Statement: `EXISTS(${where(condition)})` }],
      inStatement(1, 'EXISTS() must contain a single item read with additional condition'),
    ),
  ),
  transacted(
    [read('a'), removal('b')],
    validation(
      'ExecuteTransaction API does not support both read and write operations in the same request.',
    ),
  ),
  transacted(
    [removal('a'), removal('a')],
    validation('Transaction request cannot include multiple operations on one item'),
  ),
  transacted(
    [read('a'), { Statement: `EXISTS(${where("pk = 'b' AND c = 1")})` }],
    validation(
      'ExecuteTransaction API does not support both read and write operations in the same request.',
    ),
  ),
  transacted(
    [read('a'), read('a')],
    validation('Transaction request cannot include multiple operations on one item'),
  ),
  transacted([{ Statement: where('pk = 1e126') }], validation(`${overflow} under root`)),
  transacted([{ Statement: where(`pk = ${deep}`) }], validation(nesting)),
  transacted([{ Statement: where('pk = ?'), Parameters: [{ N: '' }] }], validation(notNumeric)),
  prepared(
    transacted(
      [removal('b'), { Statement: "INSERT INTO Simple VALUE {'pk': 'a'}" }],
      cancelledFor([{ Code: 'None' }, duplicateReason]),
    ),
    insert,
  ),
]

export const validationTextsOfStatementWrites: readonly ValidationText[] = [
  ...ofWrites,
  ...ofBatches,
  ...ofTransactions,
]
