import { controlConflict, controlNotFound } from '../errors/controlErrors.ts'
import type { ControlsOf } from './control.ts'
import type { LabNamespaces, LabSession } from './labSession.ts'
import { listOf, objectOf, text } from './schema.ts'

/** What is done to the namespaces of a database. */
export interface NamespaceControls {
  /** Their names, in order. */
  list(): Promise<NamespaceList>
  /** Ends one and forgets its data. Rejects with NotFound. */
  drop(which: { readonly name: string }): Promise<void>
}

export interface NamespaceList {
  readonly namespaces: readonly string[]
}

const name = text('what follows dynatom- in the access key id')

export const namespaceControls: ControlsOf<{ namespaces: NamespaceControls }>['namespaces'] = {
  list: {
    method: 'GET',
    path: '/namespaces',
    summary: 'The namespaces that there are.',
    answer: objectOf({ namespaces: listOf(name) }, ['namespaces']),
    perform: async (session) => ({ namespaces: await namespacesOf(session).list() }),
  },
  drop: {
    method: 'DELETE',
    path: '/namespaces/{name}',
    summary: 'End a namespace and forget its data.',
    input: objectOf({ name }, ['name']),
    perform: async (session, input) => {
      const wasThere = await namespacesOf(session).drop(input.name)
      if (!wasThere) throw controlNotFound(`namespace "${input.name}"`)
    },
  },
}

function namespacesOf({ host }: LabSession): LabNamespaces {
  if (host.namespaces !== undefined) return host.namespaces
  throw controlConflict(
    'Neither a namespace nor a database that verifies signatures has namespaces.',
  )
}
