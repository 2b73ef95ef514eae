import fc from 'fast-check'
import { operationLists } from './arbitraryOperations.ts'
import type { Operation } from './operations.ts'
import { requestOf } from './requests.ts'
import type { TableDefinition } from './tables.ts'

/** Operations that are carried out one after the other on empty tables. */
export class Script {
  readonly tables: readonly TableDefinition[]
  readonly operations: readonly Operation[]
  /** How many operations have been begun; the others had no part in a failure. */
  begun = 0

  constructor(tables: readonly TableDefinition[], operations: readonly Operation[]) {
    this.tables = tables
    this.operations = operations
  }

  /** One request in a line: how a failing script is shown. */
  [fc.toStringMethod](): string {
    const tables = this.tables.map(({ name }) => name).join(' and ')
    const lines = this.operations
      .slice(0, this.begun)
      .map((operation, i) => `${i + 1}. ${textOf(operation)}`)
    return `a script on ${tables}\n${lines.join('\n')}\n`
  }
}

/** The name of an operation and its request; long texts are cut to their length. */
export function textOf(operation: Operation): string {
  if (operation.kind === 'Reopen') {
    return `the server is opened again${operation.store === 'older' ? ' on an older store' : ''}`
  }
  const { name, body } = requestOf(operation)
  const fault = operation.kind === 'Faulty' ? ` with the fault "${operation.fault.name}"` : ''
  const segments =
    operation.kind === 'Scan' && operation.totalSegments !== undefined
      ? ` in ${operation.totalSegments} segments`
      : ''
  return `${name}${segments}${fault} ${shortened(body)}`
}

export function shortened(body: unknown): string {
  return JSON.stringify(body, undefined, 1)
    .replaceAll(/\n\s*/g, ' ')
    .replaceAll(/x{100,}/g, (run) => `x{${run.length}}`)
}

export function scripts(tables: readonly [TableDefinition, TableDefinition]): fc.Arbitrary<Script> {
  return operationLists(tables).map((list) => new Script(tables, list))
}
