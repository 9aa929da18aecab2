import { Portal } from '../../db/entities/index.ts';
import type { OperatorRole } from '../../vocabulary/statuses.ts';
import { consoleClient } from './console-client.ts';
import { insertOperator } from './rows.ts';
import type { Stage } from './stage.ts';

export type Form = Record<string, string | string[]>;

/** A new portal, and an owner of it who is signed in, at the pages of its settings. */
export async function openSettings(stage: Stage, settings: Record<string, unknown> = {}) {
  const { slug, api } = await stage.openPortal(settings);
  const path = `/console/${slug}/settings`;
  async function signIn(role: OperatorRole) {
    const operator = await insertOperator(stage.db.database, slug, role);
    const client = consoleClient(stage.url);
    await client.signIn(operator.email);
    return { operator, client };
  }
  return {
    slug,
    api,
    path,
    ...(await signIn('owner')),
    signIn,
    portal: () => stage.db.database.em.fork().findOneOrFail(Portal, { slug }),
  };
}

/** The form of settings on a page, as a browser holds it before anybody types. */
export function formIn(html: string): Form {
  const form: Record<string, string[]> = {};
  const add = (name: string, value: string) => {
    form[name] = [...(form[name] ?? []), unescaped(value)];
  };
  const within = /<form id="settings"[\s\S]+?<\/form>/.exec(html)![0];
  for (const [tag] of within.matchAll(/<input [^>]+>/g)) {
    const attribute = (name: string) => new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1];
    if (attribute('type') !== 'checkbox' || tag.includes(' checked')) add(attribute('name')!, attribute('value') ?? '');
  }
  for (const [, name, text] of within.matchAll(/<textarea [^>]*name="(\w+)"[^>]*>([^<]*)/g)) add(name!, text!);
  for (const [, name, options] of within.matchAll(/<select [^>]*name="(\w+)"[^>]*>([\s\S]+?)<\/select>/g)) {
    const [, value, text] = / value="([^"]*)" selected|<option selected>([^<]*)/.exec(options!) ?? [];
    const first = /<option(?: value="([^"]*)")?>([^<]*)/.exec(options!)!;
    add(name!, value ?? text ?? first[1] ?? first[2]!);
  }
  return Object.fromEntries(
    Object.entries(form).map(([name, values]) => [name, values.length > 1 ? values : values[0]!]),
  );
}

/** What stands beside the fields of a refused form. */
export function errorsIn(html: string): Record<string, string> {
  const errors = html.matchAll(/<small class="error" id="(\w+)-error" role="alert">([^<]+)/g);
  return Object.fromEntries([...errors].map(([, name, text]) => [name!, unescaped(text!)]));
}

/** A page's text as it was before it was escaped. */
export function unescaped(html: string): string {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' };
  return html.replaceAll(/&(?:#x([0-9A-F]+)|(\w+));/gi, (_, hex?: string, name?: string) =>
    hex === undefined ? named[name!]! : String.fromCodePoint(Number.parseInt(hex, 16)),
  );
}
