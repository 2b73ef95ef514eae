/** The words of DynamoDB's statements (PartiQL reference of the Developer Guide). */
export const keywords: readonly string[] = [
  'SELECT',
  'FROM',
  'WHERE',
  'ORDER BY',
  'ASC',
  'DESC',
  'INSERT INTO',
  'VALUE',
  'UPDATE',
  'SET',
  'REMOVE',
  'DELETE FROM',
  'RETURNING',
  'ALL OLD *',
  'ALL NEW *',
  'MODIFIED OLD *',
  'MODIFIED NEW *',
  'EXISTS',
  'AND',
  'OR',
  'NOT',
  'IN',
  'BETWEEN',
  'IS MISSING',
  'IS NOT MISSING',
  'IS NULL',
  'IS NOT NULL',
  'TRUE',
  'FALSE',
  'NULL',
  'MISSING',
]

export const functions: readonly string[] = [
  'attribute_exists',
  'attribute_not_exists',
  'attribute_type',
  'begins_with',
  'contains',
  'size',
  'list_append',
  'set_add',
  'set_delete',
]

/** Names that have to be quoted although their letters would do. */
const kept: ReadonlySet<string> = new Set(
  `value size index user date time order group table select from where set key language level
  position timestamp zone count sum min max avg all any in is as by on or and not null true false
  missing limit remove tuple do nothing returning modified new old list struct string bool symbol
  primary public read action domain character begin end case first last year_month section session
  system_user transaction upper lower usage option`.split(/\s+/),
)

/** A name as a statement has it: in double quotes where it has to be. */
export function nameText(name: string): string {
  const isBare = /^[A-Za-z_$][\w$]*$/.test(name) && !kept.has(name.toLowerCase())
  return isBare ? name : quotedName(name)
}

export const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`
