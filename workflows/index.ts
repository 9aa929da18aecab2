export { housekeeping } from './housekeeping.ts';
export { invitation } from './invitation.ts';
