type Environment = Readonly<Record<string, string | undefined>>

/**
 * What would send SDKs elsewhere, or would be sent with the keys. AWS_ENDPOINT_URL stays as it is:
 * it is about other services too.
 */
const removed: ReadonlySet<string> = new Set(['AWS_PROFILE', 'AWS_SESSION_TOKEN'])

/** With it SDKs leave out every AWS_ENDPOINT_URL. */
const ignoring = 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'

/**
 * The environment of a command that finds a server at `endpoint` by what the SDKs read: DynamoDB,
 * its streams and its metrics, and no other service.
 */
export function childEnvironment(
  inherited: Environment,
  { endpoint, region }: { readonly endpoint: string; readonly region: string },
): Record<string, string> {
  const own = {
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: endpoint,
    AWS_ENDPOINT_URL_CLOUDWATCH: endpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  }
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(inherited)) {
    if (value !== undefined && !removed.has(name)) kept[name] = value
  }
  return { ...kept, ...own }
}

/** A sentence for the operator where SDKs will not look for the server; undefined elsewhere. */
export function environmentWarning(inherited: Environment): string | undefined {
  if (inherited[ignoring]?.toLowerCase() !== 'true') return undefined
  return `dynatom exec: ${ignoring} is set, so the SDKs will not find this database.`
}
