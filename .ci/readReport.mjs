/**
 * `node readReport.mjs REPORT FAILURES SKIPPED`: reads a JSON report of vitest, prints how many tests passed
 * and how many failed, and appends every failure and the name of every test that was skipped to files, so that
 * they can be told again where people look first. A file that broke before its first test counts as one failure.
 */
import { appendFileSync, readFileSync } from 'node:fs'

const shownLines = 30

const [report, failures, skipped] = process.argv.slice(2)
const results = JSON.parse(readFileSync(report, 'utf8'))

function tell(name, message) {
  const lines = message.split('\n').slice(0, shownLines)
  appendFileSync(failures, [name, ...lines].join('\n    ') + '\n')
}

let failed = 0
for (const { name, status, message, assertionResults } of results.testResults) {
  if (status === 'failed' && assertionResults.length === 0) {
    failed += 1
    tell(name, message)
  }
  for (const test of assertionResults) {
    if (test.status === 'skipped' || test.status === 'pending') {
      appendFileSync(skipped, `${name}: ${test.fullName}\n`)
    }
    if (test.status !== 'failed') continue
    failed += 1
    tell(`${name}: ${test.fullName}`, test.failureMessages.join('\n'))
  }
}
console.log(results.numPassedTests, failed)
