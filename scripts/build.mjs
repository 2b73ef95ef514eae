/** `npm run build`, and what `npm pack` runs first: installs when that is needed and compiles the packages. */
import { build, installIfNeeded } from './workspace.mjs'

const installed = await installIfNeeded()
if (installed === 0) console.error('Building...')
process.exitCode = installed || (await build())
