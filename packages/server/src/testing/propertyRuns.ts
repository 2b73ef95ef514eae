const share = Number(process.env['DYNATOM_PROPERTY_SHARE'] ?? 0.4)

/**
 * How often a costly property is tried: `whole` times in CI, where DYNATOM_PROPERTY_SHARE is 1, and
 * less often where somebody waits for it.
 */
export const runsOf = (whole: number): number => Math.ceil(whole * share)
