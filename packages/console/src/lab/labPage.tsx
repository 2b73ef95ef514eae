import type { Connection } from '../database/connection.ts'
import { giveControlToken } from '../database/controlToken.ts'
import { TokenForm } from '../parts/tokenForm.tsx'
import { ClockPanel } from './clockPanel.tsx'
import { Faults } from './faults.tsx'
import { Holds } from './holds.tsx'
import { LagPanel } from './lagPanel.tsx'
import { useLabState } from './labState.ts'
import { Stops } from './stops.tsx'
import { useControl } from './useControl.ts'
import { Failure } from '../parts/failure.tsx'

const whyToken =
  'The lab can change everything, so this server wants a token for it, which is in the file that ' +
  '--control-token-file names.'

/** The lab: what it does at present, and the ways to change that. */
export function LabPage({ connection }: { readonly connection: Connection }) {
  const isThere = connection.about.lab !== 'none'
  return (
    <div class="page">
      <h1>Lab</h1>
      {isThere ? <Present connection={connection} /> : <HowToHaveOne connection={connection} />}
    </div>
  )
}

function HowToHaveOne({ connection: { about } }: { readonly connection: Connection }) {
  return (
    <section aria-label="How to have a lab">
      <p>
        This server was started without a lab. Start it with <code>--lab</code> to make requests
        fail, hold items, move the clock and let reads lag:
      </p>
      <pre class="wide example">
        {about.needsKeys
          ? 'dynatom --lab --auth required --control-token-file TOKEN-FILE'
          : 'dynatom --lab'}
      </pre>
      <p>
        In process it is <code>createDatabase({'{ lab: true }'})</code>, which has the same as{' '}
        <code>db.lab</code>. A lab is for tests: without it there is nothing of it, and it costs
        nothing.
      </p>
    </section>
  )
}

function Present({ connection }: { readonly connection: Connection }) {
  const { state, failure, isTokenWanted, look } = useLabState(connection)
  const control = useControl(connection, look)
  if (isTokenWanted) {
    return (
      <TokenForm
        why={whyToken}
        failure={failure}
        onToken={(token) => {
          giveControlToken(token)
          look()
        }}
      />
    )
  }
  return (
    <>
      <Failure text={failure} />
      {state !== undefined && (
        <>
          <div class="groups">
            <ClockPanel clock={state.clock} control={control} />
            <LagPanel lag={state.lag} control={control} />
          </div>
          <Faults faults={state.faults} control={control} />
          <Holds holds={state.holds} control={control} />
          <Stops stops={state.stops} control={control} />
        </>
      )}
    </>
  )
}
