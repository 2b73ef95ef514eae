import {
  encryptedByDefault,
  encryptedWithThatKey,
  encryptionDisabled,
  encryptionTypeMissing,
  encryptionTypeUnsupported,
} from '../../errors/tableSettingErrors.ts'
import type { ResourceNames } from '../../schema/resourceNames.ts'
import type { TableRecord } from '../../schema/tableRecord.ts'

export interface SseSpecificationParameter {
  readonly Enabled?: boolean
  readonly SSEType?: 'AES256' | 'KMS'
  readonly KMSMasterKeyId?: string
}

/** The key that AWS manages for DynamoDB in every account. */
const managedKey = 'alias/aws/dynamodb'

export function checkSseSpecification(specification: SseSpecificationParameter | undefined): void {
  if (specification === undefined) return
  const { Enabled: enabled, SSEType: type, KMSMasterKeyId: key } = specification
  if (enabled === false && type !== undefined) throw encryptionDisabled('SSEType')
  if (enabled === false && key !== undefined) throw encryptionDisabled('KMSMasterKeyId')
  if (type === 'AES256') throw encryptionTypeUnsupported(type)
  if (key !== undefined && type === undefined) throw encryptionTypeMissing()
}

/**
 * The ARN of the key that a table shows; undefined when encryption is left to the service's own
 * key. A type is enough to ask for a key.
 */
export function kmsMasterKeyArn(
  specification: SseSpecificationParameter | undefined,
  names: ResourceNames,
): string | undefined {
  if (specification?.Enabled !== true && specification?.SSEType === undefined) return undefined
  return names.kmsKeyArn(specification.KMSMasterKeyId ?? managedKey)
}

/** The record after a change of its encryption, which must change something. */
export function withEncryption(
  record: TableRecord,
  specification: SseSpecificationParameter | undefined,
  names: ResourceNames,
): TableRecord {
  if (specification === undefined) return record
  const { kmsMasterKeyArn: before, ...unencrypted } = record
  const keyArn = kmsMasterKeyArn(specification, names)
  if (keyArn === undefined && before === undefined) throw encryptedByDefault()
  if (keyArn === undefined) return unencrypted
  if (specification.KMSMasterKeyId !== undefined && keyArn === before) throw encryptedWithThatKey()
  return { ...unencrypted, kmsMasterKeyArn: keyArn }
}
