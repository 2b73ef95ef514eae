/** What the compiler of TypeScript has to do for a program of one file. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const compilerOptions = {
  target: 'es2022',
  lib: ['es2023', 'esnext.disposable'],
  module: 'nodenext',
  moduleResolution: 'nodenext',
  types: ['node'],
  strict: true,
  noEmit: true,
  skipLibCheck: true,
}

/** Writes a program, which finds packages from `directory` on, and gives the file of its settings. */
export function writeProgram(directory, name, text) {
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(directory, `${name}.ts`), text)
  const config = join(directory, `tsconfig.${name}.json`)
  writeFileSync(config, JSON.stringify({ compilerOptions, files: [`${name}.ts`] }))
  return config
}

/** Seconds in all, seconds of checking, and instantiations of types; throws for a program that is wrong. */
export function costsOf(compiler, config) {
  const args = [compiler, '-p', config, '--extendedDiagnostics']
  const printed = execFileSync(process.execPath, args, { encoding: 'utf8' })
  const figure = (label) => Number(new RegExp(`^${label}:\\s+([\\d.]+)`, 'm').exec(printed)[1])
  return ['Total time', 'Check time', 'Instantiations'].map(figure)
}
