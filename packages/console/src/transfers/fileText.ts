/** Texts of a file, piece by piece, with how many of its bytes have been read. */
export interface FilePiece {
  readonly text: string
  readonly bytesRead: number
}

/**
 * Reads a file as UTF-8, from gzip where its name ends so. Throws TypeError for bytes that are no
 * UTF-8 or no gzip: nothing is replaced silently.
 */
export async function* fileText(file: File): AsyncGenerator<FilePiece> {
  let bytesRead = 0
  const counted = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      bytesRead += chunk.byteLength
      controller.enqueue(chunk)
    },
  })
  const bytes = file.stream().pipeThrough(counted)
  const plain = /\.gz$/i.test(file.name)
    ? bytes.pipeThrough(new DecompressionStream('gzip'))
    : bytes
  const reader = plain.pipeThrough(new TextDecoderStream('utf-8', { fatal: true })).getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield { text: value, bytesRead }
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
