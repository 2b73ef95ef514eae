import { inBoth, inEach, Key, TableName } from './bothLayers.ts'
import { envelope, type ValidationText } from './validationTextRow.ts'

/* Broken constraints of the model: which of them are told, and in which order. */

const line = 'validation-2026 A3'
const tooShort = 'failed to satisfy constraint: Member must have length greater than or equal to 1'
const emptyName = `Value '' at 'tableName' ${tooShort}`
const absentName = "Value null at 'tableName' failed to satisfy constraint: Member must not be null"
const noEnum = 'failed to satisfy constraint: Member must satisfy enum value set: '
const returnValues =
  `Value 'INVALID' at 'returnValues' ${noEnum}` +
  '[ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]'
const capacity = `Value 'INVALID' at 'returnConsumedCapacity' ${noEnum}[INDEXES, TOTAL, NONE]`
const newerReturnValues =
  `${envelope}Failed to satisfy constraint: Member must satisfy enum value set: ` +
  '[ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]'
const both = { ReturnValues: 'INVALID', ReturnConsumedCapacity: 'INVALID' }

function row(
  operation: string,
  request: object,
  older: readonly string[],
  newer: string,
): ValidationText {
  const noun = older.length === 1 ? 'error' : 'errors'
  const olderText = `${older.length} validation ${noun} detected: ${older.join('; ')}`
  return inEach(line, [operation, request], olderText, newer)
}

const newerEmptyName = `${envelope}Value at 'TableName' ${tooShort}`

export const validationTextsOfConstraints: readonly ValidationText[] = [
  row(
    'PutItem',
    { TableName: '', Item: {}, ReturnValues: 'INVALID' },
    [returnValues, emptyName],
    newerEmptyName,
  ),
  row('UpdateItem', { Key, ...both }, [capacity, absentName, returnValues], newerReturnValues),
  row('PutItem', { Item: Key, ...both }, [capacity, returnValues, absentName], newerReturnValues),
  row('DeleteItem', { Key, ...both }, [capacity, absentName, returnValues], newerReturnValues),
  row('DeleteItem', { TableName: '', Key }, [emptyName], newerEmptyName),
  // The newer form of other enumerations is not known: they are told alone in the older.
  row(
    'UpdateItem',
    { Key, ReturnConsumedCapacity: 'INVALID' },
    [capacity, absentName],
    `${envelope}${capacity}`,
  ),
  inBoth(line, 'UpdateItem', { Key }, `${envelope}${absentName}`),
  inBoth(
    line,
    'PutItem',
    { TableName: 'bad!name', Item: Key },
    `${envelope}Value 'bad!name' at 'tableName' failed to satisfy constraint: ` +
      'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+',
  ),
  inBoth(line, 'GetItem', { TableName: '', Key }, `${envelope}${emptyName}`),
  ...[{}, { RequestItems: {} }].flatMap((request) => [
    inEach(
      'validation-2026 B12',
      ['BatchGetItem', request],
      'The requestItems parameter is required for BatchGetItem',
      `${envelope}Value at 'RequestItems' ${tooShort}`,
    ),
    inBoth(
      'validation-2026 B12',
      'BatchWriteItem',
      request,
      'The requestItems parameter is required for BatchWriteItem',
    ),
  ]),
  inBoth(
    'validation-2026 B12',
    'BatchGetItem',
    { RequestItems: { [TableName]: { Keys: [] } } },
    `${envelope}Value at 'RequestItems.${TableName}.member.Keys' ${tooShort}`,
  ),
]
