import { invalidFields } from '../problem.ts';

interface Policy {
  linkValiditySeconds: number;
  remindersAfterSeconds: number[];
}

/** A reminder of a link that has expired would be of no use. @throws Problem `invalid_request` */
export function requireRemindersWithinValidity({ linkValiditySeconds, remindersAfterSeconds }: Policy): void {
  const tooLate = remindersAfterSeconds.findIndex((seconds) => seconds >= linkValiditySeconds);
  if (tooLate === -1) return;
  throw invalidFields([
    {
      field: `remindersAfterSeconds[${tooLate}]`,
      message: `must be before the link expires, after ${linkValiditySeconds} seconds`,
    },
  ]);
}
