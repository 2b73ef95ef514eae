import process from 'node:process'
import type { LabDatabase } from '../../cli/createDatabase.ts'
import { workerName, type RunScope } from '../runOptions.ts'

/** Where the set-up leaves the database for the tear-down: Jest hands over what is global. */
interface RunGlobals {
  [databaseKey]?: LabDatabase | undefined
}

const databaseKey = Symbol.for('dynatom.jest.database')
const globals = globalThis as RunGlobals

export const keepDatabase = (database: LabDatabase | undefined): void => {
  globals[databaseKey] = database
}
export const keptDatabase = (): LabDatabase | undefined => globals[databaseKey]

/** By what the processes of tests know the scope of their run. */
const scopeVariable = 'DYNATOM_JEST_SCOPE'

export const tellScope = (scope: RunScope): void => {
  process.env[scopeVariable] = scope
}
export const toldScope = (): RunScope => (process.env[scopeVariable] ?? 'run') as RunScope

/** The name of this worker's database. */
export const ownName = (): string => workerName(process.env['JEST_WORKER_ID'] ?? '1')
