import { expect, test } from 'vitest'
import type { ApiError } from './apiError.ts'
import {
  emptyIndexKey,
  emptyIndexKeyUpdate,
  emptyKey,
  indexKeyTypeMismatch,
  itemTooLarge,
  keySchemaMismatch,
  keyTypeMismatch,
  missingKey,
  partitionKeyTooLong,
  sortKeyTooLong,
  updatedIndexKeyTooLong,
  updatedIndexKeyType,
  updatedItemTooLarge,
} from './valueErrors.ts'

const invalid = 'One or more parameter values were invalid: '
const notValid = 'One or more parameter values are not valid. '
const emptyString = 'The AttributeValue for a key attribute cannot contain an empty string value.'
const emptyBinary = 'The AttributeValue for a key attribute cannot contain an empty binary value.'
const indexValue = 'A value specified for a secondary index key is not supported. '
const indexUpdate =
  'The update expression attempted to update a secondary index key to a value that is not ' +
  'supported. '

test.each<[ApiError, string]>([
  [itemTooLarge(), 'Item size has exceeded the maximum allowed size'],
  [updatedItemTooLarge(), 'Item size to update has exceeded the maximum allowed size'],
  [missingKey('pk'), `${invalid}Missing the key pk in the item`],
  [keyTypeMismatch('pk', 'S', 'N'), `${invalid}Type mismatch for key pk expected: S actual: N`],
  [keySchemaMismatch(), 'The provided key element does not match the schema'],
  [
    partitionKeyTooLong(),
    `${invalid}Size of hashkey has exceeded the maximum size limit of2048 bytes`,
  ],
  [
    sortKeyTooLong(),
    `${invalid}Aggregated size of all range keys has exceeded the size limit of 1024 bytes`,
  ],
  [
    indexKeyTypeMismatch('x', 'S', 'N', 'i'),
    `${invalid}Type mismatch for Index Key x Expected: S Actual: N IndexName: i`,
  ],
  [
    updatedIndexKeyType(),
    'The update expression attempted to update the secondary index key to unsupported type',
  ],
  [
    updatedIndexKeyTooLong(),
    'The update expression attempted to update the secondary index key beyond allowed size limits',
  ],
  [emptyKey('S', 'pk'), `${notValid}${emptyString} Key: pk`],
  [emptyKey('B', 'pk'), `${notValid}${emptyBinary} Key: pk`],
  [
    emptyIndexKey('S', 'x', 'y'),
    `${notValid}${indexValue}${emptyString} IndexName: x, IndexKey: y`,
  ],
  [emptyIndexKeyUpdate('S'), `${notValid}${indexUpdate}${emptyString}`],
  [emptyIndexKeyUpdate('B'), `${notValid}${indexUpdate}${emptyBinary}`],
])('%s', (error, message) => {
  expect(error.kind.name).toBe('ValidationException')
  expect(error.message).toBe(message)
})
