import { fileURLToPath } from 'node:url'

/** Jest's own modules are CommonJS, and so is what it loads. */
const fileOf = (name: string): string =>
  fileURLToPath(new URL(`../../cjs/${name}.js`, import.meta.url))

/** The preset `dynatom/jest`. */
const preset: Readonly<Record<string, string | readonly string[]>> = {
  globalSetup: fileOf('jestGlobalSetup'),
  globalTeardown: fileOf('jestGlobalTeardown'),
  setupFiles: [fileOf('jestSetup')],
  setupFilesAfterEnv: [fileOf('jestSetupAfterEnv')],
}

export default preset
