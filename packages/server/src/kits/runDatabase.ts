import { randomBytes } from 'node:crypto'
import process from 'node:process'
import { namespacePrefix } from '../access/namespaceName.ts'
import type { Lab } from '../lab/lab.ts'
import { remoteLab } from '../lab/remoteLab.ts'
import { sendJsonTo } from './sendJson.ts'

/** What a client of an SDK is made with: `new DynamoDBClient(clientConfig())`. */
export interface RunClientConfig {
  readonly endpoint: string
  readonly region: string
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
}

/** A database within the server of a run: a namespace of it. */
export interface RunDatabase {
  /** The name of the namespace. */
  readonly name: string
  clientConfig(): RunClientConfig
  readonly lab: Lab
  /** Ends it and forgets its data; the next request makes it anew. */
  close(): Promise<void>
  /** {@link close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * A new database within the server that a run has, which the environment names: one that nothing
 * else meets. Throws where a run has none.
 */
export function newDatabase(): RunDatabase {
  return namedDatabase(`new-${randomBytes(8).toString('hex')}`)
}

/** The database of this name within the server of the run. */
export function namedDatabase(name: string): RunDatabase {
  const endpoint = process.env['AWS_ENDPOINT_URL_DYNAMODB']
  if (endpoint === undefined) {
    throw new Error('AWS_ENDPOINT_URL_DYNAMODB names no server: this run has no database.')
  }
  const region = process.env['AWS_REGION'] ?? 'us-east-1'
  const send = sendJsonTo(endpoint)
  const lab = remoteLab(send, name)
  const close = async (): Promise<void> => {
    const path = `/_dynatom/lab/namespaces/${name}`
    const { status, content } = await send({ method: 'DELETE', path, body: undefined })
    // It is there when it has been used.
    if (status === 200 || status === 404) return
    throw new Error(`The server does not end ${name}: ${JSON.stringify(content)}`)
  }
  return {
    name,
    clientConfig: () => ({
      endpoint,
      region,
      credentials: { accessKeyId: `${namespacePrefix}${name}`, secretAccessKey: 'local' },
    }),
    lab,
    close,
    [Symbol.asyncDispose]: close,
  }
}
