/** The address of an engine as it may be shown: a password in it is masked. */
export const maskedAddress = (address: string): string =>
  address.replace(/^([^:@/]*:\/\/[^:@/]*):.*@/, '$1:********@')

/** Whether an address has a password in it. */
export const hasPassword = (address: string): boolean => maskedAddress(address) !== address

interface NamedValue {
  readonly name: string
  readonly value: string | undefined
}

/** What the operator should know of a password on the command line; undefined without one. */
export function passwordWarning(given: readonly NamedValue[]): string | undefined {
  const isGiven = given.some(({ name, value = '' }) => name === '--engine' && hasPassword(value))
  if (!isGiven) return undefined
  return (
    'Warning: a password in --engine may be seen by others on this machine; ' +
    'PGPASSWORD, a pgpass file and the configuration file keep it.'
  )
}
