const share = Number(process.env['DYNATOM_PROPERTY_SHARE'] ?? 0.4)

/**
 * How often a costly property is tried: `whole` times where DYNATOM_PROPERTY_SHARE is 1, a little
 * less often in CI, and less where somebody waits for it.
 */
export const runsOf = (whole: number): number => Math.ceil(whole * share)
