/**
 * Whether searches of vector indexes are exact always, or nearly exact and fast where an index is
 * large.
 */
export type VectorSearchMode = 'exact' | 'auto'

export const vectorSearchModes: readonly VectorSearchMode[] = ['exact', 'auto']

/** What is said where 'auto' is asked for and cannot be had. */
export const noGraphText: string =
  'Searches of large vector indexes stay exact: the optional package usearch is not installed, ' +
  'or has no binary part for this machine.'
