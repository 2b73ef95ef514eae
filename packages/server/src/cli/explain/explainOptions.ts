import type { Flag } from '../flags.ts'
import { usageError } from '../operatorError.ts'
import { defaultPort } from '../settings.ts'

/** What `dynatom explain` was asked for. */
export interface ExplainOptions {
  /** The request; undefined for the last ones that were refused. */
  readonly requestId: string | undefined
  /** Where the server is; undefined for what the environment says. */
  readonly endpoint?: URL
  /** The file of what the server wants to be shown. */
  readonly controlTokenFile?: string
  /** JSON, as the lab gives it. */
  readonly json: boolean
}

/** Options while they are being read. */
export type ExplainDraft = {
  -readonly [Name in keyof Omit<ExplainOptions, 'requestId'>]: ExplainOptions[Name]
}

/** Every flag of `dynatom explain`, in the order of the help. */
export const explainFlags: readonly Flag<ExplainDraft>[] = [
  {
    names: ['--endpoint', '--endpoint-url'],
    placeholder: 'URL',
    help: `where the server is (AWS_ENDPOINT_URL_DYNAMODB; http://127.0.0.1:${defaultPort})`,
    apply: (draft, value) => {
      draft.endpoint = parseEndpoint(value)
    },
  },
  {
    names: ['--control-token-file'],
    placeholder: 'FILE',
    help: 'the token that the server was given by this flag',
    apply: (draft, value) => {
      draft.controlTokenFile = value
    },
  },
  {
    names: ['--json'],
    help: 'JSON, as the lab gives it',
    apply: (draft) => {
      draft.json = true
    },
  },
]

/** Throws OperatorError for what is no URL of HTTP. */
export function parseEndpoint(value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url
  throw usageError(`"${value}" is not the URL of a server, such as http://127.0.0.1:8000.`)
}
