import { useRef, useState } from 'preact/hooks'
import type { Connection } from '../database/connection.ts'
import { keysOfTable } from '../database/keysOfTable.ts'
import { describeTable } from '../database/tables.ts'
import { keepFile, keptFile } from '../kept/keptCopies.ts'
import { useDraft } from '../parts/draft.ts'
import { notify } from '../parts/notices.tsx'
import { startWork, type Work } from '../parts/works.tsx'
import { countText } from '../values/figures.ts'
import { saveFile } from './exportItems.ts'
import { importFile } from './importFile.ts'
import type { Format } from './itemFormats.ts'
import type { Report } from './importReport.tsx'
import { RefusedLines } from './refusedLines.ts'

export interface ImportDraft {
  readonly format: Format
  readonly present: 'refuse' | 'replace'
  readonly report: Report | undefined
}

const newImport: ImportDraft = { format: 'dynamodb', present: 'refuse', report: undefined }

/** The import into a table: what is chosen, and what became of the last file, over a reload. */
export function useImport(connection: Connection, tableName: string) {
  const place = `import:${connection.namespace ?? ''}:${tableName}`
  const [draft, setDraft] = useDraft<ImportDraft>(place, newImport)
  const [isBusy, setBusy] = useState(false)
  const latest = useRef(draft)
  latest.current = draft
  const change = (part: Partial<ImportDraft>): void => {
    latest.current = { ...latest.current, ...part }
    setDraft(latest.current)
  }
  async function perform(file: File, ...[onProgress, signal]: Parameters<Work['perform']>) {
    const keys = keysOfTable(await describeTable(connection.client, tableName))
    const refused = new RefusedLines()
    const result = await importFile({
      client: connection.client,
      tableName,
      keyNames: keys.keyNames,
      isReplacing: draft.present === 'replace',
      file,
      format: draft.format,
      keys,
      onProgress,
      onRefused: refused.add,
      signal,
    })
    await keepFile(place, refused.file())
    change({ report: { ...result, fileName: file.name, refusedLines: refused.shown } })
    const counts = `${countText(result.written)} written, ${countText(result.refused)} refused`
    const isError = result.ended === 'failed'
    notify({ text: `Import into ${tableName}: ${counts}.`, isError })
  }
  async function start(file: File): Promise<void> {
    setBusy(true)
    change({ report: undefined })
    const label = `Importing into ${tableName}`
    await startWork({ label, perform: (...work) => perform(file, ...work) })
    setBusy(false)
  }
  async function saveRefused(): Promise<void> {
    const file = await keptFile(place)
    if (file === undefined) throw new Error('The browser has not kept the refused lines.')
    saveFile(file, `${tableName}-refused.jsonl`)
  }
  return { draft, change, isBusy, start, saveRefused }
}
