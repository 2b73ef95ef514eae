import pg from 'pg'

/** `name` as SQL takes it, whatever is in it. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** `text` as a string of SQL, whatever is in it. */
export const quotedText = (text: string): string => pg.escapeLiteral(text)
