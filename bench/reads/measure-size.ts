import type { Client } from 'pg';
import { median, type Spread, spread } from '../report/statistics.ts';
import { get } from './get.ts';
import { type Question, SELECT } from './questions.ts';
import type { ServedPortal } from './serve-portal.ts';

/** Of each, in each round. */
const CALLS = 5;

/** Who answers: the console's page, the JSON API, and Postgres asked directly. */
export const ANSWERERS = ['console', 'api', 'sql'] as const;
export type Answerer = (typeof ANSWERERS)[number];

/** Milliseconds to the whole answer: the median of all calls, and the least and greatest median of a round. */
export type Times = Record<Answerer, Spread>;

/** Asks every question of everybody in turns. What is asked first, before the rounds, is not counted. */
export async function measureSize(
  portal: ServedPortal,
  client: Client,
  questions: Question[],
  rounds: number,
): Promise<Map<string, Times>> {
  const measured = new Map<string, Times>();
  for (const question of questions)
    measured.set(question.name, await measureQuestion(portal, client, question, rounds));
  return measured;
}

async function measureQuestion(
  portal: ServedPortal,
  client: Client,
  question: Question,
  rounds: number,
): Promise<Times> {
  const { query, sql, parameters = [] } = question;
  const ask: Record<Answerer, () => Promise<unknown>> = {
    console: () => get(`${portal.console}?${query}`, portal.headers.console),
    api: () => get(`${portal.api}?${query}`, portal.headers.api),
    sql: () => client.query(`${SELECT} ${sql}`, [portal.id, ...parameters]),
  };
  const byRound: Record<Answerer, number[][]> = { console: [], api: [], sql: [] };
  for (const answerer of ANSWERERS) await ask[answerer]();
  for (let round = 0; round < rounds; round += 1) {
    for (const answerer of ANSWERERS) byRound[answerer].push([]);
    for (let call = 0; call < CALLS; call += 1) {
      for (const answerer of ANSWERERS) {
        const startedAt = performance.now();
        await ask[answerer]();
        byRound[answerer][round]!.push(performance.now() - startedAt);
      }
    }
  }
  const times = (all: number[][]): Spread => ({ ...spread(all.map(median)), median: median(all.flat()) });
  return { console: times(byRound.console), api: times(byRound.api), sql: times(byRound.sql) };
}
