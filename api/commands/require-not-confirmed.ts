import type { PortalUser } from '../../db/entities/index.ts';
import { Problem } from '../problem.ts';

/** @throws Problem `already_confirmed` or `deactivated` */
export function requireNotConfirmed({ confirmationStatus }: PortalUser): void {
  if (confirmationStatus === 'confirmed') throw new Problem('already_confirmed');
  if (confirmationStatus === 'deactivated') {
    throw new Problem('deactivated', { detail: 'Reactivate the portal user first.' });
  }
}
