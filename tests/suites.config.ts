import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const sideBySide = ['simulation', 'console', 'postgres']

/** The long suites, each run by a command of its own (`scripts/suite.mjs`), never by `npm test`. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['tests/**/*.suite.ts'],
    exclude: ['**/node_modules/**'],
    // What `npm test` has transformed before is not transformed again.
    experimental: { fsModuleCache: true },
    // A suite measures time and loads the machine; two at once would disturb each other. A simulation has
    // no time but its own, and what waits for browsers or for PostgreSQL waits more than it works.
    maxWorkers: sideBySide.includes(process.env['DYNATOM_SUITE'] ?? '') ? 2 : 1,
    testTimeout: 24 * 60 * 60 * 1000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    // What a suite prints (seeds, figures) belongs to its result.
    disableConsoleIntercept: true,
  },
})
