import { useState } from 'preact/hooks'

const prefix = 'dynatom.draft.'

/**
 * State that a reload does not lose: what somebody has typed in and not sent. It is kept by this
 * tab alone until it is cleared. REQUIRES: no keys and no tokens are put into it.
 */
export function useDraft<Draft>(
  name: string,
  initial: Draft,
): readonly [Draft, (draft: Draft) => void, () => void] {
  const [draft, setDraft] = useState<Draft>(() => (stored(name) as Draft | undefined) ?? initial)
  function keep(changed: Draft): void {
    setDraft(changed)
    try {
      sessionStorage.setItem(prefix + name, JSON.stringify(changed))
    } catch {
      // What is larger than the browser keeps stays until a reload.
      sessionStorage.removeItem(prefix + name)
    }
  }
  function clear(): void {
    setDraft(initial)
    sessionStorage.removeItem(prefix + name)
  }
  return [draft, keep, clear]
}

/** Whether there is a draft of that name. */
export const hasDraft = (name: string): boolean => sessionStorage.getItem(prefix + name) !== null

/** What follows `start` in the names of the drafts that begin with it. */
export const draftsOf = (start: string): readonly string[] =>
  Object.keys(sessionStorage).flatMap((name) =>
    name.startsWith(prefix + start) ? [name.slice(prefix.length + start.length)] : [],
  )

/** Forgets the drafts whose names begin with `start`. */
export function forgetDrafts(start: string): void {
  for (const rest of draftsOf(start)) sessionStorage.removeItem(prefix + start + rest)
}

function stored(name: string): unknown {
  const text = sessionStorage.getItem(prefix + name)
  if (text === null) return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
