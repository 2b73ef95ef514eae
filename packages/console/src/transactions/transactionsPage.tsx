import { useEffect, useState } from 'preact/hooks'
import type { Connection } from '../database/connection.ts'
import { controlToken, giveControlToken, onControlToken } from '../database/controlToken.ts'
import { addressOf, type Route } from '../navigation/route.ts'
import { TokenForm } from '../parts/tokenForm.tsx'
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
      {needsToken && <TokenForm why={whyToken} onToken={giveControlToken} />}
      {isLive ? <LivePage connection={connection} /> : <BuildPage connection={connection} />}
    </div>
  )
}

function useTokenNeeded({ about }: Connection): boolean {
  const [token, setToken] = useState(controlToken)
  useEffect(() => onControlToken(() => setToken(controlToken())), [])
  return about.watch === 'token' && token === undefined
}

const whyToken =
  'This server shows dry runs, explanations and what is under way to whoever has its token.'
