import Handlebars, { type HelperOptions } from 'handlebars';

const { escapeExpression, SafeString } = Handlebars;

/** The link that sorts a list by a column. */
export interface SortLink {
  href: string;
  ariaSort: 'ascending' | 'descending' | undefined;
}

/** What a template gives to {@link column}. */
interface ColumnHash {
  title: string;
  /** Whether its cell names the row. */
  isName?: boolean;
  class?: string;
  /** The key of its link in `sortLinks`. */
  sort?: string;
}

const ARROWS = { ascending: '▲', descending: '▼' };

/**
 * The template helper `{{#column title="Name"}}…{{/column}}`: a column of a table, its heading and its cell in one place. The
 * same columns print the row of headings where `isHead` is set, and the cells of a row elsewhere.
 */
export function column(this: { isHead?: boolean; sortLinks?: Record<string, SortLink> }, options: HelperOptions) {
  const { title, isName, class: className, sort }: ColumnHash = options.hash as never;
  if (this.isHead) return new SafeString(heading(escapeExpression(title), sort ? this.sortLinks?.[sort] : undefined));
  const tag = isName ? 'th' : 'td';
  const scope = isName ? ' scope="row"' : '';
  const classes = className ? ` class="${escapeExpression(className)}"` : '';
  const label = ` data-label="${escapeExpression(title)}"`;
  return new SafeString(`<${tag}${scope}${classes}${label}>${options.fn(this)}</${tag}>`);
}

function heading(title: string, link: SortLink | undefined): string {
  if (link === undefined) return `<th scope="col">${title}</th>`;
  const { href, ariaSort } = link;
  const arrow = ariaSort ? ` <span aria-hidden="true">${ARROWS[ariaSort]}</span>` : '';
  const sorted = ariaSort ? ` aria-sort="${ariaSort}"` : '';
  return `<th scope="col"${sorted}><a href="${escapeExpression(href)}">${title}${arrow}</a></th>`;
}
