/** Most read and most write units of all provisioned tables together (guide: default quotas). */
export const maxAccountCapacityUnits: number = 80_000
/** Most read and most write units of one table or index (guide: default quotas). */
export const maxTableCapacityUnits: number = 40_000
