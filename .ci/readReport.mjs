/**
 * `node readReport.mjs REPORT NAME DIRECTORY`: reads a JSON report of vitest, prints how many tests passed and
 * how many failed, and appends every failure to `failures.txt` and the name of every test that was skipped to
 * `skipped.txt` of the directory, each after the name of the run, so that they can be told again where people
 * look first. A file that broke before its first test counts as one failure.
 */
import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const shownLines = 30
const shownColumns = 300

const [report, run, directory] = process.argv.slice(2)
const failures = join(directory, 'failures.txt')
const skipped = join(directory, 'skipped.txt')
const results = JSON.parse(readFileSync(report, 'utf8'))

function tell(name, message) {
  const lines = message.split('\n').slice(0, shownLines)
  const shown = lines.map((line) => line.slice(0, shownColumns))
  appendFileSync(failures, [`${run}: ${name}`, ...shown].join('\n    ') + '\n')
}

let failed = 0
for (const { name, status, message, assertionResults } of results.testResults) {
  if (status === 'failed' && assertionResults.length === 0) {
    failed += 1
    tell(name, message)
  }
  for (const test of assertionResults) {
    if (test.status === 'skipped' || test.status === 'pending') {
      appendFileSync(skipped, `${run}: ${name}: ${test.fullName}\n`)
    }
    if (test.status !== 'failed') continue
    failed += 1
    tell(`${name}: ${test.fullName}`, test.failureMessages.join('\n'))
  }
}
console.log(results.numPassedTests, failed)
