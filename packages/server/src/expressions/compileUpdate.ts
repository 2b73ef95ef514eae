import { unreachable } from '../invariant.ts'
import type {
  FunctionNode,
  OperandNode,
  PathNode,
  SetValueNode,
  UpdateActionNode,
  UpdateNode,
} from './ast.ts'
import { bindPath, bindValue, constantOperand } from './bindOperand.ts'
import type { CompiledUpdate, UpdateAction, UpdateValue } from './boundExpression.ts'
import { checkClauseOperands } from './checks/clauseOperands.ts'
import { checkDisjointPaths } from './checks/disjointPaths.ts'
import { checkDocumentPathRequired } from './checks/documentPathRequired.ts'
import { checkFunctionNesting } from './checks/functionNesting.ts'
import { checkOperandCount } from './checks/operandCount.ts'
import { checkSetOperands } from './checks/setOperands.ts'
import { topLevelName } from './documentPath.ts'
import { claimPlaceholders } from './expressionContext.ts'
import type { ExpressionContext } from './expressionContext.ts'
import { readParsedUpdate } from './parsedExpression.ts'
import type { ParsedExpression } from './parsedExpression.ts'
import type { UpdateKind } from './updateKind.ts'

/**
 * Compiles an update expression. Throws ValidationException with the texts and the precedence of
 * behaviour digest 3.5. Whether the paths name key attributes is for the caller to check.
 */
export function compileUpdate(text: string, context: ExpressionContext): CompiledUpdate {
  const kind = 'UpdateExpression'
  return bindParsedUpdate(kind, readParsedUpdate(kind, text, context.reservedWords), context)
}

/**
 * An update with its substitutions. Throws for all faults but those of its text alone, in AWS's
 * order (behaviour digest 3.5).
 */
export function bindParsedUpdate(
  kind: UpdateKind,
  parsed: ParsedExpression<UpdateNode>,
  context: ExpressionContext,
): CompiledUpdate {
  claimPlaceholders(kind, parsed, context)
  if (parsed.pathsMayClash) {
    checkDisjointPaths(
      kind,
      parsed.root.actions.map((node) => bindPath(node.path, context)),
    )
  }
  checkOperandCount(kind, parsed.functions)
  checkDocumentPathRequired(kind, parsed.functions)
  const actions = parsed.root.actions.map((node) => bindAction(node, context))
  for (const action of actions) {
    if (action.clause === 'ADD' || action.clause === 'DELETE') {
      checkClauseOperands(action.clause, action.value)
    }
  }
  for (const action of actions) if (action.clause === 'SET') checkSetOperands(action.value, kind)
  checkFunctionNesting(parsed.root, kind)
  return {
    actions,
    attributeNames: actions.map((action) => topLevelName(action.path)),
    removesOnly: removesOnly(actions),
    origin: kind,
  }
}

/** Whether there are actions and none of them could give a missing item an attribute. */
export function removesOnly(actions: readonly UpdateAction[]): boolean {
  return actions.length > 0 && actions.every(removes)
}

/** Whether an action takes something away, so that it does nothing to a missing item. */
export function removes({ clause }: UpdateAction): boolean {
  return clause === 'REMOVE' || clause === 'DELETE'
}

function bindAction(node: UpdateActionNode, context: ExpressionContext): UpdateAction {
  const path = bindPath(node.path, context)
  switch (node.clause) {
    case 'SET':
      return { clause: 'SET', path, value: bindSetValue(node.value, context) }
    case 'REMOVE':
      return { clause: 'REMOVE', path }
    case 'ADD':
    case 'DELETE':
      return { clause: node.clause, path, value: bindValue(node.value, context) }
    default:
      return unreachable(node)
  }
}

/** REQUIRES: functions have the right number and kind of operands. */
function bindSetValue(node: SetValueNode, context: ExpressionContext): UpdateValue {
  switch (node.kind) {
    case 'path':
      return { kind: 'path', path: bindPath(node, context) }
    case 'value':
      return constantOperand(bindValue(node, context))
    case 'arithmetic': {
      const left = bindSetValue(node.left, context)
      const right = bindSetValue(node.right, context)
      return { kind: 'arithmetic', operator: node.operator, left, right }
    }
    case 'function':
      return bindSetFunction(node, context)
    default:
      return unreachable(node)
  }
}

function bindSetFunction(node: FunctionNode, context: ExpressionContext): UpdateValue {
  const [first, second] = node.operands as readonly [OperandNode, OperandNode]
  if (node.name === 'if_not_exists') {
    const path = bindPath(first as PathNode, context)
    return { kind: 'if_not_exists', path, otherwise: bindSetValue(second, context) }
  }
  const left = bindSetValue(first, context)
  return { kind: 'list_append', left, right: bindSetValue(second, context) }
}
