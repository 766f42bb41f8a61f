import type { JSX } from 'preact'

/** Strokes on a grid of 24, drawn for this page. */
const paths = {
  alert: 'M12 4 2.8 19.5h18.4zM12 10v4.2M12 17v.2',
  arrowDown: 'M12 5v14M6 13l6 6 6-6',
  attach: 'm20 11-8.3 8.3a5 5 0 0 1-7-7L13 4a3.4 3.4 0 0 1 4.8 4.8l-8.2 8.1a1.7 1.7 0 0 1-2.4-2.4L14.5 7.2',
  brain: 'M12 3.5a8.5 8.5 0 1 0 8.5 8.5M12 8v4l2.5 2M17 3.2l.7 2 2 .7-2 .7-.7 2-.7-2-2-.7 2-.7z',
  chat: 'M4 5.5h16v11H9.5L5 20v-3.5H4z',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  chevron: 'm9 6 6 6-6 6',
  claw: 'M8.6 4c.4 6.2-.9 11.6-4.3 16.3C3.9 14.4 5.3 8.9 8.6 4zM14.5 3.3c.5 7-.9 13-4.7 18.2-.3-6.6 1.2-12.7 4.7-18.2zM20.3 4c.4 6.2-.9 11.6-4.3 16.3-.4-5.9 1-11.4 4.3-16.3z',
  clock: 'M12 7v5l3 2M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17',
  close: 'm6 6 12 12M18 6 6 18',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  edit: 'M4 20h4L19.5 8.5a2.1 2.1 0 0 0-3-3L5 17zM14.5 7.5l2 2',
  file: 'M6 3.5h8l4.5 4.5v12.5H6zM14 3.5V8h4.5',
  key: 'M14.5 9.5a4.5 4.5 0 1 0-3.3 4.3L13 15.5h2V18h2.5v2.5H21V17l-6.7-6.3zM8.5 9v.2',
  menu: 'M4 7h16M4 12h16M4 17h10',
  model: 'M12 3.5 19.5 8v8L12 20.5 4.5 16V8zM4.8 8.2 12 12.3l7.2-4.1M12 12.5V20',
  moon: 'M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z',
  more: 'M12 6v.2M12 12v.2M12 18v.2',
  plus: 'M12 5v14M5 12h14',
  reset: 'M4.5 12a7.5 7.5 0 1 0 2.3-5.4L4.5 9M4.5 4.5V9H9',
  search: 'M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13M15.5 15.5 20.5 20.5',
  send: 'M12 19V5.5M6 11l6-6 6 6',
  shield: 'M12 3.5 5 6v5.5c0 4.3 2.8 7.5 7 9 4.2-1.5 7-4.7 7-9V6zM9 12l2.2 2.2L15.2 10',
  signOut: 'M10 4.5H5v15h5M14 8l4 4-4 4M18 12H9.5',
  spark: 'M12 3.5l1.9 5.6 5.6 1.9-5.6 1.9L12 18.5l-1.9-5.6L4.5 11l5.6-1.9z',
  status: 'M3.5 12.5h4l2.5-7 4 13 2.5-6h4',
  stop: 'M7 7h10v10H7z',
  sun: 'M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8M12 2.5V4M12 20v1.5M2.5 12H4M20 12h1.5M5.3 5.3l1 1M17.7 17.7l1 1M5.3 18.7l1-1M17.7 6.3l1-1',
  system: 'M3.5 5h17v11h-17zM9 20h6M12 16v4',
  tool: 'M14.5 6.5a4 4 0 0 1 5-2.2l-2.7 2.7.4 2.3 2.3.4 2.2-2.2a4 4 0 0 1-5.2 5L9 20a2.3 2.3 0 0 1-3.3-3.3L13 9.3a4 4 0 0 1 1.5-2.8z',
  trash: 'M4.5 7h15M9 7V4.5h6V7M6.5 7l.8 13h9.4l.8-13M10 11v5.5M14 11v5.5',
  usage: 'M4 20h16M6.5 20v-7M12 20V5M17.5 20v-10',
  user: 'M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8M4.5 20.5c.6-4 3.5-6 7.5-6s6.9 2 7.5 6',
} as const
export type IconName = keyof typeof paths

/** A picture beside words, or inside a button that has a label: it says nothing to a screen reader. */
export function Icon({ name }: { name: IconName }): JSX.Element {
  return (
    <svg
      class={name === 'more' ? 'icon heavy' : 'icon'}
      viewBox="0 0 24 24"
      width="20"
      height="20"
      aria-hidden="true"
      focusable="false"
    >
      <path d={paths[name]} />
    </svg>
  )
}
