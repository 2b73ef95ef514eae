import { inBoth, inEach, Key, TableName } from './bothLayers.ts'
import { envelope, index, tableDefinition, type ValidationText } from './validationTextRow.ts'

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

const nameLine = 'validation-2026 B6'
const pattern = 'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+'
const mapKeys =
  'Map keys must satisfy constraint: [Member must have length less than or equal to 255, ' +
  `Member must have length greater than or equal to 3, ${pattern}]`
const badRead = { 'bad!name': { Keys: [Key] } }
const readText =
  `Value '{"bad!name":{"Keys":[{"pk":{"S":"a"}}]}}' at 'requestItems' failed to satisfy ` +
  `constraint: ${mapKeys}`
const badWrite = { 'bad!name': [{ PutRequest: { Item: Key } }] }
const bogus = `Value 'BOGUS' at 'returnConsumedCapacity' ${noEnum}[INDEXES, TOTAL, NONE]`

/** Names that break pattern or length; where they stand in actions: validationTextsOfWire.ts. */
const ofNames: ValidationText[] = [
  ...(
    [
      ['bad table!@#', pattern],
      ['a'.repeat(256), 'Member must have length less than or equal to 255'],
    ] as const
  ).map(([name, constraint]) =>
    inBoth(
      nameLine,
      'PutItem',
      { TableName: name, Item: Key },
      `${envelope}Value '${name}' at 'tableName' failed to satisfy constraint: ${constraint}`,
    ),
  ),
  inBoth(nameLine, 'BatchGetItem', { RequestItems: badRead }, envelope + readText),
  inBoth(
    nameLine,
    'BatchGetItem',
    { RequestItems: badRead, ReturnConsumedCapacity: 'BOGUS' },
    `2 validation errors detected: ${readText}; ${bogus}`,
  ),
  inBoth(
    nameLine,
    'BatchWriteItem',
    { RequestItems: badWrite },
    `${envelope}Value '{bad!name=[WriteRequest(putRequest=PutRequest(` +
      "item={pk=AttributeValue(s=a)}))]}' at 'requestItems' failed to satisfy constraint: " +
      mapKeys,
  ),
  inBoth(
    nameLine,
    'BatchWriteItem',
    { RequestItems: badWrite, ReturnConsumedCapacity: 'BOGUS' },
    envelope + bogus,
  ),
]

const shortName = (member: string, name: string): string =>
  `Value '${name}' at '${member}.1.member.indexName' failed to satisfy constraint: ` +
  'Member must have length greater than or equal to 3'

/** Of two kinds of index the global one is told first, whatever the order and the names. */
const ofIndexes: ValidationText[] = (['ab', 'yz'] as const).map((local) => {
  const global = local === 'ab' ? 'yz' : 'ab'
  const all = { ProjectionType: 'ALL' }
  const indexes = {
    LocalSecondaryIndexes: [index(local, ['pk', 'l'], all)],
    GlobalSecondaryIndexes: [index(global, ['g'], all)],
  }
  const table = tableDefinition('New', { pk: 'S', sk: 'S', l: 'S', g: 'S' }, ['pk', 'sk'])
  return inBoth(
    'validation-2026 B11',
    'CreateTable',
    local === 'ab' ? { ...table, ...indexes } : { ...indexes, ...table },
    `2 validation errors detected: ${shortName('globalSecondaryIndexes', global)}; ` +
      shortName('localSecondaryIndexes', local),
  )
})

export const validationTextsOfConstraints: readonly ValidationText[] = [
  ...ofNames,
  ...ofIndexes,
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
  ...[{}, { RequestItems: {} }].map((request) =>
    inEach(
      'validation-2026 B12',
      ['BatchGetItem', request],
      'The requestItems parameter is required for BatchGetItem',
      `${envelope}Value at 'RequestItems' ${tooShort}`,
    ),
  ),
  inBoth(
    'validation-2026 B12',
    'BatchGetItem',
    { RequestItems: { [TableName]: { Keys: [] } } },
    `${envelope}Value at 'RequestItems.${TableName}.member.Keys' ${tooShort}`,
  ),
]
