import { accessDenied } from '../errors/accessErrors.ts'
import {
  arnOfOtherPartition,
  arnOfOtherRegion,
  arnOfOtherResource,
  arnMalformed,
} from '../errors/tableErrors.ts'
import { policyArnInvalid, policyOfOtherAccount } from '../errors/resourcePolicyErrors.ts'
import { streamArnInvalid, streamNotFound } from '../errors/streamErrors.ts'
import {
  notDynamoDbArn,
  resourceArnInvalid,
  resourceArnMissing,
  resourceArnOfIndex,
} from '../errors/tagErrors.ts'
import { formerAccountId } from '../layout/storeFormat.ts'

/** Parts of `arn:<partition>:<service>:<region>:<account>:<resource>`. */
interface ArnParts {
  readonly partition: string
  readonly service: string
  readonly region: string
  readonly accountId: string
  readonly resource: string
}

/** What has a policy of its own: the indexes of a table are in the table's. */
export type PolicyOwner =
  | { readonly kind: 'table'; readonly tableName: string }
  | { readonly kind: 'stream'; readonly tableName: string; readonly label: string }

const partition = 'aws'
const streamLabelPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}$/
const tableNamePattern = /^[a-zA-Z0-9_.-]{3,255}$/

/** The ARNs of one account in one Region. */
export class ResourceNames {
  readonly region: string
  readonly accountId: string
  readonly #tablePrefix: string

  constructor(region: string, accountId: string) {
    this.region = region
    this.accountId = accountId
    this.#tablePrefix = `arn:${partition}:dynamodb:${region}:${accountId}:table/`
  }

  tableArn(tableName: string): string {
    return this.#tablePrefix + tableName
  }

  streamArn(tableName: string, label: string): string {
    return `${this.tableArn(tableName)}/stream/${label}`
  }

  /**
   * The table and the label of a stream's ARN. Throws ValidationException for what is no such ARN,
   * ResourceNotFoundException for one of a stream elsewhere.
   */
  streamName(streamArn: string): { readonly tableName: string; readonly label: string } {
    const arn = partsOf(streamArn)
    const [, tableName, label] = /^table\/([^/]+)\/stream\/([^/]+)$/.exec(arn?.resource ?? '') ?? []
    const isStream = arn?.service === 'dynamodb' && /^\d{12}$/.test(arn.accountId)
    if (!isStream || tableName === undefined || label === undefined) {
      throw streamArnInvalid(streamArn)
    }
    if (!tableNamePattern.test(tableName) || !streamLabelPattern.test(label)) {
      throw streamArnInvalid(streamArn)
    }
    const isHere = arn.partition === partition && arn.region === this.region
    if (!isHere || !this.#isOwn(arn.accountId)) throw streamNotFound(streamArn)
    return { tableName, label }
  }

  /**
   * The name of a table that is given by its name or its ARN. Throws ValidationException for an ARN
   * that is no table's of this Region, AccessDeniedException for one of another account.
   */
  tableName(nameOrArn: string): string {
    if (!nameOrArn.startsWith('arn:')) return nameOrArn
    const arn = partsOf(nameOrArn)
    if (arn === undefined) throw arnMalformed(nameOrArn)
    if (arn.partition !== partition) throw arnOfOtherPartition(nameOrArn)
    if (arn.region !== this.region) throw arnOfOtherRegion(nameOrArn)
    const name = /^table\/([^/]*)$/.exec(arn.resource)?.[1]
    if (arn.service !== 'dynamodb' || name === undefined) throw arnOfOtherResource(nameOrArn)
    if (!tableNamePattern.test(name)) throw arnMalformed(nameOrArn)
    if (!this.#isOwn(arn.accountId)) throw accessDenied()
    return name
  }

  /**
   * The name of the table whose tags `resourceArn` stands for; only tables carry tags. Throws
   * ValidationException or AccessDeniedException for anything else.
   */
  taggedTableName(resourceArn: string): string {
    if (!resourceArn.startsWith('arn:')) throw resourceArnMissing(resourceArn)
    const arn = partsOf(resourceArn)
    if (arn === undefined) throw notDynamoDbArn(resourceArn)
    if (arn.service !== 'dynamodb' || !this.#isOwn(arn.accountId)) throw accessDenied()
    const [, name, kind] = /^table\/([^/]+)(?:\/([^/]*).*)?$/s.exec(arn.resource) ?? []
    if (kind === 'index') throw resourceArnOfIndex(resourceArn)
    if (name === undefined || (kind !== undefined && kind !== 'stream')) {
      throw notDynamoDbArn(resourceArn)
    }
    const isHere = arn.partition === partition && arn.region === this.region
    if (kind === 'stream' || !isHere) throw resourceArnInvalid(resourceArn)
    return name
  }

  /**
   * The table or the stream whose policy `resourceArn` stands for. Throws ValidationException for
   * anything else, of this Region and account or not.
   */
  policyOwner(resourceArn: string): PolicyOwner {
    if (!resourceArn.startsWith('arn:')) throw resourceArnMissing(resourceArn)
    const arn = partsOf(resourceArn)
    if (arn === undefined || arn.service !== 'dynamodb') throw notDynamoDbArn(resourceArn)
    if (!this.#isOwn(arn.accountId)) throw policyOfOtherAccount()
    const [, tableName, kind, label] =
      /^table\/([^/]+)(?:\/([^/]*)(?:\/(.*))?)?$/s.exec(arn.resource) ?? []
    if (tableName === undefined) throw notDynamoDbArn(resourceArn)
    if (kind !== undefined && kind !== 'stream') throw resourceArnOfIndex(resourceArn)
    const isHere = arn.partition === partition && arn.region === this.region
    if (!isHere || !tableNamePattern.test(tableName)) throw policyArnInvalid(resourceArn)
    if (kind === undefined) return { kind: 'table', tableName }
    if (label === undefined || !streamLabelPattern.test(label)) throw policyArnInvalid(resourceArn)
    return { kind: 'stream', tableName, label }
  }

  /** As {@link policyOwner}, of any ARN or `*`: undefined for what has no policy here. */
  findPolicyOwner(resource: string): PolicyOwner | undefined {
    const prefix = this.#tablePrefix
    if (!resource.startsWith(prefix)) return undefined
    const slash = resource.indexOf('/', prefix.length)
    const tableName = resource.slice(prefix.length, slash < 0 ? undefined : slash)
    if (tableName === '' || tableName.startsWith('arn:')) return undefined
    if (slash < 0 || resource.startsWith('/index/', slash)) return { kind: 'table', tableName }
    const label = /^\/stream\/(.*)$/s.exec(resource.slice(slash))?.[1] ?? ''
    return streamLabelPattern.test(label) ? { kind: 'stream', tableName, label } : undefined
  }

  /** An ARN as the server itself gives it: those of older versions have another account. */
  currentArn(arn: string): string {
    const formerPrefix = `arn:${partition}:dynamodb:${this.region}:${formerAccountId}:table/`
    return arn.startsWith(formerPrefix) ? this.tableArn(arn.slice(formerPrefix.length)) : arn
  }

  /** ARNs of older versions are ours, and those that tools make up when they know no account. */
  #isOwn(accountId: string): boolean {
    return accountId === this.accountId || accountId === formerAccountId
  }

  /** The full ARN of a KMS key that a client names by id, alias or ARN. */
  kmsKeyArn(key: string): string {
    if (key.startsWith('arn:')) return key
    const resource = key.startsWith('alias/') ? key : `key/${key}`
    return `arn:${partition}:kms:${this.region}:${this.accountId}:${resource}`
  }
}

function partsOf(arn: string): ArnParts | undefined {
  const match = /^arn:([^:]*):([^:]*):([^:]*):([^:]*):(.+)$/s.exec(arn)
  if (match === null) return undefined
  const [, ...parts] = match as unknown as [string, string, string, string, string, string]
  const [itsPartition, service, region, accountId, resource] = parts
  return { partition: itsPartition, service, region, accountId, resource }
}
