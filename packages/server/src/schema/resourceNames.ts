/** Parts of `arn:aws:dynamodb:<region>:<account>:<resource>`. */
export interface ParsedArn {
  readonly region: string
  readonly accountId: string
  /** What follows `table/`. */
  readonly tableResource: string
}

const arnPattern = /^arn:aws:dynamodb:([^:]+):(\d+):table\/(.+)$/

/** The ARNs of one account in one Region. */
export class ResourceNames {
  readonly region: string
  readonly accountId: string
  readonly #tablePrefix: string

  constructor(region: string, accountId: string) {
    this.region = region
    this.accountId = accountId
    this.#tablePrefix = `arn:aws:dynamodb:${region}:${accountId}:table/`
  }

  tableArn(tableName: string): string {
    return this.#tablePrefix + tableName
  }

  /** The name of a table given by its ARN, or what was given when it is no ARN of this account. */
  tableName(nameOrArn: string): string {
    if (!nameOrArn.startsWith(this.#tablePrefix)) return nameOrArn
    return nameOrArn.slice(this.#tablePrefix.length)
  }

  /** The full ARN of a KMS key that a client names by id, alias or ARN. */
  kmsKeyArn(key: string): string {
    if (key.startsWith('arn:')) return key
    const resource = key.startsWith('alias/') ? key : `key/${key}`
    return `arn:aws:kms:${this.region}:${this.accountId}:${resource}`
  }
}

/** The parts of the ARN of a table, or undefined when `arn` is none. */
export function parseTableArn(arn: string): ParsedArn | undefined {
  const match = arnPattern.exec(arn)
  if (match === null) return undefined
  const [, region, accountId, tableResource] = match as unknown as [string, string, string, string]
  return { region, accountId, tableResource }
}
