import {
  given,
  malformed,
  notNumeric,
  overflow,
  statementRow as row,
  where,
} from './statementRow.ts'
import {
  constraint,
  invalidValues,
  nested,
  noResource,
  validation,
  type ValidationText,
} from './validationTextRow.ts'

/* The texts of statements that read, and of what is no statement. */

const underflow =
  'Number underflow. Attempting to store a number with magnitude smaller than supported range'
const nesting =
  'Nesting Levels have exceeded supported limits: ' +
  'Attributes in the item have nested levels beyond supported limit'
const deep = `${'['.repeat(32)}1${']'.repeat(32)}`
const emptyKeyValue =
  'One or more parameter values are not valid. The AttributeValue for a key attribute cannot ' +
  'contain an empty string value. Key: pk'

const ofValues: readonly ValidationText[] = [
  row(2, where('a = <<>>'), validation('Empty bags are not supported')),
  row(
    2,
    where("a = <<'x', 'x'>>"),
    validation(`${invalidValues}Input collection [x, x] contains duplicates.`),
  ),
  row(
    2,
    where('a = <<1, 1.0>>'),
    validation(`${invalidValues}Input collection [1, 1] contains duplicates.`),
  ),
  row(
    2,
    where('a = 1'),
    constraint("'[]'", 'parameters', 'Member must have length greater than or equal to 1'),
    given(),
  ),
  row(2, where('a = ?'), validation("Number of parameters in request and statement don't match.")),
  row(
    2,
    where('a = ?'),
    validation("Number of parameters in request and statement don't match."),
    given({ S: 'a' }, { S: 'b' }),
  ),
  row(2, where('a = 1e99999999999'), malformed('')),
  row(2, where('a = 1.5e-2147483647'), malformed('')),
  row(2, where('a = 1e126'), validation(`${overflow} under root`)),
  row(2, where('a = 1e-131'), validation(`${underflow} under root`)),
  row(
    2,
    where(`a = ${'9'.repeat(39)}`),
    validation('Attempting to store more than 38 significant digits in a Number under root'),
  ),
  row(2, where("a = {'x': 1e126}"), validation(`${overflow} under root.x`)),
  row(2, where('a = [1, 1e126]'), validation(`${overflow} under root[1]`)),
  row(2, where("a = [{'x': [0, -1e126]}]"), validation(`${overflow} under root[0].x[1]`)),
  row(2, "INSERT INTO Simple VALUE {'pk': 'a', 'n': 1e126}", validation(`${overflow} under root`)),
  row(2, where('a = ?'), validation(`${notNumeric}: 1e99999999999`), given({ N: '1e99999999999' })),
  row(2, where('a = ?'), validation(notNumeric), given({ N: '' })),
  row(2, where('a = ?'), validation(underflow), given({ N: '1e2147483647' })),
  row(2, where('a = ?'), validation(overflow), given({ N: '1e126' })),
  row(2, where('a = ?'), validation(underflow), given({ N: '1e-131' })),
  row(
    2,
    where('a = ?'),
    validation('Attempting to store more than 38 significant digits in a Number'),
    given({ N: '9'.repeat(39) }),
  ),
  row(2, where(`a = ${deep}`), validation(nesting)),
  row(2, where('a = ?'), validation(nesting), given(nested(33))),
  row(2, where('a = ? AND b = 1e126'), validation(notNumeric), given({ N: '' })),
  row(2, where('b = 1e126 AND a = ?'), validation(`${overflow} under root`), given({ N: '' })),
  row(2, where('b = 1e126 AND a = [1e-131]'), validation(`${overflow} under root`)),
  row(
    2,
    "FROM Simple WHERE pk = 'a' AND b = 1e126 SET a = 1e-131",
    validation(`${overflow} under root`),
  ),
  row(2, where(`b = ${deep} AND a = ?`), validation(nesting), given({ N: '' })),
  row(
    2,
    where('a = <<?>> AND pk = 1'),
    validation('Unsupported data type: Bag under key root at 1:32:2'),
    given({ L: [] }),
  ),
  row(
    2,
    'INSERT INTO Simple VALUE ?',
    validation('Unsupported data type: S under key root at 1:13:6'),
    given({ S: 'a' }),
  ),
]

const like = 'Unsupported operation: Like'
const ofReads: readonly ValidationText[] = [
  row(
    3,
    where("pk = '1'"),
    constraint("'0'", 'limit', 'Member must have value greater than or equal to 1'),
    { Limit: 0 },
  ),
  row(3, where("pk = 'a'"), validation('Invalid NextToken'), { NextToken: 'AAAA' }),
  row(3, 'SELECT * FROM Simple', validation('Invalid NextToken'), { NextToken: '?' }),
  row(3, "DELETE FROM Simple WHERE pk = 'a'", validation('NextToken does not match request'), {
    NextToken: 'AAAA',
  }),
  row(
    3,
    'SELECT * FROM Simple ORDER BY pk',
    validation('Must have WHERE clause in the statement when using ORDER BY clause.'),
  ),
  row(
    3,
    "SELECT * FROM Simple WHERE a = 'x' ORDER BY pk",
    validation(
      'Must have at least one non-optional hash key condition in WHERE clause when using ' +
        'ORDER BY clause.',
    ),
  ),
  row(
    3,
    "SELECT * FROM Ranged WHERE pk = 'x' ORDER BY a",
    validation('Attribute a in ORDER BY clause must be part of the primary key'),
  ),
  row(
    3,
    "SELECT * FROM Ranged WHERE pk IN ['x', 'y'] ORDER BY sk",
    validation(
      'Must have hash key in ORDER BY clause when more than one hash key condition specified ' +
        'in WHERE clause.',
    ),
  ),
  ...[
    "pk = 'a' AND (sk = 'b' OR v = 1)",
    "(pk = 'a' AND sk = 'b') OR (pk = 'a' AND v = 1)",
    "(pk = 'a' AND sk = 'b') OR (pk IN ['c', 'a'] AND v = 1)",
  ].map((condition) =>
    row(
      3,
      `SELECT * FROM Ranged WHERE ${condition}`,
      validation('Overlapping conditions with range keys are not supported in where clause'),
    ),
  ),
  row(
    3,
    where(`pk IN (${Array.from({ length: 51 }, (_, i) => `'${i}'`).join()})`),
    validation(
      'Incorrect number of operands for operator or function; ' +
        'operator or function: IN, number of operands: 51',
    ),
  ),
  row(
    3,
    where(`a IN (${Array.from({ length: 101 }, (_, i) => `'${i}'`).join()})`),
    validation(
      'Incorrect number of operands for operator or function; ' +
        'operator or function: IN, number of operands: 101',
    ),
  ),
  ...(
    [
      ['a < true', '<', 'BOOL'],
      ['a >= null', '>=', 'NULL'],
      ['a > [1]', '>', 'L'],
      ["a <= {'b': 1}", '<=', 'M'],
      ["a < <<'b'>>", '<', 'SS'],
      ['a < <<1>>', '<', 'NS'],
      ['a BETWEEN true AND false', 'BETWEEN', 'BOOL'],
    ] as const
  ).map(([condition, operator, type]) =>
    row(
      3,
      `SELECT * FROM Absent WHERE ${condition}`,
      validation(
        'Incorrect operand type for operator or function; ' +
          `operator or function: ${operator}, operand type: ${type}`,
      ),
    ),
  ),
  row(
    3,
    where('a < ?'),
    validation(
      'Incorrect operand type for operator or function; operator or function: <, operand type: BS',
    ),
    given({ BS: ['AA=='] }),
  ),
  row(3, where("pk = ''"), validation(emptyKeyValue)),
  row(
    10,
    where('pk = 1'),
    validation(`${invalidValues}Condition parameter type does not match schema type`),
  ),
  row(10, where("a LIKE 'x'"), validation(like)),
  row(10, where('a = ? + 1'), validation('Unsupported operation: Plus'), given({ N: '1' })),
  row(10, where('a IN ?'), validation('Unsupported operation: InCollection'), given({ N: '1' })),
]

const ofIndexes: readonly ValidationText[] = [
  row(
    3,
    'SELECT * FROM Simple."Simple"',
    validation('The table does not have the specified index'),
  ),
  row(3, 'SELECT * FROM Simple.other', validation('The table does not have the specified index')),
  row(3, 'SELECT * FROM Absent.byX', noResource),
  row(
    3,
    "SELECT * FROM Indexed.byG WHERE g = 'x'",
    validation('Strongly consistent read is not supported on Global Secondary Indexes'),
    { ConsistentRead: true },
  ),
  row(
    3,
    "SELECT a FROM Indexed.byG WHERE g = 'x'",
    validation(`${invalidValues}Global secondary index byG does not project [a]`),
  ),
  ...(
    [
      ['byG', "g = 'x' AND a = 1", 'a'],
      ['byG', "g IN ['x', 'y'] AND a = 1 AND b = 2", 'a, b'],
      ['byL', "pk = 'x' AND a = 1", 'a'],
      ['byL', "pk IN ('x') AND NOT a = 1", 'a'],
    ] as const
  ).map(([name, condition, missing]) =>
    row(
      3,
      `SELECT * FROM Indexed.${name} WHERE ${condition}`,
      validation(
        `${invalidValues}Secondary index ${name} does not project one or more filter ` +
          `attributes: [${missing}]`,
      ),
    ),
  ),
  row(
    3,
    "DELETE FROM Absent.byX WHERE pk = 'a'",
    validation('This operation is not supported on an index'),
  ),
  row(
    3,
    "UPDATE Absent.byX SET a = 1 WHERE pk = 'a'",
    validation('This operation is not supported on an index'),
  ),
  row(
    3,
    'INSERT INTO "tencolum"."byX" VALUE {\'pk\': \'a\'}',
    validation(
      'FROM clause may only contain a single table name in data manipulation statements at 1:13:10',
    ),
  ),
  row(
    3,
    'SELECT * FROM a.b.c',
    validation('A path may contain at most 2 components in the FROM clause'),
  ),
  ...['""', '"Absent".""', '""."byX"'].map((name) =>
    row(3, `SELECT * FROM ${name}`, validation('Path component cannot be an empty string')),
  ),
]

const ofSyntax: readonly ValidationText[] = [
  ...(
    [
      ['hello', 'Expected data manipulation'],
      ['hello world', 'Expected data manipulation'],
      ["EXISTS(SELECT * FROM Simple WHERE pk = 'a' AND b = 1)", 'Expected data manipulation'],
      ["UPDATE Simple WHERE pk = 'a'", 'Expected data manipulation'],
      ['CREATE TABLE Other', 'Expected data manipulation'],
      ['DROP TABLE Simple', 'Expected data manipulation'],
      ['SELECT * FROM Simple, Ranged', 'Unexpected token after expression'],
      ['SELECT * FROM Simple JOIN Ranged ON a = b', 'Unexpected token after expression'],
      ['SELECT * FROM Simple GROUP BY a', 'Unexpected token after expression'],
      ["INSERT INTO Simple VALUE {'pk': 'a'} ON CONFLICT", 'Unexpected token after expression'],
      [where("pk = 'a')"), 'Unexpected token after expression'],
      [where("pk = 'a', 1"), 'Unexpected token after expression'],
      ["DELETE FROM Simple WHERE pk = 'a' ORDER BY pk", 'Unexpected token after expression'],
      ["SELECT * FROM Simple ORDER BY pk WHERE pk = 'a'", 'Unexpected token after expression'],
      ["INSERT INTO Simple AS s VALUE {'pk': 'a'}", 'Unexpected token after expression'],
      ["INSERT INTO Simple s VALUE {'pk': 'a'}", 'Unexpected token after expression'],
      ['INSERT INTO Simple (key, v) VALUES (?, ?)', 'Unexpected keyword'],
      ['INSERT INTO Simple', 'Unexpected term'],
      ["UPDATE Simple-Two SET a = 1 WHERE pk = 'a'", 'Expected data manipulation'],
      ["FROM Simple SET a = 1 WHERE pk = 'a'", 'Unexpected token after expression'],
      ["INSERT INTO Simple VALUE {'pk': 'a'} IF NOT EXISTS", 'Unexpected token after expression'],
      [
        'SELECT * FROM Simple; SELECT',
        'Unexpected token after semicolon. (Only one query is allowed.)',
      ],
      ['SELECT a', 'Expected FROM after SELECT list'],
      ['SELECT * FROM Simple WHERE', 'Unexpected term'],
      ['SELECT * FROM Simple WHERE;', 'Unexpected term'],
      ['SELECT * FROM Simple WHERE NOT', 'Unexpected term'],
      ['SELECT * FROM Simple WHERE (', 'Unexpected term'],
      ['SELECT * FROM', 'Unexpected term'],
      ['SELECT * FROM Simple AS', 'Unexpected term'],
      [
        "SELECT * FROM Simple WHERE pk = 'a' AND",
        'Missing right-hand side expression of infix operator',
      ],
      [
        "SELECT * FROM Simple WHERE pk = 'a' OR ",
        'Missing right-hand side expression of infix operator',
      ],
      ['SELECT * FROM Simple WHERE ORDER BY', 'Unexpected keyword'],
      ['SELECT * FROM Simple WHERE IS NULL', 'Unexpected operator'],
      ['SELECT * FROM Simple WHERE a = LIKE', 'Unexpected operator'],
      [where('a IS FOO'), 'Expected type name'],
      ['DELETE FROM', 'Expected identifier for simple path'],
      ['DELETE FROM;', 'Expected identifier for simple path'],
      ["DELETE FROM WHERE pk = 'a'", 'Expected identifier for simple path'],
      [where("a = 'b"), ''],
      ['SELECT * FROM "Simple', ''],
      ['SELECT * FROM Simple /* a', ''],
      ['SELECT # FROM Simple', ''],
      [where('a = 1e'), ''],
      [where('a = 1.2.3'), ''],
      [where(`${'('.repeat(300)}a = 1${')'.repeat(300)}`), ''],
      [where('m.inner = 1'), 'Invalid path dot component'],
    ] as const
  ).map(([statement, detail]) =>
    row(detail.startsWith('Invalid') ? 1 : 5, statement, malformed(detail)),
  ),
  ...[
    "SELECT * FROM Simple s WHERE pk = 'a'",
    "SELECT * FROM Simple AS s WHERE pk = 'a'",
    'SELECT a AS b FROM Simple',
    "UPDATE Simple s SET a = 1 WHERE pk = 'a'",
    "DELETE FROM Simple AS s WHERE pk = 'a'",
    "FROM Simple AS s WHERE pk = 'a' SET a = 1",
  ].map((statement) => row(5, statement, validation('Aliasing is not supported'))),
  row(5, 'SELECT COUNT(*) FROM Absent', validation('Unexpected path component at 1:8:5')),
  row(5, 'SELECT size(a) FROM Absent', validation('Unexpected path component at 1:8:4')),
  row(5, where('EXISTS(a)'), validation('Unrecognized function: exists at 1:28:6')),
  row(
    5,
    'SELECT *\n FROM Simple\n WHERE foo(a)',
    validation('Unrecognized function: foo at 3:8:3'),
  ),
  row(5, 'SELECT * FROM SimpleTable LIMIT 5', validation('Unsupported clause: LIMIT at 1:33:1')),
  row(10, "INSERT INTO Simple <<{'pk': 'a'}>>", validation('Unsupported operation: Insert')),
  row(5, 'a IS NULL', validation('Unsupported operation: IsType')),
]

export const validationTextsOfStatements: readonly ValidationText[] = [
  ...ofValues,
  ...ofReads,
  ...ofIndexes,
  ...ofSyntax,
]
