import type { InitialContent } from './initialContent.ts'
import type { ServerSettings } from './settings.ts'

/** A table's items in a file of another name. */
const named = /^([A-Za-z0-9_.-]{3,255})=(.+)$/

/** What a new database begins with, as the settings have it. */
export function contentOf({
  tables,
  seed,
  templateParameters,
}: Pick<ServerSettings, 'tables' | 'seed' | 'templateParameters'>): InitialContent {
  if (tables.length === 0 && seed.length === 0) return {}
  return {
    tables,
    seed: seed.map((source) => {
      const [, tableName, fileName] = named.exec(source) ?? []
      return tableName === undefined || fileName === undefined ? source : { [tableName]: fileName }
    }),
    templateParameters: Object.fromEntries(
      templateParameters.map((each) => {
        const equals = each.indexOf('=')
        return [each.slice(0, equals), each.slice(equals + 1)]
      }),
    ),
  }
}
