import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'tests/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', 'tests/clients/**'],
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // A busy machine may stand still for a second.
    expect: { poll: { timeout: 20_000 } },
  },
})
