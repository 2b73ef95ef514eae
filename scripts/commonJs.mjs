/**
 * Makes the CommonJS form of the server, `dist/cjs`, out of the compiled one: its code as a few files, and
 * the types that a program reaches from `index.d.ts`. A `package.json` of its own says that all of it is
 * CommonJS, which is what `require`, Jest and TypeScript go by.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { rolldown } from 'rolldown'
import { inRoot } from './workspace.mjs'

const dist = inRoot('packages', 'server', 'dist')
const output = join(dist, 'cjs')

/** A module finds files of the package by its own address; in CommonJS it keeps the address it had. */
const addresses = {
  name: 'module-addresses',
  transform(code, id) {
    if (!code.includes('import.meta.url')) return null
    const path = JSON.stringify(relative(output, id).replaceAll('\\', '/'))
    const base = `require('node:url').pathToFileURL(__filename)`
    return code.replaceAll('import.meta.url', `new URL(${path}, ${base}).href`)
  },
}

/** What Jest loads of the kit for it. */
const jestFiles = [
  'jest',
  'jestPreset',
  'jestGlobalSetup',
  'jestGlobalTeardown',
  'jestSetup',
  'jestSetupAfterEnv',
]

async function bundleCode() {
  const bundle = await rolldown({
    input: {
      index: join(dist, 'index.js'),
      ...Object.fromEntries(
        jestFiles.map((name) => [name, join(dist, 'kits', 'jest', `${name}.js`)]),
      ),
    },
    platform: 'node',
    external: (id) => !id.startsWith('.') && !id.startsWith('/') && !/^[A-Za-z]:/.test(id),
    plugins: [addresses],
    // What is left unused by this entrance stays: the code is the compiled one, not a smaller one.
    treeshake: false,
  })
  await bundle.write({
    dir: output,
    format: 'cjs',
    exports: 'named',
    // Jest's CommonJS knows no `import()`.
    dynamicImportInCjs: false,
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
  })
  await bundle.close()
}

/** Copies a file of types and what it names to `dist/cjs`, where `.ts` in a name becomes `.js`. */
function copyTypes(path, copied = new Set()) {
  if (copied.has(path)) return
  copied.add(path)
  const named = []
  const text = readFileSync(join(dist, path), 'utf8').replaceAll(
    /(\bfrom |\bimport\()'(\.[^']*)\.ts'/g,
    (_, before, name) => {
      named.push(join(dirname(path), `${name}.d.ts`))
      return `${before}'${name}.js'`
    },
  )
  mkdirSync(dirname(join(output, path)), { recursive: true })
  writeFileSync(join(output, path), text.replace(/\n\/\/# sourceMappingURL=.*/, ''))
  for (const name of named) copyTypes(name, copied)
}

/**
 * Vitest loads the set-up of its kit as a file of the project, and warns of a source map whose sources are not
 * in the package.
 */
function leaveOutMap(path) {
  const text = readFileSync(join(dist, path), 'utf8')
  writeFileSync(join(dist, path), text.replace(/\n\/\/# sourceMappingURL=.*/, ''))
}

/** Writes `dist/cjs` anew. */
export async function make() {
  rmSync(output, { recursive: true, force: true })
  await bundleCode()
  const copied = new Set()
  copyTypes('index.d.ts', copied)
  copyTypes('kits/jest/jest.d.ts', copied)
  leaveOutMap('kits/vitest/setup.js')
  writeFileSync(join(output, 'package.json'), '{ "type": "commonjs" }\n')
}
