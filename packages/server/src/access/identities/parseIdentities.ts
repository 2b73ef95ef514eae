import { createHash } from 'node:crypto'
import type { AccessKey, Principal } from '../accessKeys.ts'
import { administratorPolicy, CompiledPolicy } from '../policies/compilePolicy.ts'
import { dateValue } from '../policies/conditionValues.ts'
import { parsePolicy } from '../policies/parsePolicy.ts'
import { PolicyFault } from '../policies/policyFault.ts'
import type { ApplicablePolicies } from '../policies/decide.ts'
import { suggestion } from '../policies/policyElements.ts'
import { DocumentEntry } from './documentEntry.ts'
import { Identities } from './identities.ts'
import { readDocument } from './readDocument.ts'

const topMembers = ['accountId', 'users', 'roles', 'policies']
const identityMembers = ['accountId', 'administrator', 'policies', 'permissionsBoundary', 'tags']
const userMembers = [...identityMembers, 'userId', 'accessKeys']
const roleMembers = [...identityMembers, 'roleId', 'sessions']
const keyMembers = ['accessKeyId', 'secretAccessKey']
const sessionMembers = [...keyMembers, 'sessionToken', 'expiration', 'policy', 'tags']

const accountPattern = /^\d{12}$/
const namePattern = /^[\w+=,.@-]{1,64}$/
const policyNamePattern = /^[\w+=,.@-]{1,128}$/
const keyIdPattern = /^[\w.+=@-]{1,128}$/
const secretPattern = /^[\x21-\x7e]{1,256}$/
const tokenPattern = /^[\x21-\x7e]{1,4096}$/
const idPattern = /^[A-Z0-9]{4,128}$/

/**
 * Understands a file of identities: docs/identities.md has its form. `accountId` is that of who
 * names no other. Throws IdentitiesFault, and nothing else.
 */
export function parseIdentities(text: string, accountId: string): Identities {
  const root = new DocumentEntry(readDocument(text))
  root.refuseUnknown(topMembers, 'A file of identities')
  const account = accountOf(root, accountId)
  const policies = parseNamedPolicies(root.member('policies'), account)
  const context: Context = { accountId: account, policies, keys: new Map() }
  const users = root.member('users')?.members('users') ?? []
  const roles = root.member('roles')?.members('roles') ?? []
  for (const [name, entry] of users) addUser(name, entry, context)
  for (const [name, entry] of roles) addRole(name, entry, context)
  return new Identities(context.keys, {
    users: users.length,
    roles: roles.length,
    accessKeys: context.keys.size,
    policies: policies.size,
  })
}

interface Context {
  readonly accountId: string
  /** Those that identities name. */
  readonly policies: ReadonlyMap<string, CompiledPolicy>
  /** What was read so far. */
  readonly keys: Map<string, AccessKey>
}

function accountOf(entry: DocumentEntry, otherwise: string): string {
  const form = 'An accountId has 12 digits.'
  return entry.member('accountId')?.text(accountPattern, form) ?? otherwise
}

function parseNamedPolicies(
  entry: DocumentEntry | undefined,
  accountId: string,
): ReadonlyMap<string, CompiledPolicy> {
  const policies = new Map<string, CompiledPolicy>()
  for (const [name, each] of entry?.members('policies') ?? []) {
    refuseName(name, policyNamePattern, each, 'policy')
    if (name === administratorPolicy.name) throw each.fault(`${name} is there already.`)
    const arn = `arn:aws:iam::${accountId}:policy/${name}`
    policies.set(name, compilePolicyAt(each, name, arn))
  }
  return policies
}

function refuseName(name: string, pattern: RegExp, entry: DocumentEntry, what: string): void {
  if (pattern.test(name)) return
  throw entry.fault(`The name of a ${what} has letters, digits and _+=,.@- alone.`)
}

function compilePolicyAt(entry: DocumentEntry, name: string, arn?: string): CompiledPolicy {
  try {
    return new CompiledPolicy(parsePolicy(entry.value, 'identity'), name, arn)
  } catch (error) {
    if (error instanceof PolicyFault) throw entry.fault(error.message, error.path)
    throw error
  }
}

function addUser(name: string, entry: DocumentEntry, context: Context): void {
  entry.refuseUnknown(userMembers, 'A user')
  refuseName(name, namePattern, entry, 'user')
  const accountId = accountOf(entry, context.accountId)
  const arn = `arn:aws:iam::${accountId}:user/${name}`
  const principal: Principal = {
    arn,
    accountId,
    roleArn: undefined,
    userName: name,
    userId: idOf(entry, 'userId', `AIDA${derivedId(arn)}`),
    tags: parseTags(entry.member('tags')),
    policies: parsePolicies(entry, context),
  }
  for (const key of entry.member('accessKeys')?.items('accessKeys') ?? []) {
    key.refuseUnknown(keyMembers, 'An access key')
    addKey(key, context, { ...keyPair(key, 'An access key'), principal })
  }
}

function addRole(name: string, entry: DocumentEntry, context: Context): void {
  entry.refuseUnknown(roleMembers, 'A role')
  refuseName(name, namePattern, entry, 'role')
  const accountId = accountOf(entry, context.accountId)
  const roleArn = `arn:aws:iam::${accountId}:role/${name}`
  const roleId = idOf(entry, 'roleId', `AROA${derivedId(roleArn)}`)
  const tags = parseTags(entry.member('tags'))
  const policies = parsePolicies(entry, context)
  for (const [sessionName, session] of entry.member('sessions')?.members('sessions') ?? []) {
    session.refuseUnknown(sessionMembers, 'A session')
    refuseName(sessionName, namePattern, session, 'session')
    const policy = session.member('policy')
    const tokenForm = 'A sessionToken has 1 to 4096 characters without blanks.'
    addKey(session, context, {
      ...keyPair(session, 'A session'),
      sessionToken: session.required('sessionToken', 'A session').text(tokenPattern, tokenForm),
      principal: {
        arn: `arn:aws:sts::${accountId}:assumed-role/${name}/${sessionName}`,
        accountId,
        roleArn,
        userName: undefined,
        userId: `${roleId}:${sessionName}`,
        // The tags of a session come over those of its role.
        tags: new Map([...tags, ...parseTags(session.member('tags'))]),
        policies: {
          ...policies,
          ...(policy !== undefined && { session: policyOf(policy, 'session policy', context) }),
        },
      },
      ...expirationOf(session),
    })
  }
}

function keyPair(entry: DocumentEntry, what: string) {
  const idForm = 'An accessKeyId has letters, digits and _.+=@- alone, 128 at most.'
  const secretForm = 'A secretAccessKey has 1 to 256 characters without blanks.'
  return {
    accessKeyId: entry.required('accessKeyId', what).text(keyIdPattern, idForm),
    secretAccessKey: entry.required('secretAccessKey', what).text(secretPattern, secretForm),
  }
}

function addKey(entry: DocumentEntry, { keys }: Context, key: AccessKey): void {
  const { accessKeyId } = key
  if (keys.has(accessKeyId)) {
    throw entry.fault(`The access key ${accessKeyId} is given twice.`, ['accessKeyId'])
  }
  keys.set(accessKeyId, key)
}

function idOf(entry: DocumentEntry, name: string, derived: string): string {
  const form = `A ${name} has capital letters and digits alone.`
  return entry.member(name)?.text(idPattern, form) ?? derived
}

/** The same for the same ARN, so that policies can name it. */
function derivedId(arn: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const digest = createHash('sha256').update(arn).digest()
  return Array.from(digest.subarray(0, 17), (byte) => letters[byte % 32]).join('')
}

function parseTags(entry: DocumentEntry | undefined): ReadonlyMap<string, string> {
  const tags = new Map<string, string>()
  for (const [name, each] of entry?.members('tags') ?? []) {
    tags.set(name.toLowerCase(), each.text(/^[^]{0,256}$/, 'A tag is a text of 256 characters.'))
  }
  return tags
}

function expirationOf(entry: DocumentEntry): Pick<AccessKey, 'expiresMs'> {
  const expiration = entry.member('expiration')
  if (expiration === undefined) return {}
  const expiresMs = typeof expiration.value === 'string' ? dateValue(expiration.value) : undefined
  if (expiresMs !== undefined) return { expiresMs }
  throw expiration.fault('An expiration is a date such as 2026-01-31T12:00:00Z.')
}

function parsePolicies(
  entry: DocumentEntry,
  context: Context,
): Pick<ApplicablePolicies, 'identity' | 'boundary'> {
  const listed = entry.member('policies')?.items('policies') ?? []
  const boundary = entry.member('permissionsBoundary')
  const isAdministrator = entry.member('administrator')?.flag('administrator') ?? false
  return {
    identity: [
      ...(isAdministrator ? [administratorPolicy] : []),
      ...listed.map((each, i) => policyOf(each, `inline policy ${i + 1}`, context)),
    ],
    ...(boundary !== undefined && {
      boundary: policyOf(boundary, 'permissions boundary', context),
    }),
  }
}

/** A policy by its name, or written where it is used. */
function policyOf(entry: DocumentEntry, inlineName: string, context: Context): CompiledPolicy {
  const { value } = entry
  if (typeof value !== 'string') return compilePolicyAt(entry, inlineName)
  if (value === administratorPolicy.name) return administratorPolicy
  const policy = context.policies.get(value)
  if (policy !== undefined) return policy
  const known = [...context.policies.keys(), administratorPolicy.name]
  throw entry.fault(`There is no policy ${value}.${suggestion(value, known)}`)
}
