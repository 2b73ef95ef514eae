import { useState } from 'preact/hooks'
import type { Keys } from '../database/connection.ts'
import { TextField } from '../parts/field.tsx'

/** Asks for the keys that a server which verifies signatures lets in. They go into no storage. */
export function AskKeys({ onKeys }: { readonly onKeys: (keys: Keys) => void }) {
  const [accessKeyId, setAccessKeyId] = useState('')
  const [secretAccessKey, setSecretAccessKey] = useState('')
  const [sessionToken, setSessionToken] = useState('')
  return (
    <form
      class="page narrow"
      onSubmit={(event) => {
        event.preventDefault()
        onKeys({ accessKeyId, secretAccessKey, ...(sessionToken !== '' && { sessionToken }) })
      }}
    >
      <h1>Keys</h1>
      <p>
        This server verifies who asks. The keys stay in this page’s memory: they are asked for again
        after a reload.
      </p>
      <TextField label="Access key id" required value={accessKeyId} onText={setAccessKeyId} />
      <TextField
        label="Secret access key"
        type="password"
        required
        value={secretAccessKey}
        onText={setSecretAccessKey}
      />
      <TextField
        label="Session token (optional)"
        type="password"
        value={sessionToken}
        onText={setSessionToken}
      />
      <button type="submit" class="primary">
        Use these keys
      </button>
    </form>
  )
}
