export { newDatabase, type RunClientConfig, type RunDatabase } from '../runDatabase.ts'
export type { RunContent, RunOptions, RunScope } from '../runOptions.ts'
