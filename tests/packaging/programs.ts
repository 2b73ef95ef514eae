import { execFile } from 'node:child_process'

/** What a program printed. */
export interface Printed {
  readonly stdout: string
  readonly stderr: string
}

/** What an npm that runs these tests tells the programs it starts: nothing that another npm should hear. */
const ofOuterNpm =
  /^npm_(command|execpath|lifecycle_|node_execpath|package_|config_(?!registry|.*proxy|ca))|^INIT_CWD$/i

const environment = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !ofOuterNpm.test(name))),
  // Colours would stand between the words that tests look for.
  NO_COLOR: '1',
  FORCE_COLOR: undefined,
  CI: '1',
  NODE_ENV: undefined,
  VITEST: undefined,
})

/** Runs a program in `directory`. Rejects with all it printed when it fails. */
export function runIn(directory: string, program: string, ...args: string[]): Promise<Printed> {
  const options = { cwd: directory, env: environment(), maxBuffer: 64 * 1024 * 1024 }
  return new Promise((resolve, reject) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) return resolve({ stdout, stderr })
      const command = [program, ...args].join(' ')
      return reject(new Error(`${command} ended with ${error.code}:\n${stdout}\n${stderr}`))
    })
  })
}

/** Runs the text of a module or, with `require`, of a CommonJS script; gives what it printed. */
export async function evaluate(
  directory: string,
  kind: 'commonjs' | 'module',
  text: string,
): Promise<string> {
  const { stdout } = await runIn(directory, process.execPath, `--input-type=${kind}`, '-e', text)
  return stdout.trim()
}
