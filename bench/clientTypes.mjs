/** How long the compiler checks a table of 50 entities of `@dynatom/client`. See docs/benchmarks.md. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { importsText, tableText } from './fiftyEntities.mjs'
import { markdownTable } from './report.mjs'
import { median } from './statistics.mjs'
import { costsOf, writeProgram } from './typeCosts.mjs'

const usage = `npm run bench -- --client-types [options]
  --rounds N            checks of each (5)
  --compiler FILE       the tsc that checks (that of the repository)`

const entities = 50
const root = fileURLToPath(new URL('..', import.meta.url))
const directory = join(root, 'node_modules/.cache/clientTypes')

const programs = {
  'an empty file': 'export {}\n',
  'the SDK alone': `export { DynamoDBClient } from '@aws-sdk/client-dynamodb'\n`,
  'imports of the SDK and the client': importsText,
  [`a table of ${entities} entities`]: tableText(entities, false),
  'the same, each entity in six calls': tableText(entities, true),
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    compiler: { type: 'string', default: join(root, 'node_modules/.bin/tsc') },
    help: { type: 'boolean' },
  },
})
if (values.help) console.log(usage)
else {
  const written = Object.entries(programs).map(([name, text], i) => ({
    name,
    config: writeProgram(directory, `program${i}`, text),
  }))
  const rounds = Array.from({ length: Number(values.rounds) }, () =>
    written.map(({ config }) => costsOf(values.compiler, config)),
  )
  const middle = (program, figure) => median(rounds.map((round) => round[program][figure]))
  const rows = written.map(({ name }, i) => [
    name,
    middle(i, 0).toFixed(2),
    (middle(i, 0) - middle(0, 0)).toFixed(2),
    middle(i, 1).toFixed(2),
    middle(i, 2).toLocaleString('en-US'),
  ])
  const head = ['Types', 'in all, s', 'more than empty, s', 'checking, s', 'instantiations']
  console.log(markdownTable(head, rows))
}
