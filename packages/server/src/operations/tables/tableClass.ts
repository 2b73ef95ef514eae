import { tableClassInvalid } from '../../errors/tableSettingErrors.ts'
import type { TableClass } from '../../schema/tableRecord.ts'

const tableClasses: readonly TableClass[] = ['STANDARD', 'STANDARD_INFREQUENT_ACCESS']

/** The class that a request names, if it names one. */
export function tableClassOf(text: string | undefined): TableClass | undefined {
  if (text === undefined) return undefined
  const found = tableClasses.find((tableClass) => tableClass === text)
  if (found === undefined) throw tableClassInvalid(tableClasses)
  return found
}
