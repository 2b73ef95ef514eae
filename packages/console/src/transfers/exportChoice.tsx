import { useState } from 'preact/hooks'
import { ChoiceField } from '../parts/field.tsx'
import { notify } from '../parts/notices.tsx'
import { startWork } from '../parts/works.tsx'
import { countText } from '../values/figures.ts'
import { exportItems, saveFile, type Export } from './exportItems.ts'
import { formats, type Format } from './itemFormats.ts'

interface ExportChoiceProps extends Pick<Export, 'keys' | 'of'> {
  readonly tableName: string
  /** Reads all that is exported. Throws JsonFault for a request that is none. */
  readonly readAll: (signal: AbortSignal) => Export['pages']
}

/** Saves all items that are read, not the present page alone, as a file. */
export function ExportChoice({ tableName, keys, of, readAll }: ExportChoiceProps) {
  const [format, setFormat] = useState<Format>('dynamodb')
  async function perform(onProgress: Export['onProgress'], signal: AbortSignal): Promise<void> {
    const pages = readAll(signal)
    const done = await exportItems({ format, keys, pages, of, onProgress, signal }).catch(
      (error: unknown) => {
        if (!signal.aborted) throw error
      },
    )
    if (done === undefined || signal.aborted) {
      notify({ text: `The export of ${tableName} was stopped: no file was saved.` })
      return
    }
    saveFile(done.file, `${tableName}.${format === 'csv' ? 'csv' : 'jsonl'}`)
    notify({ text: `${countText(done.count)} items of ${tableName} exported.` })
  }
  return (
    <div class="actions">
      <ChoiceField label="Export as" value={format} choices={formats} onChoose={setFormat} />
      <button
        type="button"
        onClick={() => void startWork({ label: `Exporting ${tableName}`, perform })}
      >
        Export all pages
      </button>
    </div>
  )
}
