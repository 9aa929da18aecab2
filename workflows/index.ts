export { bulkAction } from './bulk-action.ts';
export { housekeeping } from './housekeeping.ts';
export { invitation } from './invitation.ts';
export { testEmail } from './test-email.ts';
