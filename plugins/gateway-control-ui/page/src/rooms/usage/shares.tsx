import type { JSX } from 'preact'
import type { MethodResult } from '@openclaw/protocol'
import { sayMoney, sayShare, sayTokens } from './amounts.ts'

type Row = MethodResult<'usage.get'>['rows'][number]

/** Who or what used how much, the most first, each beside the first one. */
export function Shares({ rows, money }: { rows: readonly Row[]; money: boolean }): JSX.Element {
  const valueOf = (row: Row) => (money ? row.costUsd : row.input + row.output)
  const most = Math.max(...rows.map(valueOf), Number.MIN_VALUE)
  return (
    <table class="shares">
      <thead>
        <tr>
          <th>Name</th>
          <th>
            <span class="visually-hidden">Share</span>
          </th>
          <th>Cost</th>
          <th>Read</th>
          <th>Cached</th>
          <th>Written</th>
          <th>Runs</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key}>
            <td dir="auto" title={row.key}>
              {row.key}
            </td>
            <td>
              <progress max={most} value={valueOf(row)} aria-hidden="true" />
            </td>
            <td>{sayMoney(row.costUsd)}</td>
            <td>{sayTokens(row.input)}</td>
            <td>{sayShare(row.cached, row.input)}</td>
            <td>{sayTokens(row.output)}</td>
            <td>{row.runs}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
