import type { DefinedTable } from '../definedTable.ts'
import { isRecord, recordOf, type JsonRecord } from '../records.ts'
import { ServerlessVariables } from './serverlessVariables.ts'
import type { TemplateSurroundings } from './templateFunctions.ts'
import { tablesOfTemplate } from './templateTables.ts'

/** Whether `value` is the configuration of a service of the Serverless Framework. */
export const isServerless = (value: JsonRecord): boolean =>
  value['service'] !== undefined && value['provider'] !== undefined

/**
 * The tables among the resources of a serverless.yml. Rejects with ContentUnusable for what only an
 * account knows.
 */
export async function tablesOfServerless(
  service: JsonRecord,
  fileName: string,
  surroundings: TemplateSurroundings,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly DefinedTable[]> {
  const variables = new ServerlessVariables(service, fileName, surroundings, environment)
  const resources = await variables.resolve(service['resources'])
  const parts = (Array.isArray(resources) ? (resources as unknown[]) : [resources]).filter(isRecord)
  const template = {
    Resources: joined(parts, 'Resources'),
    Conditions: joined(parts, 'Conditions'),
    Mappings: joined(parts, 'Mappings'),
    Parameters: joined(parts, 'Parameters'),
  }
  return tablesOfTemplate(template, surroundings)
}

const joined = (parts: readonly JsonRecord[], name: string): JsonRecord =>
  Object.assign({}, ...parts.map((part) => recordOf(part[name]))) as JsonRecord
