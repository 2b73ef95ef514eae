import type { DefinedTable } from '../definedTable.ts'
import { ContentUnusable } from '../contentUnusable.ts'
import { isRecord, recordOf, type JsonRecord } from '../records.ts'
import { propertiesOfGlobalTable, propertiesOfSimpleTable } from './otherTableKinds.ts'
import { inputOfProperties, timeToLiveOf } from './tableProperties.ts'
import { TemplateFunctions, type TemplateSurroundings } from './templateFunctions.ts'

const tableKinds: ReadonlySet<unknown> = new Set([
  'AWS::DynamoDB::Table',
  'AWS::DynamoDB::GlobalTable',
  'AWS::Serverless::SimpleTable',
])

/** What a table is used without; a value of it that only a stack knows leaves it out. */
const optional: ReadonlySet<string> = new Set(['Tags', 'SSESpecification', 'Replicas'])

/** What is not looked at, so that what it needs of a stack does not matter. */
const leftOut: ReadonlySet<string> = new Set([
  'ContributorInsightsSpecification',
  'ImportSourceSpecification',
  'KinesisStreamSpecification',
  'PointInTimeRecoverySpecification',
  'ResourcePolicy',
])

/** Whether `value` is a template of CloudFormation, or of SAM, which it becomes. */
export const isTemplate = (value: JsonRecord): boolean => isRecord(value['Resources'])

/**
 * The tables of a template, by the properties that CloudFormation would create them with. One
 * without a name has that of its resource. Throws ContentUnusable for what only a stack knows.
 */
export function tablesOfTemplate(
  template: JsonRecord,
  surroundings: TemplateSurroundings,
): readonly DefinedTable[] {
  const functions = new TemplateFunctions(template, surroundings)
  const found: DefinedTable[] = []
  for (const [logicalId, resource] of Object.entries(recordOf(template['Resources']))) {
    if (!isRecord(resource) || !tableKinds.has(resource['Type'])) continue
    const path = `Resources.${logicalId}`
    if (!functions.holds(resource['Condition'], path)) continue
    const resolved = resolvedProperties(resource, path, functions)
    const properties = ofTable(resource['Type'], resolved, surroundings.region)
    const { TableName = logicalId } = properties
    found.push({
      input: inputOfProperties(String(TableName), properties),
      timeToLive: timeToLiveOf(properties),
    })
  }
  return found
}

function resolvedProperties(
  resource: JsonRecord,
  path: string,
  functions: TemplateFunctions,
): JsonRecord {
  const properties: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(recordOf(resource['Properties']))) {
    if (leftOut.has(name)) continue
    try {
      properties[name] = functions.resolve(value, `${path}.Properties.${name}`)
    } catch (error) {
      if (!(error instanceof ContentUnusable) || !optional.has(name)) throw error
    }
  }
  return properties
}

function ofTable(kind: unknown, properties: JsonRecord, region: string): JsonRecord {
  if (kind === 'AWS::Serverless::SimpleTable') return propertiesOfSimpleTable(properties)
  if (kind === 'AWS::DynamoDB::GlobalTable') return propertiesOfGlobalTable(properties, region)
  return properties
}
