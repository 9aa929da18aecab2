export { accountEmail } from './account-email.ts';
export { bulkAction } from './bulk-action.ts';
export { housekeeping } from './housekeeping.ts';
export { invitation } from './invitation.ts';
export { passwordReset } from './password-reset.ts';
export { requestEmail } from './request-email.ts';
export { testEmail } from './test-email.ts';
