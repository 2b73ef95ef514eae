import type { Body, Fault } from './fault.ts'
import { envelope } from './layers.ts'
import { invalid, Refusal } from './refusal.ts'
import type { Select } from './selects.ts'
import type {
  BatchExecuteStatement,
  ExecuteStatement,
  ExecuteTransaction,
  ItemStatement,
} from './statements.ts'
import { itemStatementText } from './statementText.ts'
import { unreachable } from './unreachable.ts'

type Statements = Select | ExecuteStatement | BatchExecuteStatement | ExecuteTransaction

const notWellFormed = "Statement wasn't well formed, can't be processed: "
const tooShort = 'failed to satisfy constraint: Member must have length greater than or equal to 1'
const tooSmall = 'failed to satisfy constraint: Member must have value greater than or equal to 1'
const wrongCount = "Number of parameters in request and statement don't match."

/** Another statement in the place of a request's own, without parameters. */
const withText =
  (Statement: string) =>
  (body: Body): Body => {
    const { Parameters: _, ...others } = body
    return { ...others, Statement }
  }

const isOtherText = (name: string, Statement: string, text: string): Fault => ({
  name,
  spoil: withText(Statement),
  refusal: invalid(text),
})

/** Texts that are refused whatever is in the tables. */
const refusedTexts = (table: string): Fault[] => [
  isOtherText('no statement', 'SELECT', `${notWellFormed}Unexpected term`),
  isOtherText('another language', 'DROP TABLE t', `${notWellFormed}Expected data manipulation`),
  isOtherText('an open text', `SELECT * FROM ${table} WHERE pk = 'x`, notWellFormed),
  isOtherText('an alias', `SELECT * FROM ${table} AS t`, 'Aliasing is not supported'),
  isOtherText(
    'an unknown function',
    `SELECT * FROM "${table}" WHERE no_such(a)`,
    `Unrecognized function: no_such at 1:${24 + table.length}:7`,
  ),
  isOtherText(
    'set_add as a condition',
    `DELETE FROM "${table}" WHERE SET_ADD(a, <<1>>)`,
    `Unrecognized function: set_add at 1:${22 + table.length}:7`,
  ),
  isOtherText(
    'an ordered truth value',
    `SELECT * FROM "${table}" WHERE a < true`,
    'Incorrect operand type for operator or function; operator or function: <, operand type: BOOL',
  ),
  isOtherText(
    'a write of an index',
    `DELETE FROM "${table}"."x" WHERE pk = 'x'`,
    'This operation is not supported on an index',
  ),
  isOtherText(
    'an empty set',
    `INSERT INTO "${table}" VALUE {'pk': 'x', 'd': <<>>}`,
    'Empty bags are not supported',
  ),
  isOtherText(
    'a number too large',
    `INSERT INTO "${table}" VALUE {'pk': 'x', 'a': 1e126}`,
    'Number overflow. Attempting to store a number with magnitude larger than supported range ' +
      'under root',
  ),
  isOtherText(
    'a deletion that gives what it leaves',
    `DELETE FROM "${table}" WHERE pk = 'x' RETURNING ALL NEW *`,
    'Invalid returning clause: RETURNING ALL NEW *. Only RETURNING ALL OLD * is allowed in DELETE ' +
      'statements.',
  ),
  {
    name: 'a parameter too many',
    spoil: (body) => {
      const parameters = (body['Parameters'] ?? []) as readonly object[]
      return { ...body, Parameters: [...parameters, { S: 'x' }] }
    },
    refusal: invalid(wrongCount),
  },
  {
    name: 'a number that is none among parameters',
    spoil: (body) => ({
      ...withText('SELECT * FROM t WHERE a = ?')(body),
      Parameters: [{ N: 'abc' }],
    }),
    refusal: invalid('The parameter cannot be converted to a numeric value: abc'),
  },
]

const noSuchTable = new Refusal('ResourceNotFoundException', 'Requested resource not found')

/** What is refused when it is known which keys the table has. */
const withoutKey = (table: string): Fault[] => {
  const text = 'Where clause does not contain a mandatory equality on all key attributes'
  return [
    isOtherText('an update of no key', `UPDATE "${table}" SET a = 1 WHERE a = 2`, text),
    isOtherText('an update of everything', `UPDATE "${table}" REMOVE a`, text),
    isOtherText('a deletion by a range', `DELETE FROM "${table}" WHERE pk > 'x'`, text),
    isOtherText('a deletion of several', `DELETE FROM "${table}" WHERE pk IN ['x', 'y']`, text),
  ]
}

function ofOne(table: string): Fault[] {
  return [
    ...refusedTexts(table),
    ...withoutKey(table),
    { name: 'a missing table', spoil: withText('SELECT * FROM Nowhere'), refusal: noSuchTable },
    isOtherText(
      'EXISTS alone',
      `EXISTS(SELECT * FROM "${table}" WHERE pk = 'x' AND a = 1)`,
      `${notWellFormed}Expected data manipulation`,
    ),
    isOtherText(
      'an order without a condition',
      `SELECT * FROM "${table}" ORDER BY pk`,
      'Must have WHERE clause in the statement when using ORDER BY clause.',
    ),
    {
      name: 'an empty list of parameters',
      spoil: (body) => ({ ...body, Parameters: [] }),
      refusal: invalid(`${envelope}Value '[]' at 'parameters' ${tooShort}`),
    },
    {
      name: 'Limit 0',
      spoil: (body) => ({ ...body, Limit: 0 }),
      refusal: invalid(`${envelope}Value '0' at 'limit' ${tooSmall}`),
    },
  ]
}

const unreadableToken = (table: string): Fault => ({
  name: 'a NextToken that is none',
  spoil: (body) => ({ ...withText(`SELECT * FROM "${table}"`)(body), NextToken: 'AAAA' }),
  refusal: invalid('Invalid NextToken'),
})

const readingMember = (table: string): Body => ({
  Statement: `SELECT * FROM "${table}" WHERE pk = 'x'`,
})
const writingMember = (table: string): Body => ({
  Statement: `DELETE FROM "${table}" WHERE pk = 'x'`,
})

/** Faults of a list of statements as a whole. */
function ofList(list: string, statements: readonly ItemStatement[], mixed: string): Fault[] {
  const [first] = statements as readonly [ItemStatement]
  const others = first.kind === 'Select' ? writingMember(first.table) : readingMember(first.table)
  const member = list[0]?.toLowerCase() + list.slice(1)
  return [
    {
      name: 'no statements',
      spoil: (body) => ({ ...body, [list]: [] }),
      refusal: invalid(`${envelope}Value '[]' at '${member}' ${tooShort}`),
    },
    {
      name: 'reads and writes',
      spoil: (body) => {
        const [own] = body[list] as readonly [Body]
        return { ...body, [list]: [own, others] }
      },
      refusal: invalid(mixed),
    },
  ]
}

/** Two deletions of the item that the first statement is about. */
function twice(list: string, statements: readonly ItemStatement[], text: string): Fault {
  const first = statements[0] as ItemStatement
  const { pk, sk } = first.kind === 'Insert' ? first.item : first.key
  const key = { ...(pk !== undefined && { pk }), ...(sk !== undefined && { sk }) }
  const { table } = first
  const deletion = itemStatementText({ kind: 'Delete', table, key, style: 0, showOld: false })
  return {
    name: 'one item twice',
    spoil: (body) => ({ ...body, [list]: [deletion, deletion] }),
    refusal: invalid(text),
  }
}

function ofTransaction({ statements }: ExecuteTransaction): Fault[] {
  const list = 'TransactStatements'
  const { table } = statements[0] as ItemStatement
  const mixed =
    'ExecuteTransaction API does not support both read and write operations in the same request.'
  const ofFirst = (fault: Fault): Fault => ({
    ...fault,
    spoil: (body) => {
      const [own] = body[list] as readonly [Body]
      return { ...body, [list]: [fault.spoil(own)] }
    },
  })
  const isBare = (text: string): boolean =>
    text.startsWith('Number') || text.startsWith('The param')
  const placed = (fault: Fault): Fault => {
    const { type, message } = fault.refusal
    if (type !== 'ValidationException' || isBare(message)) return fault
    return { ...fault, refusal: invalid(`Validation failed in TransactStatements[0]: ${message}`) }
  }
  const ofStatement = (name: string, Statement: string, text: string): Fault =>
    placed(isOtherText(name, Statement, text))
  const own = [
    ...[...refusedTexts(table), ...withoutKey(table)].map(placed),
    { name: 'a missing table', spoil: withText('SELECT * FROM Nowhere'), refusal: noSuchTable },
    ofStatement(
      'RETURNING',
      `DELETE FROM "${table}" WHERE pk = 'x' RETURNING ALL OLD *`,
      'RETURNING clause is not supported in ExecuteTransaction.',
    ),
    ofStatement(
      'a read of an index',
      `SELECT * FROM "${table}"."x" WHERE pk = 'x'`,
      'Reads on indices are not supported within transactions.',
    ),
    ofStatement(
      'a read without a key',
      `SELECT * FROM "${table}" WHERE a = 1`,
      'Select statements within ExecuteTransaction must specify the primary key in the where ' +
        'clause.',
    ),
  ]
  return [
    ...own.map(ofFirst),
    ...ofList(list, statements, mixed),
    twice(list, statements, 'Transaction request cannot include multiple operations on one item'),
  ]
}

/** The faults that fit a request with statements, whatever else is in it. */
export function faultsOfStatements(operation: Statements): readonly Fault[] {
  switch (operation.kind) {
    case 'Select':
      return [...ofOne(operation.statement.table), unreadableToken(operation.statement.table)]
    case 'ExecuteStatement':
      return ofOne(operation.statement.table)
    case 'BatchExecuteStatement':
      return [
        ...ofList(
          'Statements',
          operation.statements,
          'Read and write requests together in the same batch is not supported.',
        ),
        twice('Statements', operation.statements, 'Provided list of item keys contains duplicates'),
      ]
    case 'ExecuteTransaction':
      return ofTransaction(operation)
    default:
      return unreachable(operation)
  }
}
