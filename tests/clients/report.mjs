const oneLine = (text) => text.replace(/\s+/g, ' ').trim()

/**
 * Counts test results and prints one line for each to stdout; what helps to understand a failure
 * goes to stderr. `finish` prints the last line and tells whether at least one test ran and all
 * of them passed.
 */
export function createReport() {
  let passed = 0
  let failed = 0
  const ok = (name) => {
    passed += 1
    console.log(`ok ${name}`)
  }
  const notOk = (name, error) => {
    failed += 1
    const message = error instanceof Error ? error.message : String(error)
    console.log(`not ok ${name}: ${oneLine(message)}`)
    console.error(error)
  }
  return {
    ok,
    notOk,
    /** Performs a test, whose failure is that of `body`. */
    async test(name, body) {
      try {
        await body()
        ok(name)
      } catch (error) {
        notOk(name, error)
      }
    },
    finish() {
      console.log(`${passed} passed, ${failed} failed`)
      return failed === 0 && passed > 0
    },
  }
}
