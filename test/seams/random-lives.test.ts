import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pLimit from 'p-limit';
import { eventually } from '../harness/eventually.ts';
import { report, tally } from '../harness/faults/report.ts';
import { take } from '../harness/random-lives/model.ts';
import { type Life, mailsTo, open, perform } from '../harness/random-lives/perform.ts';
import { type Act, sampleSequences } from '../harness/random-lives/sequences.ts';
import { differences, expectedSight, look, type Sight } from '../harness/random-lives/sight.ts';
import { emptyPortal, openLink, type PortalState } from '../harness/random-lives/state.ts';
import { type Stage, setStage } from '../harness/stage.ts';

const SEQUENCES = 12;
const LENGTH = 14;
const PEOPLE = 2;
const SEQUENCES_AT_A_TIME = 3;
/** Above what an e-mail takes; the stage has no housekeeping that could help. */
const PATIENCE_MS = 10_000;

/** Limits that no sequence reaches: what they refuse has tests of its own. */
const SETTINGS = {
  ...{ senderName: 'Acme', hasOwnSite: true, afterConfirmingUrls: ['https://acme.example/'] },
  ...{ reInviteCooldownSeconds: 0, reInviteDailyCap: 50 },
};

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

test(`${SEQUENCES} random sequences of ${LENGTH} acts do what a reference model does, at every step`, async () => {
  const responses = new Map<string, string[]>();
  const problems: string[] = [];

  async function live(sequence: Act[]): Promise<void> {
    const { slug, api } = await stage.openPortal(SETTINGS);
    const life: Life = { stage, slug, api, ids: Array.from({ length: PEOPLE }) };
    let state = emptyPortal(PEOPLE);
    for (const act of sequence) {
      const { response: expected, next } = take(slug, state, act);
      const response = await perform(life, state, act);
      responses.set(act.name, [...(responses.get(act.name) ?? []), response]);
      const problem = response === expected ? await difference(life, next) : `${response}, expected ${expected}`;
      if (problem !== undefined) {
        problems.push(`${slug}, ${describeUntil(sequence, act)}: ${problem}`);
        return;
      }
      state = next;
    }
    problems.push(...(await wrongLinks(life, state)));
  }

  await pLimit(SEQUENCES_AT_A_TIME).map(sampleSequences(SEQUENCES, LENGTH, PEOPLE), live);
  report(
    'Random lives: responses',
    Object.fromEntries([...responses].sort().map(([name, all]) => [name, tally(all.sort())])),
  );
  expect(problems).toEqual([]);
});

/** @returns what differs from the model when patience ends */
async function difference(life: Life, state: PortalState): Promise<string | undefined> {
  const expected = expectedSight(state);
  let seen: Sight | undefined;
  try {
    await eventually(
      async () => {
        seen = await look(life);
        return isDeepStrictEqual(seen, expected);
      },
      'the state of the model',
      PATIENCE_MS,
    );
    return undefined;
  } catch (error) {
    if (seen === undefined) throw error;
    return differences(seen, expected).join('; ');
  }
}

async function wrongLinks(life: Life, { people }: PortalState): Promise<string[]> {
  const problems = people.map(async (person, who) => {
    const seen = await Promise.all(mailsTo(life, who).map(({ link }) => open(link)));
    const expected = person.mails.map((mail) => openLink(person, mail));
    return isDeepStrictEqual(seen, expected) ? [] : [`${life.slug}: links show ${seen}, expected ${expected}`];
  });
  return (await Promise.all(problems)).flat();
}

function describeUntil(sequence: Act[], last: Act): string {
  return sequence
    .slice(0, last.number)
    .map(({ number, name, who }) => `${number}. ${name} (${who})`)
    .join(', ');
}
