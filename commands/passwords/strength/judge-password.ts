/**
 * Runs in a worker thread of its own (piscina calls the default export): one estimate takes up to some hundred milliseconds of
 * CPU, in which the main thread could answer nobody.
 */

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import * as common from '@zxcvbn-ts/language-common';
import * as german from '@zxcvbn-ts/language-de';
import * as english from '@zxcvbn-ts/language-en';

/** What the main thread sends. */
export interface MeterTask {
  password: string;
  /** Name, address, portal: what a guesser who knows the person tries first. */
  ownWords: string[];
}

/** zxcvbn's highest score: 10^10 guesses and more. Below that, `willkommen2026!` and `mypasswordis123` pass. */
const GOOD_SCORE = 4;
/** UTF-16 units of a password that are estimated: the time grows faster than the length. */
const ESTIMATED_LENGTH = 64;
/** Spellings such as `p@$$w0rd` that are tried. The library's default of 100 takes ten times as long and refuses nothing more. */
const MAX_SUBSTITUTIONS = 10;
/** Shorter parts of a name occur in other words by chance. */
const MIN_OWN_PART = 3;
const BETWEEN_WORDS = /[\s@.]+/g;
/** Between words a guesser tries these first of all: `my password is 123` is no better than `mypasswordis123`. */
const SEPARATORS = /[\s\-_.,;:+/]+/g;

/** Example passphrases of well-known texts (xkcd 936 first of all), which every list of guesses has. */
const FAMOUS = [
  'correcthorsebatterystaple',
  'itwasthebestoftimesitwastheworstoftimes',
  'tobeornottobethatisthequestion',
  'maytheforcebewithyou',
  'thequickbrownfoxjumpsoverthelazydog',
  'franzjagtimkomplettverwahrlostentaxiquerdurchbayern',
  'seinodernichtseindasisthierdiefrage',
];

const estimator = new ZxcvbnFactory({
  dictionary: {
    ...common.dictionary,
    ...english.dictionary,
    ...withSuffix(german.dictionary, 'de'), // version 3 has no language in the names
    'passwords-leaked': [...FAMOUS, ...leakedPasswords()],
  },
  graphs: common.adjacencyGraphs,
  maxLength: ESTIMATED_LENGTH,
  l33tMaxSubstitutions: MAX_SUBSTITUTIONS,
});

/** Whether somebody who knows lists of leaked passwords, dictionaries and the person needs few guesses. */
export default function isEasyToGuess({ password, ownWords }: MeterTask): boolean {
  const ownParts = ownWords.flatMap((words) => [
    words.replaceAll(SEPARATORS, ''),
    words.replaceAll(BETWEEN_WORDS, ''),
    ...words.split(BETWEEN_WORDS),
  ]);
  const guessed = password.replaceAll(SEPARATORS, '');
  const candidates = new Set([guessed, withoutOwnParts(guessed, ownParts)]);
  return [...candidates].some((candidate) => estimator.check(candidate, ownParts).score < GOOD_SCORE);
}

/** What is left to guess for somebody who knows the person. */
function withoutOwnParts(password: string, ownParts: string[]): string {
  const known = ownParts.filter((part) => part.length >= MIN_OWN_PART).toSorted((a, b) => b.length - a.length);
  return known.reduce((rest, part) => rest.replaceAll(part.toLowerCase(), ''), password.toLowerCase());
}

function leakedPasswords(): string[] {
  const file = new URL('./leaked-passwords.txt.gz', import.meta.url);
  return gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n');
}

function withSuffix<Value>(record: Record<string, Value>, suffix: string): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [`${name}-${suffix}`, value]));
}
