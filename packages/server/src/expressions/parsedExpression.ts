import type { ExpressionKind } from '../errors/expressionErrors.ts'
import type { FunctionNode } from './ast.ts'
import { checkFunctionNames } from './checks/functionNames.ts'
import { checkMisusedFunctions } from './checks/misusedFunctions.ts'
import { checkOperatorCount } from './checks/operatorCount.ts'
import { checkPathLimits } from './checks/pathLimits.ts'
import { checkRedundantParentheses } from './checks/redundantParentheses.ts'
import { checkRepeatedClause } from './checks/repeatedClause.ts'
import { checkReservedWords } from './checks/reservedWords.ts'
import type { ConditionNode, PathNode, UpdateNode } from './ast.ts'
import { clausesOf, partsOfCondition } from './conditionParts.ts'
import { parseCondition } from './parseCondition.ts'
import { parseProjection } from './parseProjection.ts'
import { parseUpdate } from './parseUpdate.ts'
import { isPlaceholder, startParser } from './parser.ts'
import type { Parser } from './parser.ts'
import { createRememberedTexts } from './rememberedTexts.ts'
import { findPathClash } from './pathTree.ts'
import type { DocumentPath } from './documentPath.ts'

/** Whether a bare name may be a reserved word. */
export type ReservedWordsMode = 'refuse' | 'allow'

/** An expression that is right as far as its text alone can tell; the same for every request. */
export interface ParsedExpression<Root> {
  readonly root: Root
  /** The placeholders of the text, each once. */
  readonly names: readonly string[]
  readonly values: readonly string[]
  readonly functions: readonly FunctionNode[]
  /** False when the paths cannot overlap or conflict, whatever the placeholders stand for. */
  readonly pathsMayClash: boolean
}

/** The parsed form of a text, from memory if it was seen lately. Errors are not remembered. */
export type ExpressionReader<Root> = (
  kind: ExpressionKind,
  text: string,
  mode: ReservedWordsMode,
) => ParsedExpression<Root>

/** How one grammar is read: its parser with its checks, and the paths that must not clash. */
interface Grammar<Root> {
  readonly read: (parser: Parser, mode: ReservedWordsMode) => Root
  readonly disjointPaths: (root: Root) => readonly PathNode[]
}

function createReader<Root>(grammar: Grammar<Root>): ExpressionReader<Root> {
  const refusing = createRememberedTexts<ParsedExpression<Root>>()
  const allowing = createRememberedTexts<ParsedExpression<Root>>()
  return (kind, text, mode) => {
    const remembered = mode === 'refuse' ? refusing : allowing
    const known = remembered.recall(text)
    if (known !== undefined) return known
    const parser = startParser(kind, text)
    const root = grammar.read(parser, mode)
    const parsed = {
      root,
      names: placeholdersOf(parser.paths),
      values: [...parser.values],
      functions: parser.functions,
      pathsMayClash: pathsMayClash(grammar.disjointPaths(root)),
    }
    remembered.remember(text, parsed)
    return parsed
  }
}

function placeholdersOf(paths: readonly PathNode[]): string[] {
  const names = new Set<string>()
  for (const path of paths) {
    for (const element of path.elements) if (isPlaceholder(element)) names.add(element)
  }
  return [...names]
}

function pathsMayClash(paths: readonly PathNode[]): boolean {
  if (paths.length < 2) return false
  if (paths.some((path) => path.hasPlaceholders)) return true
  return findPathClash(paths.map((path): DocumentPath => path.elements)) !== undefined
}

/** The rules of conditions that need no substitutions, in AWS's order (behaviour digest 3.5). */
function readCondition(parser: Parser, mode: ReservedWordsMode): ConditionNode {
  const root = parseCondition(parser)
  checkRedundantParentheses(parser)
  checkOperatorCount(parser)
  checkFunctionNames(parser)
  checkMisusedFunctions(parser)
  if (mode === 'refuse') checkReservedWords(parser)
  checkPathLimits(parser)
  return root
}

/** A key condition as the clauses that are joined by AND, each with what it mentions. */
function readKeyClauses(
  parser: Parser,
  mode: ReservedWordsMode,
): readonly ParsedExpression<ConditionNode>[] {
  return clausesOf(readCondition(parser, mode)).map((root) => {
    const { paths, values, functions } = partsOfCondition(root)
    return {
      root,
      names: placeholdersOf(paths),
      values: [...values],
      functions,
      pathsMayClash: false,
    }
  })
}

/** The rules of updates that need no substitutions, in AWS's order (behaviour digest 3.5). */
function readUpdate(parser: Parser, mode: ReservedWordsMode): UpdateNode {
  const root = parseUpdate(parser)
  checkRedundantParentheses(parser)
  checkOperatorCount(parser)
  if (mode === 'refuse') checkReservedWords(parser)
  checkFunctionNames(parser)
  checkRepeatedClause(parser, root)
  checkPathLimits(parser)
  return root
}

function readProjection(parser: Parser, mode: ReservedWordsMode): readonly PathNode[] {
  const root = parseProjection(parser)
  if (mode === 'refuse') checkReservedWords(parser)
  checkPathLimits(parser)
  return root
}

/** Reads condition and filter expressions: one grammar, one memory. */
export const readParsedCondition: ExpressionReader<ConditionNode> = createReader({
  read: readCondition,
  disjointPaths: () => [],
})
/** Reads key condition expressions: the same grammar, clause by clause. */
export const readParsedKeyClauses: ExpressionReader<readonly ParsedExpression<ConditionNode>[]> =
  createReader({ read: readKeyClauses, disjointPaths: () => [] })
export const readParsedUpdate: ExpressionReader<UpdateNode> = createReader({
  read: readUpdate,
  disjointPaths: (root) => root.actions.map((action) => action.path),
})
export const readParsedProjection: ExpressionReader<readonly PathNode[]> = createReader({
  read: readProjection,
  disjointPaths: (root) => root,
})
