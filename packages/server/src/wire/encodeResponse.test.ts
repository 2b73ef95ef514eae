import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ApiError, modelledKind } from '../errors/apiError.ts'
import { unknownOperation } from '../errors/protocolErrors.ts'
import { internalServerError, unparsableBody } from '../errors/wireErrors.ts'
import { EncodedItem } from '../values/encodedItem.ts'
import { encodeResponse } from './encodeResponse.ts'
import { encodeError } from './errorBody.ts'

function encodedItem(value: unknown): EncodedItem {
  return new EncodedItem(Buffer.from(JSON.stringify(value)))
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8')
}

describe('encodeResponse', () => {
  it('writes plain responses as JSON without undefined members', () => {
    expect(textOf(encodeResponse({ a: undefined, b: [1, 'é😀'], c: null }))).toBe(
      '{"b":[1,"é😀"],"c":null}',
    )
    expect(textOf(encodeResponse({}))).toBe('{}')
  })

  it('copies the bytes of encoded items as they are', () => {
    const item = new EncodedItem(Buffer.from('{ "a": {"S":"é"} }'))
    expect(textOf(encodeResponse({ Item: item }))).toBe('{"Item":{ "a": {"S":"é"} }}')
    expect(textOf(encodeResponse({ Items: [item, item], Count: 2, x: undefined }))).toBe(
      '{"Items":[{ "a": {"S":"é"} },{ "a": {"S":"é"} }],"Count":2}',
    )
  })

  it('shares no memory with the item', () => {
    const json = Buffer.from('{"a":{"S":"x"}}')
    const bytes = encodeResponse({ Item: new EncodedItem(json) })
    json.fill(0)
    expect(textOf(bytes)).toBe('{"Item":{"a":{"S":"x"}}}')
  })

  it('equals JSON.stringify wherever items stand', () => {
    const leaf = fc.oneof(
      fc.jsonValue(),
      fc.constant(undefined),
      fc.jsonValue().map((value) => encodedItem({ value })),
    )
    const { response } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('value'), { maxLength: 4 }),
        tie('response'),
      ),
      response: fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
    }))
    fc.assert(
      fc.property(response, (value) => {
        const expected: unknown = JSON.parse(JSON.stringify(value))
        expect(JSON.parse(textOf(encodeResponse(value as object)))).toEqual(expected)
      }),
    )
  })
})

describe('encodeError', () => {
  it('writes type, members and message, in that order', () => {
    const kind = modelledKind('TransactionCanceledException', 400, 'Message')
    const reasons = [{ Code: 'None' }, { Code: 'C', Item: encodedItem({ a: { S: 'x' } }) }]
    const error = new ApiError(kind, 'cancelled', { CancellationReasons: reasons })
    expect(textOf(encodeError(error))).toBe(
      '{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException",' +
        '"CancellationReasons":[{"Code":"None"},{"Code":"C","Item":{"a":{"S":"x"}}}],' +
        '"Message":"cancelled"}',
    )
  })

  it('leaves out the message of errors that have none', () => {
    expect(textOf(encodeError(unknownOperation()))).toBe(
      '{"__type":"com.amazon.coral.service#UnknownOperationException"}',
    )
    expect(textOf(encodeError(unparsableBody()))).toBe(
      '{"__type":"com.amazon.coral.service#SerializationException"}',
    )
  })

  it('shows nothing of what went wrong inside', () => {
    const error = internalServerError()
    expect(error.kind.statusCode).toBe(500)
    expect(textOf(encodeError(error))).toBe(
      '{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"The request ' +
        'processing has failed because of an unknown error, exception or failure."}',
    )
  })
})
