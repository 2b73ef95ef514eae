import type { PathNode } from './ast.ts'
import { expectEnd, parsePath, takeSymbol } from './parser.ts'
import type { Parser } from './parser.ts'

/** projection := path { "," path } */
export function parseProjection(parser: Parser): readonly PathNode[] {
  do parsePath(parser)
  while (takeSymbol(parser, ','))
  expectEnd(parser)
  return parser.paths
}
