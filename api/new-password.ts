import { randomInt } from 'node:crypto';
import { dictionary } from '@zxcvbn-ts/language-common';
import { passwordRefusal } from './password.ts';

/** The EFF's long list: words that are told apart by ear. Four of them are worth 51 bits. */
const WORDS = dictionary['diceware-common'];
const WORD_COUNT = 4;

/** A password for somebody else to begin with, easy to read out: good by the rule that all passwords must meet. */
export async function newPassword(ownWords: string[]): Promise<string> {
  const words = Array.from({ length: WORD_COUNT }, () => WORDS[randomInt(WORDS.length)]);
  const password = words.join('-');
  return (await passwordRefusal(password, ownWords)) === undefined ? password : newPassword(ownWords);
}
