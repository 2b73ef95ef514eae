/**
 * Makes the console that the server serves, `packages/server/dist/console`, out of `packages/console`.
 * See docs/decisions/console.md.
 */
import { build } from 'vite'
import { inRoot } from './workspace.mjs'

const consoleFolder = inRoot('packages', 'console')
const output = inRoot('packages', 'server', 'dist', 'console')

/** Browsers of the last two years. */
const target = ['chrome123', 'firefox128', 'safari17.5']

/** Writes the files of the console anew; the page last, which names all others. */
export async function make() {
  await build({
    configFile: false,
    root: consoleFolder,
    base: '/_dynatom/console/',
    logLevel: 'warn',
    publicDir: false,
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir: output,
      emptyOutDir: true,
      target,
      // No address but that of the server, so that nothing is within addresses either.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      // Those of the packages whose code is in it.
      license: { fileName: 'licenses.md' },
    },
  })
}
