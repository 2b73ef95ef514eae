import { join } from 'node:path'
import { ContentUnusable } from '../contentUnusable.ts'
import type { DefinedTable, TableInput } from '../definedTable.ts'
import { parseStructured } from '../parseStructured.ts'
import { directoryEntries, readFileText } from '../readFileText.ts'
import { isRecord, recordsOf, type JsonRecord } from '../records.ts'
import { isServerless, tablesOfServerless } from './serverlessTables.ts'
import type { TemplateSurroundings } from './templateFunctions.ts'
import { isTemplate, tablesOfTemplate } from './templateTables.ts'
import { isWorkbenchModel, tablesOfModel } from './workbenchModel.ts'

/** What files are read with; see TemplateSurroundings. */
export type DefinitionSurroundings = Omit<TemplateSurroundings, 'source'>

/**
 * The tables that a file defines: a template of CloudFormation or SAM, a serverless.yml, a model of
 * NoSQL Workbench, inputs of CreateTable; or those of a directory that `cdk synth` has written.
 * Rejects with ContentUnusable.
 */
export async function readDefinitions(
  path: string,
  surroundings: DefinitionSurroundings,
): Promise<readonly DefinedTable[]> {
  const names = await directoryEntries(path)
  if (names === undefined) return readDefinitionFile(path, surroundings)
  const found = await tablesOfCdkOutput(path, names, surroundings)
  if (found.length > 0) return found
  throw new ContentUnusable(`${path}: no template in it has a table.`)
}

async function readDefinitionFile(
  fileName: string,
  surroundings: DefinitionSurroundings,
): Promise<readonly DefinedTable[]> {
  const value = parseStructured(await readFileText(fileName), fileName)
  const found = await tablesOf(value, { ...surroundings, source: fileName })
  if (found === undefined) {
    throw new ContentUnusable(
      `${fileName}: it is no template, no serverless.yml, no model of NoSQL Workbench ` +
        'and no input of CreateTable.',
    )
  }
  if (found.length > 0) return found
  throw new ContentUnusable(`${fileName}: it has no table.`)
}

/** The tables of all stacks of an app, those of stages and nested stacks too. */
async function tablesOfCdkOutput(
  directory: string,
  names: readonly string[],
  surroundings: DefinitionSurroundings,
): Promise<readonly DefinedTable[]> {
  const found: DefinedTable[] = []
  for (const name of names) {
    const path = join(directory, name)
    if (name.startsWith('assembly-')) {
      const inner = (await directoryEntries(path)) ?? []
      found.push(...(await tablesOfCdkOutput(path, inner, surroundings)))
    } else if (name.endsWith('.template.json')) {
      const template = parseStructured(await readFileText(path), path)
      if (!isRecord(template)) continue
      found.push(...tablesOfTemplate(template, { ...surroundings, source: path }))
    }
  }
  return found
}

async function tablesOf(
  value: unknown,
  surroundings: TemplateSurroundings,
): Promise<readonly DefinedTable[] | undefined> {
  if (Array.isArray(value)) {
    const inputs = recordsOf(value)
    const areInputs = inputs.length === value.length && inputs.every(isTableInput)
    return areInputs ? inputs.map((input) => ({ input })) : undefined
  }
  if (!isRecord(value)) return undefined
  if (isServerless(value)) {
    return tablesOfServerless(value, surroundings.source, surroundings, process.env)
  }
  if (isTemplate(value)) return tablesOfTemplate(value, surroundings)
  if (isWorkbenchModel(value)) return tablesOfModel(value)
  return isTableInput(value) ? [{ input: value }] : undefined
}

const isTableInput = (value: JsonRecord): value is TableInput =>
  typeof value['TableName'] === 'string' && Array.isArray(value['KeySchema'])
