import { unreachable } from '../invariant.ts'
import { newAttributeMap, type AttributeValue, type Item } from '../values/attributeValue.ts'
import type { BoundCondition, BoundOperand } from './boundExpression.ts'
import type { DocumentPath } from './documentPath.ts'
import { evaluateCondition, operandValue } from './evaluateCondition.ts'

/** An operand of a condition and the value that it had. */
export interface ExplainedOperand {
  /** `price`, `size(tags)`, or a value as DynamoDB JSON. */
  readonly text: string
  /** Absent for an attribute that was missing, and for a size that does not exist. */
  readonly value?: AttributeValue
}

/** A condition and all that is inside it, with what each came to. */
export interface ExplainedCondition {
  readonly kind: BoundCondition['kind']
  /** The condition as it was understood: names and values in the place of placeholders. */
  readonly text: string
  readonly result: boolean
  /** Whether it is one of those that made the whole what it is. */
  readonly decisive: boolean
  /** Of one that compares or asks something. */
  readonly operands?: readonly ExplainedOperand[]
  /** Of `and`, `or` and `not`. */
  readonly parts?: readonly ExplainedCondition[]
}

/** Longest text of one operand, and of a whole condition, in characters. */
const longestOperand = 200
const longestText = 2000

/** Why `condition` holds on an item, or does not. All of it is evaluated, whatever decides it. */
export function explainCondition(
  condition: BoundCondition,
  item: Item | undefined,
): ExplainedCondition {
  return marked(explained(condition, item ?? newAttributeMap()), true)
}

/** The innermost conditions that made the whole what it is. */
export function decisiveParts(condition: ExplainedCondition): readonly ExplainedCondition[] {
  if (!condition.decisive) return []
  return condition.parts?.flatMap(decisiveParts) ?? [condition]
}

/** A condition whose part in the whole is not known yet. */
interface Evaluated extends Omit<ExplainedCondition, 'decisive' | 'parts'> {
  readonly parts?: readonly Evaluated[]
}

function explained(condition: BoundCondition, item: Item): Evaluated {
  const { kind } = condition
  if (isLeaf(condition)) {
    const operands = operandsOf(condition).map((operand) => explainedOperand(operand, item))
    const texts = operands.map(({ text }) => text)
    const result = evaluateCondition(condition, item)
    return { kind, text: cut(textOfLeaf(condition, texts), longestText), result, operands }
  }
  if (condition.kind === 'not') {
    const part = explained(condition.condition, item)
    const text = cut(`NOT ${textInside(part)}`, longestText)
    return { kind, text, result: !part.result, parts: [part] }
  }
  const parts = condition.conditions.map((part) => explained(part, item))
  const text = parts.map(textInside).join(` ${kind.toUpperCase()} `)
  const results = parts.map(({ result }) => result)
  const result = kind === 'and' ? !results.includes(false) : results.includes(true)
  return { kind, text: cut(text, longestText), result, parts }
}

function isLeaf(condition: BoundCondition): condition is Leaf {
  return !['and', 'or', 'not'].includes(condition.kind)
}

/** What is as the whole is has decided it, unless all parts had to be. */
function marked(evaluated: Evaluated, decisive: boolean): ExplainedCondition {
  const { parts, ...node } = evaluated
  if (parts === undefined) return { ...node, decisive }
  const decides = ({ result }: Evaluated): boolean =>
    decisive && (node.kind === 'not' || result === node.result)
  return { ...node, decisive, parts: parts.map((part) => marked(part, decides(part))) }
}

const cut = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length)}...`

function explainedOperand(operand: BoundOperand, item: Item): ExplainedOperand {
  const value = operandValue(operand, item)
  const text = textOfOperand(operand)
  return value === undefined ? { text } : { text, value }
}

type Leaf = Exclude<BoundCondition, { kind: 'and' | 'or' | 'not' }>

function operandsOf(condition: Leaf): readonly BoundOperand[] {
  switch (condition.kind) {
    case 'comparison':
      return [condition.left, condition.right]
    case 'between':
      return [condition.operand, condition.lower, condition.upper]
    case 'in':
      return [condition.operand, ...condition.list]
    case 'attribute_exists':
    case 'attribute_not_exists':
      return [{ kind: 'path', path: condition.path }]
    case 'attribute_type':
      return [condition.operand, condition.type]
    case 'begins_with':
    case 'contains':
      return [condition.operand, condition.part]
    default:
      return unreachable(condition)
  }
}

function textOfLeaf(condition: Leaf, operands: readonly string[]): string {
  const [first = '', ...others] = operands
  if (condition.kind === 'comparison') return `${first} ${condition.comparator} ${others.join('')}`
  if (condition.kind === 'between') return `${first} BETWEEN ${others.join(' AND ')}`
  if (condition.kind === 'in') return `${first} IN (${others.join(', ')})`
  return `${condition.kind}(${operands.join(', ')})`
}

const textInside = ({ kind, text }: Evaluated): string =>
  kind === 'and' || kind === 'or' ? `(${text})` : text

function textOfOperand(operand: BoundOperand): string {
  switch (operand.kind) {
    case 'path':
      return textOfPath(operand.path)
    case 'constant':
      return cut(JSON.stringify(operand.value), longestOperand)
    case 'size':
      return `size(${textOfOperand(operand.of)})`
    default:
      return unreachable(operand)
  }
}

/** Names that an expression could not have as they are stand in quotation marks. */
function textOfPath(path: DocumentPath): string {
  return path
    .map((element, level) => {
      if (typeof element === 'number') return `[${element}]`
      const name = /^[A-Za-z_]\w*$/.test(element) ? element : JSON.stringify(element)
      return level === 0 ? name : `.${name}`
    })
    .join('')
}
