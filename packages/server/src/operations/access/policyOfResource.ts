import type { CompiledPolicy } from '../../access/policies/compilePolicy.ts'
import { readStoredPolicy } from '../../access/policies/resourcePolicy.ts'
import { createRememberedTexts } from '../../expressions/rememberedTexts.ts'
import type { PolicySettings } from '../../schema/tableRecord.ts'
import type { Services } from '../services.ts'

type PolicyServices = Pick<Services, 'catalog' | 'streams'>

/** The policies of tables, by their settings: a table with another policy has others. */
const compiledOfTables = new WeakMap<PolicySettings, CompiledPolicy>()

/** Those of streams, whose settings are read anew each time. */
const compiledOfStreams = createRememberedTexts<CompiledPolicy>()

/**
 * The policy that has a say in what is done to a resource, by its ARN: that of a table for its
 * indexes, too; undefined for none. A promise for that of a stream, which is in the store alone.
 */
export function policyOfResource(
  { catalog, streams }: PolicyServices,
  resource: string,
): CompiledPolicy | undefined | Promise<CompiledPolicy | undefined> {
  const owner = catalog.names.findPolicyOwner(resource)
  if (owner === undefined) return undefined
  if (owner.kind === 'stream') {
    return streams.find(owner).then((stream) => policyOfStream(stream?.policySettings))
  }
  const settings = catalog.find(owner.tableName)?.record.policySettings
  return settings === undefined ? undefined : policyOfTable(settings)
}

function policyOfTable(settings: PolicySettings): CompiledPolicy | undefined {
  const { policy } = settings
  if (policy === undefined) return undefined
  let compiled = compiledOfTables.get(settings)
  if (compiled === undefined) {
    compiled = readStoredPolicy(policy.text, policy.namesVersion).policy
    compiledOfTables.set(settings, compiled)
  }
  return compiled
}

function policyOfStream(settings: PolicySettings | undefined): CompiledPolicy | undefined {
  const policy = settings?.policy
  if (policy === undefined) return undefined
  let compiled = compiledOfStreams.recall(policy.text)
  if (compiled === undefined) {
    compiled = readStoredPolicy(policy.text, policy.namesVersion).policy
    compiledOfStreams.remember(policy.text, compiled)
  }
  return compiled
}
