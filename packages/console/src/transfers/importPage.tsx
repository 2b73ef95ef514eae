import { useState } from 'preact/hooks'
import type { Connection } from '../database/connection.ts'
import { addressOf } from '../navigation/route.ts'
import { ChoiceField, FileField } from '../parts/field.tsx'
import { notifyError } from '../parts/notices.tsx'
import { formatOfName, formats } from './itemFormats.ts'
import { ImportReport } from './importReport.tsx'
import { useImport, type ImportDraft } from './useImport.ts'

interface ImportPageProps {
  readonly connection: Connection
  readonly tableName: string
}

/** Items from a file into a table; what a line was refused for is told, and stays over a reload. */
export function ImportPage({ connection, tableName }: ImportPageProps) {
  const { draft, change, isBusy, start, saveRefused } = useImport(connection, tableName)
  const [file, setFile] = useState<File>()
  return (
    <div class="page">
      <p>
        <a href={addressOf(['tables'])}>Tables</a> /{' '}
        <a href={addressOf(['tables', tableName])}>{tableName}</a> /{' '}
        <a href={addressOf(['tables', tableName, 'items'])}>Items</a>
      </p>
      <h1>Import into {tableName}</h1>
      <form
        class="read"
        onSubmit={(event) => {
          event.preventDefault()
          if (file !== undefined) start(file).catch(notifyError)
        }}
      >
        <FileField
          label="File"
          hint="UTF-8; also compressed, as .gz."
          accept=".jsonl,.ndjson,.json,.csv,.gz"
          onFile={(chosen) => {
            setFile(chosen)
            const format = chosen && formatOfName(chosen.name)
            if (format !== undefined) change({ format })
          }}
        />
        <ImportChoices draft={draft} change={change} />
        <button type="submit" class="primary" disabled={file === undefined || isBusy}>
          Import
        </button>
      </form>
      {draft.report !== undefined && (
        <ImportReport report={draft.report} onSave={() => void saveRefused().catch(notifyError)} />
      )}
    </div>
  )
}

interface ChoicesProps {
  readonly draft: ImportDraft
  readonly change: (part: Partial<ImportDraft>) => void
}

function ImportChoices({ draft, change }: ChoicesProps) {
  return (
    <div class="pair">
      <ChoiceField
        label="Format"
        hint={draft.format === 'csv' ? csvHint : undefined}
        value={draft.format}
        choices={formats}
        onChoose={(format) => change({ format })}
      />
      <ChoiceField
        label="Where an item has the same key"
        hint={
          draft.present === 'replace' ? 'The later line of a file replaces the earlier.' : undefined
        }
        value={draft.present}
        choices={[
          ['refuse', 'Refuse the line'],
          ['replace', 'Replace the item'],
        ]}
        onChoose={(present) => change({ present })}
      />
    </div>
  )
}

const csvHint =
  'The first line names the attributes; Price:N is a number, Tags:SS a set in JSON. All but keys ' +
  'are texts otherwise. An empty field is no attribute, "" an empty text.'
