import type { ComponentChildren } from 'preact'
import { ColumnHeads } from '../parts/columnHeads.tsx'

interface PanelProps {
  readonly title: string
  readonly head: readonly string[]
  /** What is said when there is nothing. */
  readonly none: string
  readonly rows: readonly ComponentChildren[]
  /** What stands beside the title. */
  readonly actions?: ComponentChildren
  /** What a new one is made with, and what that is called. */
  readonly adding: string
  readonly form: ComponentChildren
}

/** One kind of thing that the lab does: what is in force, and a form for another one. */
export function Panel({ title, head, none, rows, actions, adding, form }: PanelProps) {
  return (
    <section class="read">
      <div class="page-head">
        <h2>{title}</h2>
        <div class="actions">{actions}</div>
      </div>
      {rows.length === 0 ? (
        <p>{none}</p>
      ) : (
        <div class="wide wrapped" tabIndex={0} role="region" aria-label={title}>
          <table aria-label={title}>
            <thead>
              <tr>
                <ColumnHeads names={head} />
              </tr>
            </thead>
            <tbody>{rows}</tbody>
          </table>
        </div>
      )}
      <details class="elsewhere">
        <summary>{adding}</summary>
        {form}
      </details>
    </section>
  )
}
