/**
 * Makes what the command starts from, `dist/start`: `dynatom.cjs`, which the package names, and
 * `command.cjs`, all of the command as one script, with the JavaScript of lmdb-js. See
 * docs/decisions/cold-start.md.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { rolldown } from 'rolldown'
import { inRoot, startFile } from './workspace.mjs'

const server = inRoot('packages', 'server')
const dist = join(server, 'dist')
const output = join(dist, 'start')
const lmdbMain = createRequire(join(server, 'package.json')).resolve('lmdb')
const lmdbVersion = JSON.parse(
  readFileSync(join(dirname(lmdbMain), '..', 'package.json'), 'utf8'),
).version

/** Loaded at the first use of one of their names, and not before. */
const isLate = (name) => !['node:fs', 'node:path', 'node:process', 'node:timers'].includes(name)

/** A module finds files of the package by its own address, which is that of the compiled module. */
const addresses = {
  name: 'module-addresses',
  transform(code, id) {
    if (!code.includes('import.meta.url')) return null
    const path = JSON.stringify(relative(output, id).replaceAll('\\', '/'))
    const base = `require('node:url').pathToFileURL(__filename)`
    return {
      code: code.replaceAll('import.meta.url', `new URL(${path}, ${base}).href`),
      map: null,
    }
  },
}

/**
 * lmdb-js as it is installed, or as it was bundled where that is the same version. Of what it loads,
 * the codec of its own values is not needed, and its binary part is found by `storeBinding.ts`.
 */
const lmdb = {
  name: 'lmdb',
  resolveId(name, importer) {
    if (name === 'lmdb' && importer !== '\0lmdb') return '\0lmdb'
    if (name === 'lmdb') return { id: 'lmdb', external: true }
    if (name === 'msgpackr' || name === 'node-gyp-build-optional-packages') return `\0${name}`
    return null
  },
  load(id) {
    const binding = `require('dynatom:store-binding')`
    const modules = {
      '\0lmdb': `module.exports = ${binding}.isOfVersion('${lmdbVersion}')
        ? require(${JSON.stringify(lmdbMain)}) : require('lmdb')`,
      '\0msgpackr': 'exports.Encoder = undefined',
      '\0node-gyp-build-optional-packages': `module.exports = () => ${binding}.load()`,
    }
    return modules[id] === undefined ? null : { code: modules[id], moduleType: 'js' }
  },
}

const modelFile = join(dist, 'wire', 'modelFile.js')

/**
 * The models of the services within the script, the text of each shape and operation by itself, so
 * that a start parses none that it does not need. Every request asks for its operation, which is
 * parsed once; shapes are remembered by who asks for them.
 */
const models = {
  name: 'models',
  load(id) {
    if (id !== modelFile) return null
    const directory = join(server, 'model')
    const names = readdirSync(directory).filter((name) => name.endsWith('.json'))
    const code = names.map((name) => {
      const text = readFileSync(join(directory, name), 'utf8')
      const { metadata, operations, shapes } = JSON.parse(text)
      return `${JSON.stringify(name)}: () => open(${JSON.stringify(metadata)},
  ${textsOf(operations)}, ${textsOf(shapes)})`
    })
    return `const models = {\n${code.join(',\n')}\n}
const parsed = (text) => text && JSON.parse(text)
const open = (metadata, operations, shapes) => {
  const known = { __proto__: null }
  return {
    metadata,
    operationNames: () => Object.keys(operations),
    operation: (name) => (known[name] ??= parsed(operations[name])),
    shape: (name) => parsed(shapes[name]),
  }
}
export const openModelFile = (name) => models[name]()`
  },
}

/** Code of an object with the JSON of each value of `record`; it has no inherited names. */
function textsOf(record) {
  const members = Object.entries(record).map(([name, value]) => {
    return `${JSON.stringify(name)}: ${JSON.stringify(JSON.stringify(value))}`
  })
  return `{ __proto__: null, ${members.join(', ')} }`
}

const bundled = new Set(['lmdb', 'msgpackr', 'node-gyp-build-optional-packages'])
const bundledToo = new Set(['weak-lru-cache', 'ordered-binary', '@harperfast/extended-iterable'])
const isExternal = (name) =>
  /^[a-z@]/.test(name) && !/^[A-Za-z]:/.test(name) && !bundled.has(name) && !bundledToo.has(name)

/**
 * In place of `let name = require(...)` at the begin of a chunk: a module whose names are taken from it
 * when they are first read. From then on they are plain properties.
 */
function withLateModules(code) {
  return code.replaceAll(
    /^let (\w+) = require\("([^"]+)"\);\n(?:\1 = ((?:\w+\.)?__toESM\()\1(, 1)?\);\n)?/gm,
    (...[whole, local, name, interop = '(', rest = '']) => {
      if (!isLate(name)) return whole
      const used = code.matchAll(new RegExp(`\\b${local}\\.(\\w+)`, 'g'))
      const names = JSON.stringify([...new Set([...used].map(([, each]) => each))])
      return `let ${local} = lateModule(() => ${interop}require("${name}")${rest}), ${names});\n`
    },
  )
}

const lateModule = `
function lateModule(load, names) {
  const late = {}
  for (const name of names) {
    Object.defineProperty(late, name, {
      configurable: true,
      enumerable: true,
      get() {
        const value = load()[name]
        Object.defineProperty(late, name, { value, enumerable: true })
        return value
      },
    })
  }
  return late
}
`

/** The modules that `input` needs from the begin: those that it imports, and what they import. */
function neededModules() {
  const needed = new Set()
  const plugin = {
    name: 'needed-modules',
    buildEnd() {
      const add = (id) => {
        const module = this.getModuleInfo(id)
        if (needed.has(id) || module === null || module.isExternal) return
        needed.add(id)
        for (const imported of module.importedIds) add(imported)
      }
      for (const id of this.getModuleIds()) if (this.getModuleInfo(id).isEntry) add(id)
    },
  }
  return { needed, plugin }
}

/**
 * The one script that is made of the module `input` and what it imports. All that it needs from the
 * begin is in one scope, where V8 takes names for constants; what is imported later is a function in
 * it, called at the first import.
 */
async function bundle(input, plugins) {
  const { needed, plugin } = neededModules()
  const build = await rolldown({
    input,
    platform: 'node',
    external: isExternal,
    plugins: [...plugins, plugin],
    checks: { eval: false, pluginTimings: false },
    preserveEntrySignatures: 'allow-extension',
  })
  const groups = [{ name: 'needed', test: (id) => needed.has(id) }]
  const { output: chunks } = await build.generate({
    format: 'cjs',
    codeSplitting: { includeDependenciesRecursively: false, groups },
    entryFileNames: 'entry.cjs',
    chunkFileNames: '[name].cjs',
    comments: { annotation: false, legal: false, jsdoc: false },
    minify: false,
  })
  await build.close()
  const moduleIds = chunks.flatMap((chunk) => chunk.moduleIds)
  return { code: inOneScript(chunks), moduleIds }
}

/**
 * The chunks as one script: that of the entry, and the others as functions that are called by their
 * names.
 */
function inOneScript(chunks) {
  const [entry, ...others] = chunks.map(({ fileName, code }) => {
    return { fileName, code: withLateModules(code) }
  })
  const functions = others.map(({ fileName, code }) => {
    return `${JSON.stringify(`./${fileName}`)}(exports, require) {\n${code}\n}`
  })
  const required = `const requireOther = require
const known = { './${entry.fileName}': exports }
const chunks = {\n${functions.join(',\n')}\n}
require = (name) => {
  if (known[name] !== undefined) return known[name]
  const chunk = chunks[name]
  if (chunk === undefined) return requireOther(name)
  chunk(known[name] = {}, require)
  return known[name]
}
`
  return `${others.length === 0 ? '' : required}${entry.code}${lateModule}`
}

/** The licences of the packages whose code is in the bundle. */
function licencesOf(moduleIds) {
  const packages = new Set(
    moduleIds.flatMap((id) => {
      const found = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id.replaceAll('\\', '/'))
      return found === null ? [] : [found[1]]
    }),
  )
  return [...packages]
    .map((directory) => {
      const { name, version } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
      const file = readdirSync(directory).find((each) => /^licen[cs]e/i.test(each))
      const text = file === undefined ? '' : readFileSync(join(directory, file), 'utf8').trim()
      return `${name} ${version}\n\n${text}\n`
    })
    .join('\n----\n\n')
}

/** What `codeCache.ts` takes: a function for what a module is. */
const asFunction = (code) => `(function (exports, require, module, __filename) {${code}\n})\n`

/** The launcher reads a byte for a character. */
function asAscii(code) {
  const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return code.replaceAll(/\P{ASCII}/gu, (character) => character.split('').map(escaped).join(''))
}

/** Writes `dist/start` anew. */
export async function make() {
  rmSync(output, { recursive: true, force: true })
  mkdirSync(output, { recursive: true })
  const command = await bundle(join(dist, 'cli', 'command.js'), [addresses, lmdb, models])
  writeFileSync(join(output, 'command.cjs'), asAscii(asFunction(command.code)))
  writeFileSync(join(output, 'LICENSES.txt'), licencesOf(command.moduleIds))
  const launcher = await bundle(join(dist, 'cli', 'startFile', 'launcher.js'), [])
  writeFileSync(startFile, `#!/usr/bin/env node\n${launcher.code}`, { mode: 0o755 })
}
