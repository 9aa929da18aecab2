/** Weights of red, green and blue in how light a colour is (WCAG 2.2, "relative luminance"). */
const WEIGHTS = [0.2126, 0.7152, 0.0722] as const;
const RGB = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i;

/** Black or white: whichever is easier to read on a colour `#rrggbb`. Its contrast is 4.5 at least, whatever the colour. */
export function readableOn(color: string): '#000000' | '#ffffff' {
  return contrast(color, '#ffffff') >= contrast(color, '#000000') ? '#ffffff' : '#000000';
}

/** Contrast of two colours `#rrggbb`, from 1 (the same) to 21 (black and white), as WCAG 2.2 defines it. */
export function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].toSorted((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: string): number {
  const channels = RGB.exec(color)!
    .slice(1)
    .map((hex) => linear(Number.parseInt(hex, 16) / 255));
  return channels.reduce((sum, channel, i) => sum + channel * WEIGHTS[i]!, 0);
}

/** sRGB without its gamma curve. */
function linear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}
