import { reservedKeyword } from '../../errors/expressionErrors.ts'
import type { Parser } from '../parser.ts'
import { isReservedWord } from '../reservedWords.ts'

/** No bare name of a path, at any level, is a reserved word. */
export function checkReservedWords(parser: Parser): void {
  for (const path of parser.paths) {
    for (const element of path.elements) {
      if (typeof element === 'string' && isReservedWord(element)) {
        throw reservedKeyword(parser.kind, element)
      }
    }
  }
}
