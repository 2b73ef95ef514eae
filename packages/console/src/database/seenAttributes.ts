const seen = new Map<string, Set<string>>()
/** Names beyond this many of a table are not remembered. */
const mostNames = 1000

/** Remembers the attributes of items of a table for as long as the page is open. */
export function noteAttributes(
  tableName: string,
  items: readonly Readonly<Record<string, unknown>>[],
): void {
  const names = seen.get(tableName) ?? new Set<string>()
  seen.set(tableName, names)
  for (const item of items) {
    for (const name of Object.keys(item)) if (names.size < mostNames) names.add(name)
  }
}

/** The names of attributes that items of a table were seen to have. */
export const attributesSeen = (tableName: string): readonly string[] => [
  ...(seen.get(tableName) ?? []),
]
