import { useEffect, useState } from 'preact/hooks'
import type { Connection } from '../database/connection.ts'
import { controlToken, giveControlToken, onControlToken } from '../database/controlToken.ts'
import { addressOf, type Route } from '../navigation/route.ts'
import { TextField } from '../parts/field.tsx'
import { BuildPage } from './buildPage.tsx'
import { LivePage } from './livePage.tsx'

interface TransactionsPageProps {
  readonly connection: Connection
  readonly route: Route
}

/** Transactions: one that is built here, and those that are under way. */
export function TransactionsPage({ connection, route }: TransactionsPageProps) {
  const isLive = route.path[1] === 'live'
  const needsToken = useTokenNeeded(connection)
  const parts = [
    ['Build', addressOf(['transactions']), !isLive],
    ['Under way', addressOf(['transactions', 'live']), isLive],
  ] as const
  return (
    <div class="page">
      <h1>Transactions</h1>
      <nav class="actions" aria-label="Transactions">
        {parts.map(([name, address, isHere]) => (
          <a key={name} class="button" href={address} aria-current={isHere ? 'page' : undefined}>
            {name}
          </a>
        ))}
      </nav>
      {needsToken && <TokenForm />}
      {isLive ? <LivePage connection={connection} /> : <BuildPage connection={connection} />}
    </div>
  )
}

function useTokenNeeded({ about }: Connection): boolean {
  const [token, setToken] = useState(controlToken)
  useEffect(() => onControlToken(() => setToken(controlToken())), [])
  return about.watch === 'token' && token === undefined
}

const tokenHint =
  'This server shows dry runs, explanations and what is under way to whoever has its token. It ' +
  'stays in this page’s memory.'

function TokenForm() {
  const [text, setText] = useState('')
  return (
    <form
      class="read"
      onSubmit={(event) => {
        event.preventDefault()
        giveControlToken(text.trim())
      }}
    >
      <TextField
        label="Control token"
        hint={tokenHint}
        type="password"
        required
        value={text}
        onText={setText}
      />
      <div class="actions">
        <button type="submit">Use this token</button>
      </div>
    </form>
  )
}
