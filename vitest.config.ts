import { availableParallelism } from 'node:os'
import { configDefaults, defineConfig } from 'vitest/config'

/**
 * Files that are run in a process of their own: they replace modules, open broken stores, or leave
 * behind what waits for ever. All others share the modules that a worker has loaded.
 */
const isolated = [
  'packages/server/src/storage/lmdb/**/*.test.ts',
  'packages/server/src/access/signatures/signingKeys.test.ts',
  'packages/server/src/upkeep/tableUpkeep.test.ts',
  'tests/server/**/*.test.ts',
  'tests/simulation/run.test.ts',
]

export default defineConfig({
  test: {
    // Many tests wait for processes and timers: two cores bear four workers.
    maxWorkers: Math.max(4, availableParallelism()),
    experimental: { fsModuleCache: true },
    // What is built is taken as it is, as its users do: to transform it costs each file seconds.
    server: { deps: { external: [/\/packages\/\w+\/dist\//] } },
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // A busy machine may stand still for a second.
    expect: { poll: { timeout: 20_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'shared',
          isolate: false,
          include: ['packages/*/src/**/*.test.ts', 'tests/**/*.test.ts'],
          exclude: [...configDefaults.exclude, '**/dist/**', 'tests/clients/**', ...isolated],
        },
      },
      {
        extends: true,
        test: {
          name: 'isolated',
          include: isolated,
          exclude: [...configDefaults.exclude, '**/dist/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['packages/client/typetests/**/*.types.ts'],
            tsconfig: 'packages/client/tsconfig.test.json',
          },
        },
      },
    ],
  },
})
