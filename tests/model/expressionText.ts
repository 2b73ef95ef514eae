import type { Value } from './attributes.ts'
import type { Condition, Operand } from './conditions.ts'
import type { Path } from './documentPaths.ts'
import type { SetValue, Update, UpdateAction } from './updates.ts'
import { unreachable } from './unreachable.ts'

/**
 * Prints the model's conditions, updates and projections as expressions. Constants become `:v0`,
 * `:v1`; names that cannot be written out become `#n0`, `#n1`. One printer serves all expressions
 * of a request.
 */
export class ExpressionPrinter {
  readonly #names: string[] = []
  readonly #values: Value[] = []

  /** The members of the request that say what the placeholders stand for. */
  placeholders(): object {
    return {
      ...(this.#names.length > 0 && {
        ExpressionAttributeNames: Object.fromEntries(
          this.#names.map((name, i) => [`#n${i}`, name]),
        ),
      }),
      ...(this.#values.length > 0 && {
        ExpressionAttributeValues: Object.fromEntries(this.#values.map((v, i) => [`:v${i}`, v])),
      }),
    }
  }

  path(path: Path): string {
    const steps = path.map((step) =>
      typeof step === 'number' ? `[${step}]` : `.${this.#name(step)}`,
    )
    return steps.join('').slice(1)
  }

  projection(paths: readonly Path[]): string {
    return paths.map((path) => this.path(path)).join(', ')
  }

  value(value: Value): string {
    this.#values.push(value)
    return `:v${this.#values.length - 1}`
  }

  #name(name: string): string {
    if (/^[a-j]$|^[ps]k$|^[xy]$/.test(name)) return name
    if (!this.#names.includes(name)) this.#names.push(name)
    return `#n${this.#names.indexOf(name)}`
  }

  condition(condition: Condition): string {
    switch (condition.kind) {
      case 'compare': {
        const { left, comparator, right } = condition
        return `${this.#operand(left)} ${comparator} ${this.#operand(right)}`
      }
      case 'between': {
        const operands = [condition.operand, condition.lower, condition.upper]
        const [operand, lower, upper] = operands.map((each) => this.#operand(each))
        return `${operand} BETWEEN ${lower} AND ${upper}`
      }
      case 'in': {
        const list = condition.list.map((each) => this.#operand(each))
        return `${this.#operand(condition.operand)} IN (${list.join(', ')})`
      }
      case 'attribute_exists':
      case 'attribute_not_exists':
        return `${condition.kind}(${this.path(condition.path)})`
      case 'attribute_type':
        return `attribute_type(${this.#operand(condition.operand)}, ${this.value({ S: condition.type })})`
      case 'begins_with':
      case 'contains': {
        const [whole, part] = [condition.operand, condition.part].map((each) => this.#operand(each))
        return `${condition.kind}(${whole}, ${part})`
      }
      case 'and':
      case 'or': {
        const [left, right] = [condition.left, condition.right].map((each) => this.#nested(each))
        return `${left} ${condition.kind.toUpperCase()} ${right}`
      }
      case 'not':
        return `NOT ${this.#nested(condition.condition)}`
      default:
        return unreachable(condition)
    }
  }

  /** In parentheses where it has parts of its own. */
  #nested(condition: Condition): string {
    const isCompound = ['and', 'or', 'not'].includes(condition.kind)
    return isCompound ? `(${this.condition(condition)})` : this.condition(condition)
  }

  #operand(operand: Operand): string {
    if (operand.kind === 'value') return this.value(operand.value)
    const path = this.path(operand.path)
    return operand.kind === 'size' ? `size(${path})` : path
  }

  /** REQUIRES: actions of one clause stand together. */
  update(update: Update): string {
    const clauses = [...new Set(update.map(({ clause }) => clause))]
    return clauses
      .map((clause) => {
        const actions = update.filter((action) => action.clause === clause)
        return `${clause} ${actions.map((action) => this.#action(action)).join(', ')}`
      })
      .join(' ')
  }

  #action(action: UpdateAction): string {
    const path = this.path(action.path)
    if (action.clause === 'REMOVE') return path
    if (action.clause === 'SET') return `${path} = ${this.#setValue(action.value)}`
    return `${path} ${this.value(action.value)}`
  }

  #setValue(value: SetValue): string {
    switch (value.kind) {
      case 'value':
        return this.value(value.value)
      case 'path':
        return this.path(value.path)
      case 'if_not_exists':
        return `if_not_exists(${this.path(value.path)}, ${this.#setValue(value.otherwise)})`
      case 'list_append':
        return `list_append(${this.#setValue(value.left)}, ${this.#setValue(value.right)})`
      case '+':
      case '-':
        return `${this.#setValue(value.left)} ${value.kind} ${this.#setValue(value.right)}`
      default:
        return unreachable(value)
    }
  }
}
