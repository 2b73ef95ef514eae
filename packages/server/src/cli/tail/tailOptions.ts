import { parseEndpoint } from '../explain/explainOptions.ts'
import { parseRegion, type Flag } from '../flags.ts'
import { defaultPort, defaultRegion } from '../settings.ts'

/** What `dynatom tail` was asked for; what is not given comes from the environment. */
export interface TailOptions {
  readonly tableName: string
  readonly endpoint?: URL
  readonly region?: string
  /** A line of JSON for each record, as GetRecords gives it. */
  readonly json: boolean
  /** Begin with the oldest record that is kept; otherwise with the next one. */
  readonly fromStart: boolean
}

/** Options while they are being read. */
export type TailDraft = {
  -readonly [Name in keyof Omit<TailOptions, 'tableName'>]: TailOptions[Name]
}

/** Every flag of `dynatom tail`, in the order of the help. */
export const tailFlags: readonly Flag<TailDraft>[] = [
  {
    names: ['--endpoint', '--endpoint-url'],
    placeholder: 'URL',
    help: `where the server is (AWS_ENDPOINT_URL_DYNAMODB; http://127.0.0.1:${defaultPort})`,
    apply: (draft, value) => {
      draft.endpoint = parseEndpoint(value)
    },
  },
  {
    names: ['--region'],
    placeholder: 'REGION',
    help: `Region that requests are signed for (AWS_REGION; ${defaultRegion})`,
    apply: (draft, value) => {
      draft.region = parseRegion(value)
    },
  },
  {
    names: ['--from-start'],
    help: 'begin with the oldest record that is kept, not with the next one',
    apply: (draft) => {
      draft.fromStart = true
    },
  },
  {
    names: ['--json'],
    help: 'a line of JSON for each record, as GetRecords gives it',
    apply: (draft) => {
      draft.json = true
    },
  },
]

/** Where the server is, and how requests to it are signed. */
export interface TailTarget {
  readonly endpoint: URL
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** What is not given comes from `environment`, which the AWS SDKs read too. */
export function targetOf(
  { endpoint, region }: Pick<TailOptions, 'endpoint' | 'region'>,
  environment: Readonly<Record<string, string | undefined>>,
): TailTarget {
  const valueOf = (name: string): string | undefined => environment[name] || undefined
  const known = valueOf('AWS_ENDPOINT_URL_DYNAMODB') ?? `http://127.0.0.1:${defaultPort}`
  const sessionToken = valueOf('AWS_SESSION_TOKEN')
  return {
    endpoint: endpoint ?? parseEndpoint(known),
    region: region ?? valueOf('AWS_REGION') ?? valueOf('AWS_DEFAULT_REGION') ?? defaultRegion,
    accessKeyId: valueOf('AWS_ACCESS_KEY_ID') ?? 'local',
    secretAccessKey: valueOf('AWS_SECRET_ACCESS_KEY') ?? 'local',
    ...(sessionToken !== undefined && { sessionToken }),
  }
}
