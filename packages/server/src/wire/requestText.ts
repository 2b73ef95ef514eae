/** A request as JSON, with bytes as SDKs send them. */
export function requestText(request: object): string {
  return JSON.stringify(request, function encode(this: Record<string, unknown>, name, value) {
    const own = this[name]
    if (!ArrayBuffer.isView(own)) return value as unknown
    return Buffer.from(own.buffer, own.byteOffset, own.byteLength).toString('base64')
  })
}
