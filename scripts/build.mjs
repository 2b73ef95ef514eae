/** `npm run build`: installs when that is needed and compiles the packages. */
import { build, installIfNeeded } from './workspace.mjs'

process.exitCode = (await installIfNeeded()) || (await build())
