/** Bodies that are no JSON, or no JSON that a request could be, by what is wrong with them. */

const bytes = (...values: number[]): Buffer => Buffer.from(values)
const within = (before: string, odd: Buffer, after: string): Buffer =>
  Buffer.concat([Buffer.from(before), odd, Buffer.from(after)])
/** A request whose table name holds `odd`. */
const named = (odd: Buffer): Buffer => within('{"TableName":"Items', odd, '"}')

export const unparsableBodies: Readonly<Record<string, string | Buffer>> = {
  nothing: '',
  blanks: '   ',
  'half an object': '{"TableName":"Items"',
  'half a string': '{"TableName":"Ite',
  'half an escape': '{"TableName":"\\u00',
  'something behind the object': '{"TableName":"Items"}x',
  'two objects': '{"TableName":"Items"}{}',
  'a comma too many': '{"TableName":"Items",}',
  'a comma too few': '{"TableName":"Items" "Limit":1}',
  'single quotes': "{'TableName':'Items'}",
  'no quotes': '{TableName:"Items"}',
  'a comment': '{"TableName":"Items"/* */}',
  NaN: '{"Limit":NaN}',
  Infinity: '{"Limit":Infinity}',
  '-Infinity': '{"Limit":-Infinity}',
  undefined: '{"Limit":undefined}',
  'a leading zero': '{"Limit":01}',
  'a plus': '{"Limit":+1}',
  'no digit before the point': '{"Limit":.5}',
  'no digit behind the point': '{"Limit":1.}',
  'a hexadecimal number': '{"Limit":0x1}',
  'a number with separators': '{"Limit":1_000}',
  'an odd escape': '{"TableName":"\\x41"}',
  'a line end in a string': '{"TableName":"a\nb"}',
  'NUL in a string': '{"TableName":"a\0b"}',
  'NUL behind the object': '{"TableName":"Items"}\0',
  'a byte order mark': `\ufeff{"TableName":"Items"}`,
  'UTF-16': Buffer.from('{"TableName":"Items"}', 'utf16le'),
  'UTF-16 with its mark': within('', bytes(0xff, 0xfe), '{\0}\0'),
  'a byte that is never UTF-8': named(bytes(0xff)),
  'a continuation byte alone': named(bytes(0x80)),
  'a sequence cut short': named(bytes(0xe2, 0x82)),
  'an overlong slash': named(bytes(0xc0, 0xaf)),
  'an overlong NUL': named(bytes(0xc0, 0x80)),
  'a surrogate in UTF-8': named(bytes(0xed, 0xa0, 0x80)),
  'beyond Unicode': named(bytes(0xf4, 0x90, 0x80, 0x80)),
  'five bytes': named(bytes(0xf8, 0x88, 0x80, 0x80, 0x80)),
  'half a character at the end': within('{"TableName":"Items"}', bytes(0xc3), ''),
  null: 'null',
  'brackets, 100,000 deep': '['.repeat(100_000),
  'brackets, a million deep, closed': '['.repeat(1_000_000) + ']'.repeat(1_000_000),
  'objects, a million deep': '{"a":'.repeat(1_000_000),
  'brackets behind a string of quotes': `{"TableName":"${'\\"'.repeat(20_000)}","a":${'['.repeat(600)}`,
}

/** Bodies that are JSON, yet no object. */
export const nonObjects: readonly string[] = [
  '1',
  '-1.5e3',
  '"x"',
  'true',
  'false',
  '[]',
  '[{}]',
  '""',
]

/** The JSON of a value that nests so many levels. */
export function deepValue(levels: number, kind: 'M' | 'L' = 'M'): string {
  const [open, close] = kind === 'M' ? ['{"M":{"a":', '}}'] : ['{"L":[', ']}']
  return `${open.repeat(levels - 1)}{"S":"x"}${close.repeat(levels - 1)}`
}

/** The JSON of an item whose attribute `deep` nests so many levels. */
export function deepItem(levels: number, kind: 'M' | 'L' = 'M'): string {
  return `{"id":{"S":"deep"},"deep":${deepValue(levels, kind)}}`
}
