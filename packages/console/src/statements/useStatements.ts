import { useEffect, useRef, useState } from 'preact/hooks'
import type { Connection } from '../database/connection.ts'
import { textOf } from '../parts/notices.tsx'
import { countText } from '../values/figures.ts'
import type { PastStatement } from './history.ts'
import {
  reasonsOf,
  runStatements,
  type StatementDraft,
  type StatementPage,
} from './runStatements.ts'

/** What has been run, and what came of it. */
export interface Run {
  readonly draft: StatementDraft
  /** Where each page up to the present one began. */
  readonly starts: readonly (string | undefined)[]
  readonly page: StatementPage | undefined
  readonly failure: string | undefined
  /** Of a cancelled transaction, for each statement. */
  readonly reasons: readonly string[]
  readonly tookMs: number
}

/** Runs statements, and goes through the pages of one; `onDone` is told of each that was run. */
export function useStatements(connection: Connection, onDone: (past: PastStatement) => void) {
  const [run, setRun] = useState<Run>()
  const running = useRef<AbortController>()
  const [isBusy, setBusy] = useState(false)
  const stop = (): void => {
    running.current?.abort()
    running.current = undefined
    setBusy(false)
  }
  useEffect(() => stop, [connection])

  async function perform(draft: StatementDraft, starts: Run['starts']): Promise<void> {
    stop()
    const controller = new AbortController()
    running.current = controller
    setBusy(true)
    const startedMs = performance.now()
    const ended = (came: Pick<Run, 'page' | 'failure' | 'reasons'>, outcome: string): void => {
      if (controller.signal.aborted) return
      setBusy(false)
      setRun({ draft, starts, ...came, tookMs: performance.now() - startedMs })
      if (starts.length === 1) onDone({ draft, at: new Date().toISOString(), outcome })
    }
    try {
      const page = await runStatements(connection, draft, starts.at(-1), controller.signal)
      ended({ page, failure: undefined, reasons: [] }, outcomeOf(page))
    } catch (error) {
      const failure = textOf(error)
      const name = error instanceof Error ? error.name : failure
      ended({ page: undefined, failure, reasons: reasonsOf(error) }, name)
    }
  }
  return {
    run,
    isBusy,
    stop,
    begin: (draft: StatementDraft) => void perform(draft, [undefined]),
    toPrevious:
      run !== undefined && run.starts.length > 1
        ? () => void perform(run.draft, run.starts.slice(0, -1))
        : undefined,
    toNext:
      run?.page?.next === undefined
        ? undefined
        : () => void perform(run.draft, [...run.starts, run.page?.next]),
  }
}

const outcomeOf = ({ items, next }: StatementPage): string =>
  next === undefined
    ? `${countText(items.length)} items`
    : `${countText(items.length)} items and more`
