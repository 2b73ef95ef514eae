import { describe, expect, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { ControlError } from '../errors/controlErrors.ts'
import { allControls } from './controls.ts'
import { LabSession } from './labSession.ts'
import { labSurface } from './labSurface.ts'
import { openApiDocument } from './openApiDocument.ts'

interface Operation {
  readonly operationId: string
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: object
}
const { paths } = openApiDocument() as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
)

const surface = labSurface(
  new LabSession({
    isInMemory: false,
    clock: systemClock,
    reset: () => Promise.resolve(),
    restore: () => Promise.resolve(),
  }),
)

/** What is answered to a request that takes nothing, or the wrong things. */
async function refusalOf(method: string, path: string): Promise<string> {
  const query = new URLSearchParams({ thisIsNoParameter: 'x' })
  const request = { method: method.toUpperCase(), path, query, body: undefined }
  try {
    await surface(request)
    return 'none'
  } catch (error) {
    return error instanceof ControlError ? error.name : 'a fault'
  }
}

describe('the document', () => {
  test('has every control, once', () => {
    const documented = operations.map(({ operation }) => operation.operationId)
    const names = allControls.map(({ group, name }) => `${group}.${name}`)
    expect([...documented].sort()).toEqual([...names].sort())
  })

  test.each(operations)('says what the surface takes: $method $path', async ({ path, method }) => {
    const place = path.replace('/_dynatom', '').replaceAll(/\{\w+\}/g, '1')
    expect(['InvalidRequest', 'Conflict']).toContain(await refusalOf(method, place))
    const others = ['get', 'post', 'put', 'delete'].filter((each) => !(each in (paths[path] ?? {})))
    for (const other of others) expect(await refusalOf(other, place)).toBe('MethodNotAllowed')
  })

  test('names each part of a path among its parameters, and gives a GET no body', () => {
    for (const { path, method, operation } of operations) {
      const parts = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      const named = (operation.parameters ?? []).filter((each) => each.in === 'path')
      expect(named.map(({ name }) => name)).toEqual(parts)
      if (method === 'get') expect(operation.requestBody).toBeUndefined()
    }
  })
})
