import { VirtualRows } from '../parts/virtualRows.tsx'
import { countText } from '../values/figures.ts'
import type { ImportResult } from './importFile.ts'
import type { RefusedLine } from './importItems.ts'

/** What became of a file, as it is shown. */
export interface Report extends ImportResult {
  readonly fileName: string
  /** The first of those that were refused. */
  readonly refusedLines: readonly RefusedLine[]
}

interface ImportReportProps {
  readonly report: Report
  /** Saves all refused lines as a file. */
  readonly onSave: () => void
}

/** What was written, what was refused and why, and how far the file was read. */
export function ImportReport({ report, onSave }: ImportReportProps) {
  const { fileName, written, refused, refusedLines } = report
  return (
    <section class="report" aria-label="What became of the file">
      <h2>{fileName}</h2>
      <p>
        {countText(written)} written, {countText(refused)} refused. {endText(report)}
      </p>
      {refused > 0 && (
        <>
          <VirtualRows
            label="Refused lines"
            head={['Line', 'Reason', 'Text']}
            count={refusedLines.length}
            keyOf={(i) => String(i)}
            row={(i) => (
              <>
                <th scope="row">{refusedLines[i]?.line}</th>
                <td class="whole">{refusedLines[i]?.reason}</td>
                <td>{refusedLines[i]?.text}</td>
              </>
            )}
          />
          <div class="actions">
            <button type="button" onClick={onSave}>
              Save all refused lines
            </button>
            {refused > refusedLines.length && (
              <span>The first {countText(refusedLines.length)} are shown.</span>
            )}
          </div>
        </>
      )}
    </section>
  )
}

function endText({ ended, failure, lastLine }: ImportResult): string {
  if (ended === 'whole') return 'The file was read to its end.'
  const behind = `Nothing behind line ${countText(lastLine)} was written.`
  return ended === 'stopped' ? `It was stopped. ${behind}` : `${failure} ${behind}`
}
