import type { AccessKey, AccessKeys, Principal } from './accessKeys.ts'
import { administratorPolicy } from './policies/compilePolicy.ts'

/** The key of an account itself, which may do everything. */
export interface RootKey {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

const accessKeyIdPattern = /^[\w.-]{1,128}$/

/** Whether `text` can stand in a credential, whose parts are separated by marks. */
export const isAccessKeyId = (text: string): boolean => accessKeyIdPattern.test(text)

export const accessKeyIdText: string = '1 to 128 letters, digits and characters of "_.-"'

const rootArn = (accountId: string): string => `arn:aws:iam::${accountId}:root`

/** Whether somebody is the account itself. */
export const isRoot = ({ arn, accountId }: Principal): boolean => arn === rootArn(accountId)

/** The account itself. */
export const principalOfRoot = (accountId: string): Principal => ({
  arn: rootArn(accountId),
  accountId,
  roleArn: undefined,
  userName: undefined,
  userId: accountId,
  tags: new Map(),
  policies: { identity: [administratorPolicy] },
})

/** The keys of an account that has one. */
export function keysOfRoot(rootKey: RootKey, accountId: string): AccessKeys {
  const { accessKeyId, secretAccessKey } = rootKey
  const principal = principalOfRoot(accountId)
  const key: AccessKey = { accessKeyId, secretAccessKey, principal }
  return { find: (wanted) => (wanted === accessKeyId ? key : undefined) }
}
