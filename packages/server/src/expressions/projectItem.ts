import type { Item } from '../values/attributeValue.ts'
import { bindPath } from './bindOperand.ts'
import { checkDisjointPaths } from './checks/disjointPaths.ts'
import type { DocumentPath } from './documentPath.ts'
import { claimPlaceholders } from './expressionContext.ts'
import type { ExpressionContext } from './expressionContext.ts'
import { readParsedProjection } from './parsedExpression.ts'
import { buildPathTree, selectFromMap } from './pathTree.ts'
import type { PathTree } from './pathTree.ts'

/** A projection that can be applied to any item. */
export interface CompiledProjection {
  readonly paths: readonly DocumentPath[]
  readonly tree: PathTree
}

const kind = 'ProjectionExpression'

/**
 * Compiles a projection. Throws ValidationException with the texts and the precedence of behaviour
 * digest 3.5.
 */
export function compileProjection(text: string, context: ExpressionContext): CompiledProjection {
  const parsed = readParsedProjection(kind, text, context.reservedWords)
  claimPlaceholders(kind, parsed, context)
  const paths = parsed.root.map((node) => bindPath(node, context))
  if (parsed.pathsMayClash) checkDisjointPaths(kind, paths)
  return { paths, tree: buildPathTree(paths) }
}

/**
 * The parts of `item` that `projection` names. Elements of one list come in ascending order
 * without the gaps between them; what `item` lacks leaves nothing, so that the result may be
 * empty.
 */
export function projectItem(projection: CompiledProjection, item: Item): Item {
  return selectFromMap(projection.tree, item)
}

/** The top-level attributes that `projection` names. */
export function namesProjected({ tree }: CompiledProjection): Iterable<string> {
  return tree.names?.keys() ?? []
}
