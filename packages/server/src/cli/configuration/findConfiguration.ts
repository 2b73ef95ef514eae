import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { OperatorError } from '../operatorError.ts'

/** What a configuration file in the working directory is called. */
export const configurationFileNames: readonly string[] = [
  'dynatom.config.json',
  'dynatom.config.yaml',
  'dynatom.config.yml',
]

/** The name of the configuration file in `directory`. Throws OperatorError when there are two. */
export function findConfiguration(directory: string): string | undefined {
  const found = configurationFileNames.filter((name) => existsSync(join(directory, name)))
  if (found.length <= 1) return found[0]
  throw new OperatorError(
    `There are ${found.join(' and ')}: leave one, or say which with --config.`,
    2,
  )
}
