import type { Comparator } from '../expressions/ast.ts'
import type { Span } from './token.ts'

/*
 * What the parser makes of an expression: every form of it that PartiQL has and some statement
 * might use. What DynamoDB understands of it is another matter (understandCondition.ts and its
 * neighbours). `at` is the token that says where it stands in the text.
 */

export interface PathSyntax {
  readonly kind: 'path'
  /** Names and list indices; the first is a name. */
  readonly elements: readonly (string | number)[]
  readonly at: Span
}

export interface NumberSyntax {
  readonly kind: 'number'
  /** As it is written, with its sign. */
  readonly text: string
  /** How many parameters stand before it. */
  readonly parametersBefore: number
  readonly at: Span
}

export interface ContainerSyntax {
  readonly kind: 'list' | 'bag'
  readonly members: readonly Syntax[]
  /** How many parameters stand before it. */
  readonly parametersBefore: number
  readonly at: Span
}

export interface StructSyntax {
  readonly kind: 'struct'
  readonly members: readonly (readonly [name: string, value: Syntax])[]
  readonly parametersBefore: number
  readonly at: Span
}

export interface CallSyntax {
  readonly kind: 'call'
  /** In lower case. */
  readonly name: string
  readonly operands: readonly Syntax[]
  /** Where the name stands. */
  readonly at: Span
}

export type ValueSyntax =
  | { readonly kind: 'string'; readonly value: string; readonly at: Span }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly at: Span }
  | { readonly kind: 'null'; readonly at: Span }
  | { readonly kind: 'parameter'; readonly position: number; readonly at: Span }
  | NumberSyntax
  | ContainerSyntax
  | StructSyntax

/** `left operator right`, as far as conditions and updates have a use for it. */
export interface InfixSyntax {
  readonly kind: 'infix'
  readonly operator: Comparator | 'and' | 'or' | '+' | '-' | '*' | '/' | '%' | '||' | 'like'
  readonly left: Syntax
  readonly right: Syntax
  readonly at: Span
}

export type Syntax =
  | PathSyntax
  | ValueSyntax
  | CallSyntax
  | InfixSyntax
  | { readonly kind: 'missing' | 'star'; readonly at: Span }
  | { readonly kind: 'not' | 'negative'; readonly operand: Syntax; readonly at: Span }
  | {
      readonly kind: 'between'
      readonly operand: Syntax
      readonly lower: Syntax
      readonly upper: Syntax
      readonly at: Span
    }
  | {
      readonly kind: 'in'
      readonly operand: Syntax
      readonly members: readonly Syntax[]
      readonly at: Span
    }
  | {
      readonly kind: 'is'
      readonly operand: Syntax
      readonly type: string
      readonly at: Span
    }

const valueKinds: ReadonlySet<Syntax['kind']> = new Set<ValueSyntax['kind']>([
  'string',
  'number',
  'boolean',
  'null',
  'parameter',
  'list',
  'bag',
  'struct',
])

/** Whether it is a literal or a parameter. */
export function isValue(syntax: Syntax): syntax is ValueSyntax {
  return valueKinds.has(syntax.kind)
}

const nodesOfInfix: Readonly<Record<InfixSyntax['operator'], string>> = {
  '=': 'Eq',
  '<>': 'Ne',
  '<': 'Lt',
  '<=': 'Lte',
  '>': 'Gt',
  '>=': 'Gte',
  and: 'And',
  or: 'Or',
  '+': 'Plus',
  '-': 'Minus',
  '*': 'Times',
  '/': 'Divide',
  '%': 'Modulo',
  '||': 'Concat',
  like: 'Like',
}

const nodes: Readonly<Record<Exclude<Syntax['kind'], 'infix' | 'path'>, string>> = {
  string: 'Lit',
  number: 'Lit',
  boolean: 'Lit',
  null: 'Lit',
  parameter: 'Parameter',
  list: 'List',
  bag: 'Bag',
  struct: 'Struct',
  call: 'Call',
  missing: 'Missing',
  star: 'ProjectAll',
  not: 'Not',
  negative: 'Neg',
  between: 'Between',
  in: 'InCollection',
  is: 'IsType',
}

/** What PartiQL calls a node of this kind. */
export function nodeName(syntax: Syntax): string {
  if (syntax.kind === 'infix') return nodesOfInfix[syntax.operator]
  if (syntax.kind === 'path') return syntax.elements.length === 1 ? 'Id' : 'Path'
  return nodes[syntax.kind]
}
