import { fileURLToPath } from 'node:url'
import type { RunOptions } from '../runOptions.ts'

export { newDatabase, type RunClientConfig, type RunDatabase } from '../runDatabase.ts'
export type { RunContent, RunOptions, RunScope } from '../runOptions.ts'

declare module 'vitest' {
  interface ProvidedContext {
    dynatomOptions: RunOptions
    dynatomEnvironment: Readonly<Record<string, string>>
  }
}

/** What Vitest takes among its `plugins`. */
export interface VitestPlugin {
  readonly name: string
  readonly config: () => object
}

const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/**
 * A plugin for `vitest.config`: a server for the whole run, which the environment of the tests
 * names, and within it a database for each file of tests, or as `scope` says.
 */
export function dynatom(options: RunOptions = {}): VitestPlugin {
  return {
    name: 'dynatom',
    config: () => ({
      test: {
        globalSetup: [fileOf('globalSetup.js')],
        setupFiles: [fileOf('setup.js')],
        provide: { dynatomOptions: options },
      },
    }),
  }
}
