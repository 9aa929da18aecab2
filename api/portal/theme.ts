import { contrast, readableOn } from '../../activities/email/readable-on.ts';

/** What text stands on, in `style.css`, by colour scheme. */
const GROUNDS = { light: ['#ffffff', '#f3f5f8'], dark: ['#1f242c', '#14171c'] } as const;
/** For text of any size (WCAG 2.2, success criterion 1.4.3). */
const READABLE_CONTRAST = 4.5;
/** Fine enough that nobody sees the difference. */
const STEPS = 50;

/**
 * A portal's colour as custom properties of `style.css`: buttons have the very colour, with black or white on it; links and
 * edges have it as much darker or lighter as can be read in each colour scheme.
 *
 * @param color `#rrggbb`
 */
export function themeCss(color: string): string {
  const light = readableAgainst(GROUNDS.light, color, '#000000');
  const dark = readableAgainst(GROUNDS.dark, color, '#ffffff');
  return `:root {
  --accent: light-dark(${light}, ${dark});
  --button: ${color};
  --on-button: ${readableOn(color)};
}
`;
}

/** The colour, mixed with as little of another as makes it readable on each of the grounds. */
function readableAgainst(grounds: readonly string[], color: string, other: string): string {
  for (let step = 0; step < STEPS; step += 1) {
    const mixed = mix(color, other, step / STEPS);
    if (grounds.every((ground) => contrast(mixed, ground) >= READABLE_CONTRAST)) return mixed;
  }
  return other;
}

function mix(color: string, other: string, share: number): string {
  const channels = [1, 3, 5].map((at) => {
    const [from, to] = [color, other].map((hex) => Number.parseInt(hex.slice(at, at + 2), 16)) as [number, number];
    return Math.round(from + (to - from) * share)
      .toString(16)
      .padStart(2, '0');
  });
  return `#${channels.join('')}`;
}
