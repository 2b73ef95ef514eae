import { maxPolicyTextLength } from '../../limits.ts'
import {
  conditionOperator,
  conditionOperators,
  type Comparison,
  type NamedOperator,
} from './conditionOperators.ts'
import { addressBlock, binaryValue, boolValue, dateValue, numberValue } from './conditionValues.ts'
import type { Condition, PolicyVersion } from './policyDocument.ts'
import { objectAt, suggestion } from './policyElements.ts'
import { syntaxFault, type PolicyPath } from './policyFault.ts'
import { knowsVariables, textParts } from './policyText.ts'

/** The conditions of a statement, in the order of the document. Throws PolicyFault. */
export function parseConditions(
  value: unknown,
  path: PolicyPath,
  version: PolicyVersion,
): readonly Condition[] {
  if (value === undefined) return []
  return Object.entries(objectAt(value, path, 'Condition')).flatMap(([name, keys]) => {
    const at = [...path, name]
    const named = conditionOperator(name)
    if (named === undefined) {
      throw syntaxFault(at, `Unknown condition operator ${name}.${operatorMeant(name)}`)
    }
    return Object.entries(objectAt(keys, at, name)).map(([key, values]): Condition => {
      const here = [...at, key]
      if (key === '') throw syntaxFault(here, 'A condition needs the name of a key.')
      return { name, ...conditionOf(named), key, values: valuesAt(values, here, named, version) }
    })
  })
}

function conditionOf({ operator, set, ifExists }: NamedOperator) {
  return { operator, ifExists, ...(set !== undefined && { set }) }
}

function operatorMeant(name: string): string {
  const bare = name.slice(name.indexOf(':') + 1)
  if (bare.startsWith('Null'))
    return ' Null takes neither IfExists nor ForAllValues or ForAnyValue.'
  return suggestion(
    bare.replace(/IfExists$/, ''),
    conditionOperators.map((each) => each.name),
  )
}

/** Texts, numbers and booleans, one or a list. */
function valuesAt(
  value: unknown,
  path: PolicyPath,
  named: NamedOperator,
  version: PolicyVersion,
): readonly string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  return values.map((each, i) => {
    const where = Array.isArray(value) ? [...path, i] : path
    if (typeof each !== 'string' && typeof each !== 'number' && typeof each !== 'boolean') {
      throw syntaxFault(where, 'The value of a condition must be a text or a list of texts.')
    }
    const text = String(each)
    const problem = valueProblem(text, named, version)
    if (problem !== undefined) throw syntaxFault(where, problem)
    return text
  })
}

/** A kind of values that are not text: how they are read, and what is told when they cannot be. */
interface ValueForm {
  readonly read: (text: string) => unknown
  readonly takes: string
}

const boolForm: ValueForm = { read: boolValue, takes: 'true or false' }

const valueForms: Readonly<Partial<Record<Comparison, ValueForm>>> = {
  number: { read: numberValue, takes: 'numbers' },
  date: {
    read: dateValue,
    takes: 'dates such as 2026-01-31T12:00:00Z, or seconds since 1970',
  },
  bool: boolForm,
  absence: boolForm,
  binary: { read: binaryValue, takes: 'base64' },
  address: {
    read: addressBlock,
    takes: 'addresses and ranges such as 10.0.0.0/8 or 2001:db8::/32',
  },
}

/** What is wrong with a value of an operator; undefined for nothing. */
function valueProblem(
  text: string,
  { operator }: NamedOperator,
  version: PolicyVersion,
): string | undefined {
  if (text.length > maxPolicyTextLength) {
    return `The value of a condition has at most ${maxPolicyTextLength} characters.`
  }
  const form = valueForms[operator.comparison]
  if (form !== undefined) {
    if (form.read(text) !== undefined) return undefined
    return `"${text}" is no value of ${operator.name}: it takes ${form.takes}.`
  }
  const meaning = { variables: knowsVariables(version), wildcards: false }
  if (textParts(text, meaning) !== undefined) return undefined
  return 'A variable is not closed, or is not like ${aws:username}.'
}
