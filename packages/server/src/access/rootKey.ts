import type { AccessKey, AccessKeys } from './accessKeys.ts'

/** The key of an account itself, which may do everything. */
export interface RootKey {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

const accessKeyIdPattern = /^[\w.-]{1,128}$/

/** Whether `text` can stand in a credential, whose parts are separated by marks. */
export const isAccessKeyId = (text: string): boolean => accessKeyIdPattern.test(text)

export const accessKeyIdText: string = '1 to 128 letters, digits and characters of "_.-"'

/** The keys of an account that has one. */
export function keysOfRoot(
  { accessKeyId, secretAccessKey }: RootKey,
  accountId: string,
): AccessKeys {
  const principal = { arn: `arn:aws:iam::${accountId}:root`, accountId }
  const key: AccessKey = { accessKeyId, secretAccessKey, principal }
  return { find: (wanted) => (wanted === accessKeyId ? key : undefined) }
}
