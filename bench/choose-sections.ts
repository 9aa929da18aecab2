import { parseArgs } from 'node:util';
import type { Section } from './section.ts';

/** What the command line asks for. */
export interface Choice {
  quick: boolean;
  full: boolean;
  sections: Section[];
}

/** Reads `[--quick | --full] [section…]`; no section means all. @throws Error with one line for people where it says anything else */
export function chooseSections(args: string[], sections: Section[]): Choice {
  const { values, positionals } = parseArgs({
    args,
    options: { quick: { type: 'boolean', default: false }, full: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  if (values.quick && values.full) throw new Error('--quick and --full exclude each other.');
  const names = sections.map(({ name }) => name);
  const unknown = positionals.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`There is no section "${unknown}": there are ${names.join(', ')}.`);
  return {
    quick: values.quick,
    full: values.full,
    sections: positionals.length === 0 ? sections : sections.filter(({ name }) => positionals.includes(name)),
  };
}
