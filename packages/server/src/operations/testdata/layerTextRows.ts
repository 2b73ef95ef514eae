import type { LayerTextRow } from './layerTextRow.ts'
import { layerTextsOfConstraints } from './layerTextsOfConstraints.ts'
import { layerTextsOfEnvelopes } from './layerTextsOfEnvelopes.ts'
import { layerTextsOfValues } from './layerTextsOfValues.ts'

/** Every text that the two validation layers have in different forms, and what they share. */
export const layerTextRows: readonly LayerTextRow[] = [
  ...layerTextsOfEnvelopes,
  ...layerTextsOfValues,
  ...layerTextsOfConstraints,
]
