import type { Item, Value } from './attributes.ts'
import type { Condition } from './conditions.ts'
import { pathsOf } from './conditions.ts'
import type { KeyCondition } from './queries.ts'
import { ConditionPrinter } from './statementConditions.ts'
import type { Access, ItemStatement, Lookup, SelectStatement } from './statements.ts'
import { gap, StatementStyle } from './statementStyle.ts'
import { unreachable } from './unreachable.ts'
import type { SetValue, UpdateAction } from './updates.ts'
import type { ReturnValues } from './writes.ts'

/** A statement as a request has it. */
export interface StatementMembers {
  readonly Statement: string
  readonly Parameters?: readonly Value[]
}

/** The text and the parameters of a statement about one item. */
export function itemStatementText(statement: ItemStatement): StatementMembers {
  const printer = new StatementPrinter(statement.style)
  return printer.finished(printer.itemStatement(statement))
}

export function selectText(statement: SelectStatement): StatementMembers {
  const printer = new StatementPrinter(statement.style)
  return printer.finished(printer.select(statement))
}

const returningOf: Readonly<Record<Exclude<ReturnValues, 'NONE'>, string>> = {
  ALL_OLD: 'ALL OLD',
  ALL_NEW: 'ALL NEW',
  UPDATED_OLD: 'MODIFIED OLD',
  UPDATED_NEW: 'MODIFIED NEW',
}

class StatementPrinter extends ConditionPrinter {
  constructor(style: number) {
    super(new StatementStyle(style))
  }

  finished(text: string): StatementMembers {
    const Statement = this.style.spaced(text)
    const Parameters = this.parameters
    return { Statement, ...(Parameters.length > 0 && { Parameters }) }
  }

  /** Words and texts with a gap between each two. */
  #join(...parts: readonly (string | undefined)[]): string {
    return parts.filter((part) => part !== undefined && part !== '').join(gap)
  }

  itemStatement(statement: ItemStatement): string {
    const word = (text: string): string => this.style.word(text)
    const { table } = statement
    switch (statement.kind) {
      case 'Select':
        return this.#itemSelect(statement)
      case 'Exists':
        return `${word('EXISTS')}(${this.#itemSelect(statement)})`
      case 'Insert': {
        const into = this.#join(word('INSERT INTO'), this.name(table))
        return this.#join(into, word('VALUE'), this.map(statement.item))
      }
      case 'Delete': {
        const from = this.#join(word('DELETE FROM'), this.name(table))
        const where = this.#where(statement)
        return this.#join(from, where, this.#returning(statement.returning))
      }
      case 'Update': {
        const name = this.name(table)
        const isFromFirst = this.style.chance(4)
        const text = isFromFirst
          ? this.#join(word('FROM'), name, this.#where(statement), this.#clauses(statement.update))
          : this.#join(
              word('UPDATE'),
              name,
              this.#clauses(statement.update),
              this.#where(statement),
            )
        return this.#join(text, this.#returning(statement.returning))
      }
      default:
        return unreachable(statement)
    }
  }

  #itemSelect(statement: Extract<ItemStatement, { kind: 'Select' | 'Exists' }>): string {
    const columns = statement.kind === 'Select' ? statement.columns : undefined
    return this.#join(this.#selectFrom(statement.table, columns), this.#where(statement))
  }

  #selectFrom(table: string, columns: SelectStatement['columns']): string {
    const shown = columns === undefined ? '*' : this.paths(columns)
    return this.#join(this.style.word('SELECT'), shown, this.style.word('FROM'), this.name(table))
  }

  #returning(values: ReturnValues | undefined): string | undefined {
    if (values === undefined || values === 'NONE') return undefined
    return this.#join(this.style.word(`RETURNING ${returningOf[values]}`), '*')
  }

  /** The equalities of the key and what else is asked; the first equality on a key counts. */
  #where({ key, condition }: { readonly key: Item; readonly condition?: Condition }): string {
    const parts = Object.entries(key).map(
      ([name, value]) =>
        () =>
          this.#equality(name, value),
    )
    const asksOfKey =
      condition !== undefined &&
      pathsOf(condition).some((path) => Object.hasOwn(key, path[0] as string))
    if (condition !== undefined) parts.push(() => this.#conjunct(condition))
    if (parts.length === 0) return ''
    return this.#join(this.style.word('WHERE'), this.all(parts, asksOfKey))
  }

  #equality(name: string, value: Value): string {
    if (!this.style.chance(6)) return this.comparison(name, '=', value)
    const text = this.value(value)
    return this.#join(text, '=', this.name(name))
  }

  /** OR is weaker than AND. */
  #conjunct(condition: Condition): string {
    return condition.kind === 'or' ? `(${this.condition(condition)})` : this.condition(condition)
  }

  select(statement: SelectStatement): string {
    const { table, index, columns, access, filter, orderBy } = statement
    const from = this.#selectFrom(table, columns)
    const source = index === undefined ? from : `${from}.${this.name(index)}`
    const parts = this.#accessParts(access)
    if (filter !== undefined) parts.push(() => this.#conjunct(filter))
    const where = parts.length === 0 ? '' : this.#join(this.style.word('WHERE'), this.all(parts))
    const order = orderBy.map(({ name, descending }) => {
      const direction = descending ? 'DESC' : this.style.pick(['', 'ASC'])
      return this.#join(this.name(name), direction === '' ? '' : this.style.word(direction))
    })
    const by =
      order.length === 0 ? '' : this.#join(this.style.word('ORDER BY'), order.join(`,${gap}`))
    return this.#join(source, where, by)
  }

  #accessParts(access: Access): (() => string)[] {
    if (access.kind === 'everything') return []
    if (access.kind === 'alternatives') {
      const or = (): string => gap + this.style.word('OR') + gap
      return [() => `(${access.lookups.map((each) => this.#lookup(each)).join(or())})`]
    }
    const { name, values, form, conditions, points } = access
    const parts = conditions.map((each) => () => this.#keyCondition(each))
    if (points !== undefined) parts.push(() => this.#among(points.name, points.values))
    if (form === '=') return [() => this.#equality(name, values[0] as Value), ...parts]
    if (form === 'IN') return [() => this.#among(name, values), ...parts]
    const or = (): string => gap + this.style.word('OR') + gap
    const each = (): string => values.map((value) => this.#equality(name, value)).join(or())
    return [() => `(${each()})`, ...parts]
  }

  #among(name: string, values: readonly Value[]): string {
    const members = values.map((value) => () => this.value(value))
    return this.among(this.path([name]), members)
  }

  #lookup({ name, partition, conditions }: Lookup): string {
    const parts = conditions.map((each) => () => this.#keyCondition(each))
    const text = this.all([() => this.#equality(name, partition), ...parts])
    return this.style.chance(2) ? `(${text})` : text
  }

  #keyCondition({ name, operator, values }: KeyCondition): string {
    const [first, last] = values as readonly [Value, Value]
    if (operator === '=') return this.#equality(name, first)
    if (operator === 'begins_with') {
      const path = this.path([name])
      return this.call(operator, path, this.value(first))
    }
    if (operator !== 'BETWEEN') return this.comparison(name, operator, first)
    return this.between(
      this.path([name]),
      () => this.value(first),
      () => this.value(last),
    )
  }

  /** Each with a word of its own, or with commas between assignments. */
  #clauses(update: readonly UpdateAction[]): string {
    let text = ''
    for (const [i, action] of update.entries()) {
      const word = action.clause === 'REMOVE' ? 'REMOVE' : 'SET'
      const before = update[i - 1]
      const goesOn = before !== undefined && before.clause !== 'REMOVE' && word === 'SET'
      const joint = goesOn && this.style.chance(3) ? `,${gap}` : gap + this.style.word(word) + gap
      text += joint + this.#action(action)
    }
    return text.slice(gap.length)
  }

  #action(action: UpdateAction): string {
    const path = this.path(action.path)
    if (action.clause === 'REMOVE') return path
    if (action.clause === 'SET') return this.#join(path, '=', this.#setValue(action.value))
    const name = action.clause === 'ADD' ? 'set_add' : 'set_delete'
    const same = this.path(action.path)
    return this.#join(path, '=', this.call(name, same, this.value(action.value)))
  }

  #setValue(value: SetValue): string {
    switch (value.kind) {
      case 'value':
        return this.value(value.value)
      case 'path':
        return this.path(value.path)
      case 'if_not_exists':
        throw new Error('PartiQL has no if_not_exists')
      case 'list_append': {
        const left = this.#setValue(value.left)
        return this.call(value.kind, left, this.#setValue(value.right))
      }
      case '+':
      case '-': {
        const left = this.#setValue(value.left)
        return this.#join(left, value.kind, this.#setValue(value.right))
      }
      default:
        return unreachable(value)
    }
  }
}
