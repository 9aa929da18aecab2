import { INVITATION_WORKFLOW } from '../workflows/vocabulary.ts';
import { logFolder } from './log-file.ts';

export interface Summary {
  apiUrl: string;
  mailboxUrl: string | undefined;
  temporalUiUrl: string | undefined;
  demoApiKey: string;
  dataDir: string;
  startedInS: number;
}

/** What the newcomer sees when everything runs: the addresses, a key, and one command that invites somebody. */
export function summarize({ apiUrl, mailboxUrl, temporalUiUrl, demoApiKey, dataDir, startedInS }: Summary): string {
  const invitations = `/namespaces/default/workflows?query=${encodeURIComponent(`WorkflowType="${INVITATION_WORKFLOW}"`)}`;
  const lines = [
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

Invite somebody:

  curl -sS ${apiUrl}/v1/portals/demo/users -H 'Authorization: Bearer ${demoApiKey}' -H 'Content-Type: application/json' -d '{"email":"jane@example.com","name":"Jane Doe"}'

${mailboxUrl ? 'Then open the mail in the mailbox and follow its link. ' : ''}Ctrl-C stops everything.
`;
}
