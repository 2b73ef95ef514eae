import { CborDouble, CborFault, CborTime, decodeCbor, encodeCbor } from './cbor.ts'
import { cloudwatchCodec } from './cloudwatchCodec.ts'
import { writeShaped, type ShapeWriter } from './shapedValue.ts'

/*
 * Smithy's RPC v2 in CBOR, for the service of `cloudwatchCodec`: requests become the JSON of the
 * same service, and answers are made of that.
 */

const notJson = '?'

/** The JSON of a request; for bytes that are no CBOR, what is no JSON either. */
export function jsonOfCbor(body: Uint8Array): string {
  try {
    return JSON.stringify(decodeCbor(body))
  } catch (error) {
    if (error instanceof CborFault) return notJson
    throw error
  }
}

/** The body of the answer of `operation` whose JSON is `body`. */
export function cborOfAnswer(operation: string, body: Uint8Array): Uint8Array {
  const { model } = cloudwatchCodec
  const shape = model.outputShapeName(operation)
  if (shape === undefined || body.length === 0) return encodeCbor({})
  const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'))
  return encodeCbor(writeShaped(model, shape, value, typed))
}

/** The body of an error whose JSON is `body`. */
export function cborOfError(body: Uint8Array): Uint8Array {
  return encodeCbor(JSON.parse(Buffer.from(body).toString('utf8')))
}

/** Values with the types that they have in CBOR. */
const typed: ShapeWriter<unknown> = {
  structure: (members) => Object.fromEntries(members) as object,
  map: (entries) => Object.fromEntries(entries) as object,
  list: (elements) => elements,
  scalar(type, value) {
    if (type === 'timestamp') return new CborTime(value as number)
    return type === 'double' ? new CborDouble(value as number) : value
  },
}
