/** What has become of the file of identities. */
export interface IdentitiesChange {
  /** `refused` leaves what was in force as it was. */
  readonly kind: 'loaded' | 'refused'
  /** One line: what the file has, or what is wrong with it and where. */
  readonly message: string
}
