export { housekeeping } from './housekeeping.ts';
export { invitation } from './invitation.ts';
export { accountEmail, bulkAction, passwordReset, requestEmail, testEmail } from './row-workflows.ts';
