const headEnd = Buffer.from('\r\n\r\n')
const contentLengthPattern = /\r\ncontent-length: *(\d+)/i

/**
 * Finds the first complete HTTP/1.1 response in `bytes`, framed by its content-length.
 *
 * Returns the status code and the number of bytes that the response takes, or undefined while
 * more bytes are needed. Throws for a response without content-length, which no server under
 * measurement sends.
 */
export function readResponse(bytes) {
  const headLength = bytes.indexOf(headEnd)
  if (headLength === -1) return undefined
  const head = bytes.latin1Slice(0, headLength)
  const match = contentLengthPattern.exec(head)
  if (match === null) throw new Error(`response without content-length: ${head}`)
  const length = headLength + headEnd.length + Number(match[1])
  if (bytes.length < length) return undefined
  return { status: Number(head.slice(9, 12)), length }
}
