import { accessKeyIdText, isAccessKeyId, type RootKey } from '../access/rootKey.ts'
import { OperatorError } from './operatorError.ts'

/** Not on the command line, which everybody on the machine can read. */
export const accessKeyIdName = 'DYNATOM_ACCESS_KEY_ID'
export const secretAccessKeyName = 'DYNATOM_SECRET_ACCESS_KEY'

/** The key of the account from `environment`. Throws OperatorError when there is none. */
export function rootKeyOf(environment: Readonly<Record<string, string | undefined>>): RootKey {
  const accessKeyId = environment[accessKeyIdName] ?? ''
  const secretAccessKey = environment[secretAccessKeyName] ?? ''
  if (accessKeyId === '' || secretAccessKey === '') {
    throw new OperatorError(
      `--auth required needs a key: set ${accessKeyIdName} and ${secretAccessKeyName} ` +
        'in the environment.',
    )
  }
  if (!isAccessKeyId(accessKeyId)) {
    throw new OperatorError(`${accessKeyIdName} takes ${accessKeyIdText}.`)
  }
  return { accessKeyId, secretAccessKey }
}
