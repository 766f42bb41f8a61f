import type { JSX } from 'preact'
import { sayMoney, sayTokens } from './amounts.ts'
import type { Day } from './days.ts'

const width = 720
const height = 180
const left = 52
const top = 12
const bottom = 26

/** Bars of days over a scale. The same stands in a table for who cannot see it. */
export function Plot({ days, money }: { days: readonly Day[]; money: boolean }): JSX.Element {
  const valueOf = (day: Day) => (money ? day.costUsd : day.tokens)
  const say = money ? sayMoney : sayTokens
  const most = niceTop(Math.max(...days.map(valueOf)))
  const step = (width - left) / days.length
  const y = (value: number) => height - bottom - (value / most) * (height - top - bottom)
  // As many dates as have room beside each other.
  const every = Math.ceil(days.length / 8)
  return (
    <figure class="plot">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`${money ? 'Cost' : 'Tokens'} of ${days.length} days; the table has the figures`}
      >
        {[0, 0.5, 1].map((share) => (
          <g key={share}>
            <line class="line" x1={left} x2={width} y1={y(most * share)} y2={y(most * share)} />
            <text x={left - 8} y={y(most * share) + 4} text-anchor="end">
              {say(most * share)}
            </text>
          </g>
        ))}
        {days.map((day, at) => (
          <g key={day.day} class="day">
            <title>{`${sayDay(day.day)}: ${say(valueOf(day))}, ${day.runs} runs`}</title>
            <rect class="catch" x={left + at * step} y={top} width={step} height={height - top - bottom} />
            <rect
              class="bar"
              x={left + at * step + step * 0.15}
              y={y(valueOf(day))}
              width={step * 0.7}
              height={height - bottom - y(valueOf(day))}
              rx={Math.min(3, step * 0.2)}
            />
            {(days.length - 1 - at) % every === 0 && (
              <text
                x={at === days.length - 1 ? width : left + (at + 0.5) * step}
                y={height - 8}
                text-anchor={at === days.length - 1 ? 'end' : 'middle'}
              >
                {sayDay(day.day)}
              </text>
            )}
          </g>
        ))}
      </svg>
      <table class="visually-hidden">
        <thead>
          <tr>
            <th>Day</th>
            <th>{money ? 'Cost' : 'Tokens'}</th>
            <th>Runs</th>
          </tr>
        </thead>
        <tbody>
          {days
            .filter(({ runs }) => runs > 0)
            .map((day) => (
              <tr key={day.day}>
                <td>{sayDay(day.day)}</td>
                <td>{say(valueOf(day))}</td>
                <td>{day.runs}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </figure>
  )
}

/** The next number above that is 1, 2 or 5 times a power of ten, so that the scale has round steps. */
function niceTop(most: number): number {
  if (most <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(most))
  return ([1, 2, 5].find((times) => times * power >= most) ?? 10) * power
}

function sayDay(day: string): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date).toLocaleDateString(undefined, { day: 'numeric', month: 'short' })
}
