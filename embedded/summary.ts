import { INVITATION_WORKFLOW } from '../vocabulary/workflows.ts';
import { logFolder } from './log-file.ts';

export interface Summary {
  consoleUrl: string;
  apiUrl: string;
  mailboxUrl: string | undefined;
  temporalUiUrl: string | undefined;
  demoApiKey: string;
  /** How to sign in to the console. */
  operator: string;
  dataDir: string;
  startedInS: number;
}

/** What the newcomer sees when everything runs: where to sign in, the addresses, a key, and one command that invites somebody. */
export function summarize(summary: Summary): string {
  const { consoleUrl, apiUrl, mailboxUrl, temporalUiUrl, demoApiKey, operator, dataDir, startedInS } = summary;
  const invitations = `/namespaces/default/workflows?query=${encodeURIComponent(`WorkflowType="${INVITATION_WORKFLOW}"`)}`;
  const lines = [
    ['Console', consoleUrl],
    ['', `sign in as ${operator}`],
    ['Portal', `${consoleUrl.replace(/\/console$/, '')}/p/demo  (for who was invited and confirmed)`],
    ['API', `${apiUrl}  (try it: ${apiUrl}/docs)`],
    mailboxUrl && ['Mailbox', mailboxUrl],
    temporalUiUrl && ['Temporal UI', `${temporalUiUrl}${invitations}`],
    ['Demo API key', demoApiKey],
    ['Logs', logFolder(dataDir)],
  ].filter((line) => Array.isArray(line));
  const width = Math.max(...lines.map(([label]) => label!.length)) + 2;
  return `
Portal Invitations is running (started in ${startedInS} s).

${lines.map(([label, text]) => `  ${label!.padEnd(width)}${text}`).join('\n')}

Open the console, sign in, and add a portal user${mailboxUrl ? ': the invitation is in the mailbox, follow its link' : ''}. Or invite somebody by the API:

  curl -sS ${apiUrl}/v1/portals/demo/users -H 'Authorization: Bearer ${demoApiKey}' -H 'Content-Type: application/json' -d '{"email":"jane@example.com","name":"Jane Doe"}'

Ctrl-C stops everything.
`;
}
