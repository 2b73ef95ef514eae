import { describe, expect, it } from 'vitest'
import { ApiError } from '../errors/apiError.ts'
import { dynamodbCodec } from './dynamodbCodec.ts'
import { ServiceCodec } from './serviceCodec.ts'
import { noOverrides } from './serviceDefinition.ts'

/** A service whose operation and shapes have names of DynamoDB's and other contents. */
const otherCodec = new ServiceCodec({
  modelFile: '../src/wire/testdata/otherService.json',
  targetPrefix: 'Other_20300101',
  javaPackage: 'com.example.other',
  overrides: noOverrides,
})

function decode(codec: ServiceCodec, request: object): object | string {
  const text = JSON.stringify(request)
  try {
    const decoded = codec.decode('GetItem', text)
    codec.check('GetItem', decoded, text.length)
    return decoded
  } catch (error) {
    expect(error).toBeInstanceOf(ApiError)
    return (error as ApiError).message
  }
}

describe('codecs of several services', () => {
  it('have the operations of their own models', () => {
    expect([...otherCodec.operationNames()]).toEqual(['GetItem'])
    expect(dynamodbCodec.operationNames().size).toBeGreaterThan(50)
  })

  it('keep shapes of the same names apart', () => {
    const ofDynamodb = { TableName: 'Table', Key: { a: { S: 'b' } } }
    const ofOther = { Id: 2, TableName: { Name: 'n' }, Mode: 'SLOW' }
    expect(decode(dynamodbCodec, ofDynamodb)).toEqual(ofDynamodb)
    expect(decode(otherCodec, ofOther)).toEqual(ofOther)
    expect(decode(dynamodbCodec, ofOther)).toBe(
      'Start of structure or map found where not expected',
    )
    expect(decode(otherCodec, ofDynamodb)).toBe('Unexpected value type in payload')
  })

  it('report in the words of their own models', () => {
    expect(decode(otherCodec, { TableName: [] })).toBe(
      'Unrecognized collection type class com.example.other.TableName',
    )
    expect(decode(otherCodec, { TableName: { Name: 'long' }, Mode: 'x' })).toBe(
      '3 validation errors detected: ' +
        "Value null at 'id' failed to satisfy constraint: Member must not be null; " +
        "Value 'x' at 'mode' failed to satisfy constraint: " +
        'Member must satisfy enum value set: [FAST, SLOW]; ' +
        "Value 'long' at 'tableName.name' failed to satisfy constraint: " +
        'Member must have length less than or equal to 2',
    )
  })
})
