import { useState } from 'preact/hooks'
import type { StatementDraft } from './runStatements.ts'

/** What was run, and what it came to. */
export interface PastStatement {
  readonly draft: StatementDraft
  /** In ISO 8601. */
  readonly at: string
  readonly outcome: string
}

const storageName = 'dynatom.statements'
const mostKept = 50

/**
 * What was run in this tab, the last first; it outlives a reload and ends with the tab. A statement
 * that is run again moves to the front.
 */
export function useHistory() {
  const [past, setPast] = useState<readonly PastStatement[]>(stored)
  function keep(changed: readonly PastStatement[]): void {
    setPast(changed)
    sessionStorage.setItem(storageName, JSON.stringify(changed))
  }
  return {
    past,
    add: (one: PastStatement): void => {
      const text = JSON.stringify(one.draft)
      const others = stored().filter(({ draft }) => JSON.stringify(draft) !== text)
      keep([one, ...others].slice(0, mostKept))
    },
    clear: (): void => keep([]),
  }
}

function stored(): readonly PastStatement[] {
  try {
    return JSON.parse(sessionStorage.getItem(storageName) ?? '[]') as readonly PastStatement[]
  } catch {
    return []
  }
}
