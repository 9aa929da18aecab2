import { Client, type ClientConfig } from 'pg';
import { connectionReport, reasonOf } from './connection-report.ts';

/** A client for a pool that logs why connecting fails: callers of a query learn only that there is no connection. */
export function reportingClient(log: (line: string) => void): typeof Client {
  const report = connectionReport('PostgreSQL', log);
  return class extends Client {
    constructor(config?: ClientConfig) {
      super(config);
      const connect = this.connect.bind(this);
      // A pool connects its clients with a callback, and only so.
      this.connect = ((callback: (error: Error) => void) =>
        connect((error: Error) => {
          if (error) report.failed(reasonOf(error));
          else report.worked();
          callback(error);
        })) as Client['connect'];
    }
  };
}
