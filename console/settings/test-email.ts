import { Router } from 'express';
import { z } from 'zod';
import type { TestEmails } from '../../temporal/test-emails.ts';
import { LANGUAGES } from '../../vocabulary/languages.ts';
import { flash } from '../../web/flash.ts';
import type { Services } from '../../web/services.ts';
import { readForm } from '../read-form.ts';
import { atPortal, isFragment } from '../require-signed-in.ts';
import { showFragment } from '../show-page.ts';
import { PREVIEWED } from './previews.ts';
import { OWNERS_ONLY } from './setting.ts';

const TestEmail = z.object({
  kind: z.enum(PREVIEWED),
  language: z.enum(LANGUAGES),
  /** Where the form stands. */
  page: z.enum(['', '/emails']),
});

/** "Send me a test": says what the mail server said. */
export function testEmailPages({ testEmails }: Services): Router {
  const router = Router({ mergeParams: true });
  router.post(
    '/test-email',
    atPortal(async ({ request, response, portal, operator }) => {
      const { kind, language, page } = readForm(TestEmail, request.body);
      const answer = await testEmails.send({ portalId: portal.id, operatorId: operator.id, kind, language });
      const [outcome, text] = [answer.kind === 'accepted' ? 'done' : 'problem', said(answer, operator.email)] as const;
      if (isFragment(request)) {
        return showFragment(response, 'settings/test-email-answer', { text, isProblem: outcome === 'problem' });
      }
      await flash(request, outcome, text);
      response.redirect(303, `/console/${portal.slug}/settings${page}`);
    }, OWNERS_ONLY),
  );
  return router;
}

function said(answer: Awaited<ReturnType<TestEmails['send']>>, address: string): string {
  switch (answer.kind) {
    case 'accepted':
      return `Sent to ${address}: the mail server took it.`;
    case 'refused':
      return `The mail server refused the e-mail to ${address} for good, with the code ${answer.code}.`;
    case 'deferred':
      return `The mail server did not take the e-mail to ${address} this time: ${answer.code}.`;
    case 'unknown':
      return `Nobody could say within half a minute what became of the e-mail to ${address}. It may still arrive.`;
  }
}
