import { explainFlags, type ExplainDraft } from '../explain/explainOptions.ts'
import { flags, parseRegion, type Flag } from '../flags.ts'

/** What `dynatom mcp` was asked for; what is not given comes from the environment. */
export interface McpOptions {
  /** Where the database is. */
  readonly endpoint?: URL
  readonly region?: string
  /** The file of what the lab of the database wants to be shown. */
  readonly controlTokenFile?: string
  /** Where to listen for HTTP, on loopback; over standard input and output when absent. */
  readonly port?: number
  readonly allowWrites: boolean
  readonly lab: boolean
}

/** Options while they are being read. */
export type McpDraft = { -readonly [Name in keyof McpOptions]: McpOptions[Name] }

export const newMcpDraft = (): McpDraft => ({ allowWrites: false, lab: false })

const ofExplain = (name: string): Flag<McpDraft>[] =>
  explainFlags
    .filter(({ names }) => names[0] === name)
    .map((flag) => ({ ...flag, apply: (draft, value, as) => applyTo(flag, draft, value, as) }))

/** Both drafts have these members alike. */
function applyTo(flag: Flag<ExplainDraft>, draft: McpDraft, value: string, as: string): void {
  const { json: _json, ...given } = applied(flag, value, as)
  Object.assign(draft, given)
}

function applied(flag: Flag<ExplainDraft>, value: string, as: string): ExplainDraft {
  const draft: ExplainDraft = { json: false }
  flag.apply(draft, value, as)
  return draft
}

const portFlag = flags.find(({ names }) => names[0] === '--port') as Flag

/** Every flag of `dynatom mcp`, in the order of the help. */
export const mcpFlags: readonly Flag<McpDraft>[] = [
  ...ofExplain('--endpoint'),
  {
    names: ['--region'],
    placeholder: 'REGION',
    help: 'Region that requests are signed for (AWS_REGION; us-east-1)',
    apply: (draft, value) => {
      draft.region = parseRegion(value)
    },
  },
  {
    names: ['--port'],
    placeholder: 'PORT',
    help: 'speak over HTTP on this port of loopback; 0 takes a free one (standard input)',
    apply: (draft, value, name) => {
      const settings = { port: 0 }
      portFlag.apply(settings as Parameters<typeof portFlag.apply>[0], value, name)
      draft.port = settings.port
    },
  },
  {
    names: ['--allow-writes'],
    help: 'offer tools that change something too; without it all only read',
    apply: (draft) => {
      draft.allowWrites = true
    },
  },
  {
    names: ['--lab'],
    help: 'offer tools of the lab, which the database must have',
    apply: (draft) => {
      draft.lab = true
    },
  },
  ...ofExplain('--control-token-file'),
]
