import type { OwnHosts } from '../http/ownHosts.ts'
import type { DatabaseOptions } from './databaseOptions.ts'
import type { OpenLab } from '../lab/openLab.ts'
import { defaultRegion } from './settings.ts'
import { readVersion } from './version.ts'

/** What the console must know of its server before it can ask it for anything. */
export interface AboutServer {
  readonly version: string
  readonly region: string
  /** Whether a key of one's own is needed, as where signatures are verified. */
  readonly needsKeys: boolean
  /** Whether there is a lab, and whether its requests bear a token. */
  readonly lab: 'none' | 'open' | 'token'
  /** How it is asked what may be looked at: as it is, by a token, or by a signature. */
  readonly watch: 'open' | 'token' | 'signature'
  /** The databases within the database, which any key can choose; none where keys are verified. */
  readonly namespaces: readonly string[]
}

/** What is there besides the database itself. */
export interface ServerBesides {
  readonly lab: OpenLab | undefined
  readonly namespaces: { list(): Promise<readonly string[]> } | undefined
  readonly hosts: OwnHosts
}

/** Says nothing that strangers must not know: namespaces are there for any key alone. */
export async function aboutServer(
  options: DatabaseOptions,
  { lab, namespaces, hosts }: ServerBesides,
): Promise<AboutServer> {
  const { auth, controlToken, region = defaultRegion } = options
  const bearsToken = controlToken !== undefined || auth !== undefined || hosts.isBeyondLoopback
  const openLab = bearsToken ? 'token' : 'open'
  return {
    version: readVersion(),
    region,
    needsKeys: auth !== undefined,
    lab: lab === undefined ? 'none' : openLab,
    watch: watchedBy(options),
    namespaces: (await namespaces?.list()) ?? [],
  }
}

function watchedBy({ auth, controlToken }: DatabaseOptions): AboutServer['watch'] {
  if (auth !== undefined) return 'signature'
  return controlToken === undefined ? 'open' : 'token'
}
