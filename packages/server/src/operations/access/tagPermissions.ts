import type { PermissionReader } from './permissionReader.ts'

interface TagParameters {
  readonly Tags?: readonly { readonly Key?: string; readonly Value?: string }[]
  readonly TagKeys?: readonly string[]
}

/** Requests that give tags or take them away. */
export const tagPermissions: PermissionReader<TagParameters> = {
  context(_services, { Tags = [], TagKeys = [] }) {
    const given = Tags.flatMap(({ Key, Value }): [string, string][] =>
      Key === undefined || Value === undefined ? [] : [[Key, Value]],
    )
    return {
      requestTags: Object.fromEntries(given),
      tagKeys: [...TagKeys, ...Tags.flatMap(({ Key }) => Key ?? [])],
    }
  },
}
