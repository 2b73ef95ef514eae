/**
 * A file of tables or items that a database cannot begin with; `message` is a sentence for whoever
 * has written it.
 */
export class ContentUnusable extends Error {
  override readonly name = 'ContentUnusable'
}
