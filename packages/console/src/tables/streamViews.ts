import type { StreamView } from './tableDraft.ts'

/** What a stream's records may have, with what each is called. */
export const streamViews: readonly (readonly [StreamView, string])[] = [
  ['NONE', 'No stream'],
  ['NEW_AND_OLD_IMAGES', 'New and old images'],
  ['NEW_IMAGE', 'New image'],
  ['OLD_IMAGE', 'Old image'],
  ['KEYS_ONLY', 'Keys only'],
]
