import { join } from 'node:path'
import type { runCommand } from '../command.ts'
import { openCachedCode } from './codeCache.ts'
import { StoreBinding } from './storeBinding.ts'

/** The command, out of one file and its cache. */
export interface StartFile {
  readonly runCommand: typeof runCommand
  /** Keeps the code that has been compiled until now for later starts. */
  readonly keep: () => void
}

/** As the bundle names it; see `scripts/startFile.mjs`. */
const bindingName = 'dynatom:store-binding'

/**
 * Loads the command. This module becomes CommonJS, where `require` and `__dirname` are; as a module
 * of another kind it cannot be loaded.
 */
export function openStartFile(): StartFile {
  const cacheFile = join(__dirname, `command.${cacheKind()}.cache`)
  const code = openCachedCode(join(__dirname, 'command.cjs'), cacheFile)
  const binding = new StoreBinding(require, code.notes)
  const command = code.evaluate((name) => (name === bindingName ? binding : require(name)))
  return { ...(command as Pick<StartFile, 'runCommand'>), keep: () => code.keep(binding.known) }
}

/** Starts with flags of Node, which may be V8's, do not replace the code of those without. */
function cacheKind(): string {
  const { version, arch, execArgv, env } = process
  const hasFlags = execArgv.length > 0 || (env['NODE_OPTIONS'] ?? '') !== ''
  return `${version}-${arch}${hasFlags ? '-flags' : ''}`
}

if (require.main === module) {
  const startFile = openStartFile()
  void startFile.runCommand(process.argv.slice(2), { onUsed: startFile.keep })
}
