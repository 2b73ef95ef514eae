import {
  given,
  malformed,
  notNumeric,
  overflow,
  prepared,
  statementRow as row,
  where,
} from './statementRow.ts'
import {
  constraint,
  index,
  invalidValues,
  keySchema,
  noResource,
  validation,
  type ExpectedError,
  type ValidationText,
} from './validationTextRow.ts'

/* Which of several faults a statement is told of, and what comes before all that it asks for. */

const empty = given({ N: '' })
const wrongCount = validation("Number of parameters in request and statement don't match.")
const limit = constraint("'0'", 'limit', 'Member must have value greater than or equal to 1')
const noParameters = constraint(
  "'[]'",
  'parameters',
  'Member must have length greater than or equal to 1',
)
const emptyPart = validation('Path component cannot be an empty string')
const operand = validation(
  'Incorrect operand type for operator or function; ' +
    'operator or function: <, operand type: BOOL',
)

/** Members, syntax, parameters and literals, what needs no table, the table, its keys and indexes. */
const ofOrder: readonly ValidationText[] = (
  [
    ['hello', limit, { Limit: 0 }],
    ['hello', noParameters, given()],
    ['SELECT * FROM Absent WHERE', malformed('Unexpected term'), empty],
    ['SELECT * FROM Absent WHERE a = ? AND b = ?', wrongCount, empty],
    ['SELECT * FROM Absent WHERE a = ?', validation(notNumeric), empty],
    ['SELECT * FROM Absent WHERE a < true AND b = ?', validation(notNumeric), empty],
    ['SELECT * FROM Absent WHERE a = 1e126', validation(`${overflow} under root`), {}],
    ['SELECT * FROM "" WHERE a = 1e126', validation(`${overflow} under root`), {}],
    ['UPDATE Absent SET a = ?', validation(notNumeric), empty],
    ["UPDATE Absent SET a = 1 WHERE pk = 'a' AND b < true", operand, {}],
    ["DELETE FROM Absent WHERE pk = 'a' AND b < true", operand, {}],
    ['UPDATE "" SET a = 1', emptyPart, {}],
    ['DELETE FROM ""."byX"', emptyPart, {}],
    ["INSERT INTO \"\" VALUE {'pk': 'a'}", emptyPart, {}],
    ['UPDATE Absent SET a = 1', noResource, {}],
    ['DELETE FROM Absent', noResource, {}],
    ['INSERT INTO Absent VALUE {}', noResource, {}],
    ['SELECT * FROM Absent ORDER BY a', noResource, {}],
    ['SELECT * FROM Absent', noResource, { NextToken: 'AAAA' }],
    ['SELECT * FROM Absent.byX', noResource, { ConsistentRead: true }],
  ] as const
).map(([statement, expected, more]) => row(5, statement, expected, more))

const severalTable = {
  TableName: 'Several',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: ['pk', 'a', 'b'].map((AttributeName) => ({
    AttributeName,
    AttributeType: 'S',
  })),
  KeySchema: keySchema(['pk']),
  GlobalSecondaryIndexes: [
    {
      ...index('byAB', ['a'], { ProjectionType: 'KEYS_ONLY' }),
      KeySchema: ['a', 'b'].map((AttributeName) => ({ AttributeName, KeyType: 'HASH' })),
    },
    {
      ...index('byRange', ['pk'], { ProjectionType: 'ALL' }),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        ...['a', 'b'].map((AttributeName) => ({ AttributeName, KeyType: 'RANGE' })),
      ],
    },
  ],
}

const several = validation(
  'PartiQL statements cannot be executed on tables with multi-attribute HASH keys or ' +
    'multi-attribute RANGE keys.',
)

const onSeveral = (statement: string, expected: ExpectedError, more: object = {}): ValidationText =>
  prepared(row(3, statement, expected, more), ['CreateTable', severalTable])

/** What an index with several HASH or several RANGE attributes is refused for, and when. */
const ofSeveralKeys: readonly ValidationText[] = [
  ...[
    "SELECT * FROM Several.byAB WHERE a = 'x'",
    'SELECT * FROM Several.byRange',
    'SELECT COUNT(*) FROM Several.byAB',
    'SELECT COUNT(*) FROM Several.byRange LIMIT 1',
    'SELECT * FROM Several.byAB AS s',
    'SELECT * FROM Several.byAB WHERE f(a)',
    'SELECT * FROM Several.byAB WHERE a = 1 AND b = 2',
    'SELECT other FROM Several.byAB ORDER BY other',
  ].map((statement) => onSeveral(statement, several)),
  onSeveral('SELECT * FROM Several.byAB', several, { ConsistentRead: true }),
  onSeveral('SELECT * FROM Several.byAB', several, { NextToken: 'AAAA' }),
  onSeveral('SELECT COUNT(*) FROM Several.byAB WHERE a = ?', several, given({ S: 'x' })),
  onSeveral('SELECT COUNT(*) FROM Several.byAB WHERE', malformed('Unexpected term')),
  onSeveral('SELECT * FROM Several.byAB WHERE a = 1e126', validation(`${overflow} under root`)),
  onSeveral(
    'SELECT COUNT(*) FROM Several.byAB WHERE a = 1e126',
    validation(`${overflow} under root`),
  ),
  onSeveral(
    'SELECT * FROM Several.byAB WHERE a = <<>>',
    validation('Empty bags are not supported'),
  ),
  onSeveral('SELECT * FROM Several.byAB WHERE a = ?', wrongCount),
  onSeveral('SELECT COUNT(*) FROM Several.byAB WHERE a = ?', validation(notNumeric), empty),
  onSeveral('SELECT * FROM Several.byAB WHERE a < true', operand),
  onSeveral('SELECT COUNT(*) FROM Several.byA', validation('Unexpected path component at 1:8:5')),
  onSeveral('SELECT COUNT(*) FROM Several', validation('Unexpected path component at 1:8:5')),
  onSeveral(
    'SELECT COUNT(*) FROM Several.byA WHERE a = ? AND b = 1e126',
    validation('Unexpected path component at 1:8:5'),
    empty,
  ),
  onSeveral(
    'SELECT COUNT(*) FROM "arn:aws:sqs:us-east-1:1:q".byAB',
    validation('Unexpected path component at 1:8:5'),
  ),
]

const capacity = constraint(
  "'SOME'",
  'returnConsumedCapacity',
  'Member must satisfy enum value set: [INDEXES, TOTAL, NONE]',
)

const ofMembers: readonly ValidationText[] = [
  ...[
    'SELECT "" FROM Simple',
    'SELECT a."" FROM Absent',
    where('"" = 1'),
    where('a."" IS MISSING'),
    'UPDATE Simple SET "" = 1 WHERE pk = \'a\'',
    'UPDATE Simple SET m."" = set_add(m."", <<\'x\'>>) WHERE pk = \'a\'',
    'UPDATE Simple REMOVE m[0]."" WHERE pk = \'a\'',
    "UPDATE Simple SET a = {'': 1} WHERE pk = 'a'",
    "INSERT INTO Simple VALUE {'pk': 'a', '': 1}",
  ].map((statement) => row(10, statement, validation(`${invalidValues}Empty attribute name`))),
  row(8, where("pk = 'a'"), capacity, { ReturnConsumedCapacity: 'SOME' }),
]

export const validationTextsOfStatementOrder: readonly ValidationText[] = [
  ...ofOrder,
  ...ofSeveralKeys,
  ...ofMembers,
]
