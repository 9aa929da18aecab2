import { connectionFailure } from './connection-failure.ts';

/** Tells the log how connecting to a server goes. */
export interface ConnectionReport {
  worked(): void;
  /** @param reason without personal data and passwords */
  failed(reason: string): void;
}

/** Logs why connections to a server fail: once, and again when the reason changes or one worked in between. */
export function connectionReport(server: string, log: (line: string) => void): ConnectionReport {
  let said: string | undefined;
  return {
    worked() {
      if (said !== undefined) log(`${server} can be reached again`);
      said = undefined;
    },
    failed(reason) {
      if (reason !== said) log(`${server} cannot be reached: ${reason}`);
      said = reason;
    },
  };
}

/** Why connecting to PostgreSQL failed: of an error that is not about the connection, its code or name only. */
export function reasonOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: string };
  return connectionFailure(error) ?? String(code ?? name);
}
