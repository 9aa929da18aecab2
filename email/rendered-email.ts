/**
 * The words of an e-mail in its row. The token of a secret link is a secret, so the row has a random placeholder for it: text that
 * nobody can guess and write into a note or a name. Rows of releases that stored no words are rendered from their data.
 */
import { randomUUID } from 'node:crypto';
import Handlebars from 'handlebars';
import type { RenderedEmail } from '../vocabulary/email-content.ts';

export type EmailWords = Omit<RenderedEmail, 'tokenPlaceholder'>;

/** Renders an e-mail with a secret link for its row. @param render with the given text in place of the link's token */
export function prerender(render: (token: string) => EmailWords): RenderedEmail {
  const tokenPlaceholder = randomUUID();
  return { ...render(tokenPlaceholder), tokenPlaceholder };
}

/**
 * The words of an e-mail: those in its row, with the link's token in place of the placeholder.
 *
 * @param rendered null: the row is of a release that stored no words, so `render` renders them
 */
export function wordsWithToken(
  rendered: RenderedEmail | null | undefined,
  token: string,
  render: (token: string) => EmailWords,
): EmailWords {
  if (!rendered) return render(token);
  const { tokenPlaceholder, subject, html, text } = rendered;
  if (tokenPlaceholder === null) return { subject, html, text };
  return {
    subject,
    html: html.replaceAll(tokenPlaceholder, () => Handlebars.escapeExpression(token)),
    text: text.replaceAll(tokenPlaceholder, () => token),
  };
}
