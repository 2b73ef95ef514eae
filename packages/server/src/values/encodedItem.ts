/**
 * An item, a map of attributes, or a list of records of a stream, as JSON text that goes into a
 * response as it is: reads that neither filter nor project pass the stored text on without parsing
 * it.
 */
export class EncodedItem {
  /** UTF-8 JSON; attributes are in canonical DynamoDB-JSON. */
  readonly json: Uint8Array

  constructor(json: Uint8Array) {
    this.json = json
  }

  /** The parsed item, for whoever serialises a response in another way than the server's own. */
  toJSON(): unknown {
    const { buffer, byteOffset, byteLength } = this.json
    return JSON.parse(Buffer.from(buffer, byteOffset, byteLength).toString('utf8'))
  }
}
