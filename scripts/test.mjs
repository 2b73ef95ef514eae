/**
 * `npm test`: installs when that is needed, compiles, checks the types of the tests, lints, and runs the
 * tests. Every step runs even when another one failed, except that nothing can be tested without a
 * build. Arguments go to vitest.
 */
import { build, inRoot, installIfNeeded, runTool } from './workspace.mjs'

const checked = ['packages', 'tests', 'bench', 'scripts']

/** What has not changed since the last time is not looked at again. */
function checkTypes(name) {
  const note = inRoot('node_modules', '.cache', `types-of-${name}.tsbuildinfo`)
  const project = `packages/${name}/tsconfig.test.json`
  return runTool('tsc', ['-p', project, '--incremental', '--tsBuildInfoFile', note])
}

const checks = [
  ['types of the tests', () => checkTypes('server')],
  ['types of the tests of the client', () => checkTypes('client')],
  ['types of the console and its tests', () => checkTypes('console')],
  ['lint', () => runTool('oxlint', ['--type-aware', '--deny-warnings', ...checked])],
  ['format', () => runTool('biome', ['format', ...checked])],
]

const runTests = () => runTool('vitest', ['run', ...process.argv.slice(2)])

async function main() {
  const prepared = (await installIfNeeded()) || (await build())
  if (prepared !== 0) return prepared
  const failed = []
  const perform = async ([name, check]) => {
    if ((await check()) !== 0) failed.push(name)
  }
  // Many tests wait: there is time for the other checks beside them.
  const beside = (async () => {
    for (const check of checks) await perform(check)
  })()
  await Promise.all([beside, perform(['tests', runTests])])
  if (failed.length === 0) return 0
  console.error(`Failed: ${failed.join(', ')}.`)
  return 1
}

process.exitCode = await main()
