/**
 * Makes the console that the server serves, `packages/server/dist/console`, out of `packages/console`.
 * See docs/decisions/console.md.
 */
import { join } from 'node:path'
import { build } from 'vite'
import { makeCourses } from './courses.mjs'
import { inRoot } from './workspace.mjs'

const consoleFolder = inRoot('packages', 'console')
const output = inRoot('packages', 'server', 'dist', 'console')

/** Browsers of the last two years. */
const target = ['chrome123', 'firefox128', 'safari17.5']

const shared = {
  configFile: false,
  root: consoleFolder,
  base: '/_dynatom/console/',
  logLevel: 'warn',
  publicDir: false,
}

const sharedBuild = {
  outDir: output,
  target,
  // No address but that of the server, so that nothing is within addresses either.
  assetsInlineLimit: 0,
  reportCompressedSize: false,
}

const makePage = () =>
  build({
    ...shared,
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      ...sharedBuild,
      emptyOutDir: false,
      modulePreload: { polyfill: false },
      // Those of the packages whose code is in it.
      license: { fileName: 'licenses.md' },
    },
  })

/** One file each, which loads no other: their policy allows none. The server knows them by their folder. */
const makeWorkers = () =>
  build({
    ...shared,
    build: {
      ...sharedBuild,
      emptyOutDir: true,
      license: { fileName: 'workers/licenses.md' },
      rolldownOptions: {
        // Of a helper for what is loaded later, which nothing is.
        transform: { define: { 'import.meta': '{}' } },
        input: join(consoleFolder, 'src', 'learn', 'worker', 'courseWorker.ts'),
        output: { format: 'iife', entryFileNames: 'workers/[name].js' },
      },
    },
  })

/** Writes the files of the console anew; the page last, which names all others. */
export async function make() {
  await makeWorkers()
  await makeCourses(join(consoleFolder, 'courses'), output)
  await makePage()
}
