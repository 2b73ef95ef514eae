import { DynamoDBClient } from '@aws-sdk/client-dynamodb'

/** What the server says of itself. */
export interface About {
  readonly version: string
  readonly region: string
  /** Whether requests are signed with a key of one's own. */
  readonly needsKeys: boolean
  readonly lab: 'none' | 'open' | 'token'
  /** How what may be looked at is asked for: as it is, by a token, or by a signature. */
  readonly watch: 'open' | 'token' | 'signature'
  readonly namespaces: readonly string[]
}

export interface Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** The database that is looked at. */
export interface Connection {
  readonly about: About
  readonly client: DynamoDBClient
  /** The namespace that is looked at; undefined for the main database. */
  readonly namespace: string | undefined
}

const anySecret = 'local'

/** Rejects when the server cannot be reached. */
export async function askAbout(): Promise<About> {
  const response = await fetch('/_dynatom/console/about')
  if (!response.ok) throw new Error(`The server answers ${response.status}.`)
  return (await response.json()) as About
}

/** The keys by which a namespace is chosen, where any key is let in. */
export const keysOfNamespace = (name: string | undefined): Keys => ({
  accessKeyId: name === undefined ? 'local' : `dynatom-${name}`,
  secretAccessKey: anySecret,
})

/** A client of this page's server. The keys are held by it alone, and by no storage. */
export function clientFor({ region }: About, keys: Keys): DynamoDBClient {
  return new DynamoDBClient({
    endpoint: location.origin,
    region,
    credentials: keys,
    maxAttempts: 3,
  })
}
