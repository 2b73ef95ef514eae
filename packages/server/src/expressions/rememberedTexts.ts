/** Most texts that one memory holds. */
const maxTexts = 1000
/**
 * Most UTF-16 code units that the texts of one memory have together; bounds what is made of them.
 */
const maxTotalLength = 512 * 1024

/** What was made of texts seen lately. The oldest are forgotten first. */
export interface RememberedTexts<Made> {
  recall(text: string): Made | undefined
  /** REQUIRES: `text` is not remembered. */
  remember(text: string, made: Made): void
}

export function createRememberedTexts<Made>(): RememberedTexts<Made> {
  const known = new Map<string, Made>()
  let totalLength = 0
  return {
    recall: (text) => known.get(text),
    remember(text, made) {
      known.set(text, made)
      totalLength += text.length
      for (const oldest of known.keys()) {
        if (known.size <= maxTexts && totalLength <= maxTotalLength) return
        known.delete(oldest)
        totalLength -= oldest.length
      }
    },
  }
}
