import Bowser from 'bowser';

export interface BrowserNames {
  /** `Firefox` */
  browser?: string | undefined;
  /** `Windows`, `iOS` */
  system?: string | undefined;
}

/** The names of browser and operating system in a User-Agent header, as far as it has any. The sender chooses the header. */
export function describeBrowser(userAgent: string | null): BrowserNames {
  if (!userAgent) return {};
  const { browser, os } = Bowser.parse(userAgent);
  return { browser: browser.name || undefined, system: os.name || undefined };
}
