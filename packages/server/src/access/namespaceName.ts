/** What the access key ids that choose a namespace begin with; its name comes after it. */
export const namespacePrefix = 'dynatom-'

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/

/** Whether a namespace can be called so; with the prefix it is no longer than an access key id. */
export const isNamespaceName = (name: string): boolean => namePattern.test(name)

/** What {@link isNamespaceName} takes, for messages. */
export const namespaceNameText: string =
  '1 to 120 letters, digits, points, hyphens and underscores, the first a letter or a digit'
