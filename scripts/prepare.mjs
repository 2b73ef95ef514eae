/**
 * What npm runs once it has installed the packages, also when it makes the package for a program that
 * depends on a git address of this repository: compiles. Without the compiler (`--omit=dev`) there is
 * nothing that it could do.
 */
import { existsSync } from 'node:fs'
import { build, inRoot } from './workspace.mjs'

if (existsSync(inRoot('node_modules', 'typescript'))) process.exitCode = await build()
