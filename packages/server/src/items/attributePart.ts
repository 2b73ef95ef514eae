import type { AttributeValue } from '../values/attributeValue.ts'
import { equalValues } from '../values/compare.ts'
import { attributeSize } from '../values/size.ts'

/**
 * One attribute of a large item: the text of its value or the value, each made from the other when
 * it is first asked for. Images that have the attribute unchanged share it.
 */
export class AttributePart {
  readonly name: string
  #text: Buffer | undefined
  #value: AttributeValue | undefined
  #sizeBytes: number | undefined

  private constructor(name: string, text: Buffer | undefined, value: AttributeValue | undefined) {
    this.name = name
    this.#text = text
    this.#value = value
  }

  static ofText(name: string, text: Buffer): AttributePart {
    return new AttributePart(name, text, undefined)
  }

  static ofValue(name: string, value: AttributeValue): AttributePart {
    return new AttributePart(name, undefined, value)
  }

  get text(): Buffer {
    this.#text ??= Buffer.from(JSON.stringify(this.#value), 'utf8')
    return this.#text
  }

  /** Must not be changed. */
  get value(): AttributeValue {
    this.#value ??= JSON.parse((this.#text as Buffer).toString('utf8')) as AttributeValue
    return this.#value
  }

  /** As DynamoDB counts it, with the name. */
  get sizeBytes(): number {
    this.#sizeBytes ??= attributeSize(this.name, this.value)
    return this.#sizeBytes
  }

  /** For whoever knows the size without counting it. */
  set sizeBytes(sizeBytes: number) {
    this.#sizeBytes = sizeBytes
  }

  get isCounted(): boolean {
    return this.#sizeBytes !== undefined
  }

  /** What the value, which the text is not, takes in memory. */
  get heldBytes(): number {
    return this.#value === undefined ? 0 : Math.max(this.#text?.length ?? 0, this.sizeBytes)
  }

  /** Whether the texts of name and value are the same. */
  isSameAs(other: AttributePart): boolean {
    if (this === other) return true
    return this.name === other.name && this.text.equals(other.text)
  }

  /** Whether the values are equal: sets without order. */
  equals(other: AttributePart): boolean {
    return this === other || equalValues(this.value, other.value)
  }
}
